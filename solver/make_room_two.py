"""Good starts of a case when two bookings may move; not all of them, and not surely the best.

Two bookings make room in one of two ways. In a *chain* the case takes the place of one booking,
which takes the place of another. For that, the case is put at a start that lifting the first
booking opens, with the resources that are cheapest there; then every booking of a day, one day
after another, is tried as the second, as `solver.make_room_one` does. Or both stand in the way of
the case. Then both are lifted and go to their best places one after the other, in both orders. Of
the starts on a day that cost the case the same, the first and the last are tried.

All is taken in order of what it costs at least, as long as that is below the cost of the best way
known, and for a fixed number of steps: never by the clock, so that the same question always gets
the same answer.
"""

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from heapq import heappop, heappush
from itertools import count

from solver.bitrow import lowest
from solver.instance import CaseForm
from solver.make_room_board import Put, Room, Way
from solver.make_room_one import OneMoveSearch
from solver.make_room_openings import Openings
from solver.make_room_pair import Pair
from solver.slots import Slot, cheapest_at, cheapest_slots

# About 0.1 ms each on a common machine; what a step counts for was measured once.
EFFORT = 700
WANTED = 3
# Costs that differ by less than so many points are looked at in one go, up to so many steps.
BAND, STRIDE = 250, 40


@dataclass(frozen=True, slots=True)
class _Root:
    """The case put where lifting one booking lets it; `spent` is what that costs so far."""

    other: CaseForm
    slot: Slot
    spent: int
    openings: Openings


class TwoMoveSearch:
    """Ways of placing a case, which is not on the board, by moving two bookings.

    Args:
        room: Its board.
        case: The case.
        openings: Of the case.
        opened: By the index of a booking, the starts that lifting it alone opens.
        known: The ways found with fewer moves.
        top: How many ways are wanted in all: dearer ones are of no interest.
    """

    def __init__(
        self,
        room: Room,
        case: CaseForm,
        openings: Openings,
        *,
        opened: Mapping[int, int],
        known: Sequence[Way],
        top: int,
    ) -> None:
        self._room, self._board, self._case = room, room.board, case
        self._openings, self._top = openings, top
        self._costs = sorted(way.cost for way in known)
        self._known: dict[int, int] = {}
        for way in known:
            start = way.puts[0].start
            self._known[start] = min(way.cost, self._known.get(start, way.cost))
        self._found: dict[int, Way] = {}
        self._serial = count()
        self._heap: list[tuple[int, int, Callable[[], int]]] = []
        self._by_day: dict[int, list[CaseForm]] = defaultdict(list)
        for other in room.movable(case):
            placed = self._board.placed[other.index]
            if placed is not None and placed.day is not None:
                self._by_day[placed.day].append(other)
        for index, row in opened.items():
            self._push_roots(self._board.instance.cases[index], row)
        prices = case.problem.objective
        for day, own in sorted(_least_by_day(case, case.permitted).items()):
            self._push(own + 2 * prices.move, partial(self._pair_up, day))

    def ways(self, effort: int = EFFORT) -> list[Way]:
        """The best way found for each start within so much effort."""
        while effort > 0 and self._heap and not self._too_dear(self._heap[0][0]):
            effort -= heappop(self._heap)[2]()
        return list(self._found.values())

    def _is_behind(self, cost: int) -> bool:
        return self._too_dear(cost) or (bool(self._heap) and cost > self._heap[0][0] + BAND)

    def _too_dear(self, cost: int) -> bool:
        wanted = min(self._top, WANTED)
        return len(self._costs) >= wanted and cost >= self._costs[wanted - 1]

    def _push(self, cost: int, step: Callable[[], int]) -> None:
        if not self._too_dear(cost):
            heappush(self._heap, (cost, next(self._serial), step))

    def _ends(self, row: int) -> Iterator[tuple[int, int]]:
        """The first and the last start of each group in a row, with the case's own cost there."""
        for group in self._case.groups:
            if starts := group.starts & row:
                for start in sorted({lowest(starts), starts.bit_length() - 1}):
                    yield group.cost, start

    def _push_roots(self, other: CaseForm, row: int) -> None:
        price = self._price_away(other)
        if price is not None:
            for own, start in self._ends(row):
                self._push(own + price, partial(self._put, other, start))

    def _price_away(self, other: CaseForm) -> int | None:
        """By how much the own cost of a booked case rises at its best other start."""
        away = self._room.least_cost_away(other)
        return None if away is None else away - self._room.as_booked(other)

    def _put(self, other: CaseForm, start: int) -> int:
        """Put the case where lifting the other lets it, and see who could leave a place to that."""
        saved = self._room.saved(other)
        with self._room.without(other):
            slot = cheapest_at(self._board, self._case, start)
            if slot is None:
                return 2
            with self._room.having(self._case, start, slot.assigned):
                openings = Openings(self._room, other)
        root = _Root(other, slot, slot.cost - saved, openings)
        bands: dict[int, list[int]] = defaultdict(list)
        for day, cost in _least_by_day(other, other.permitted & ~openings.free).items():
            bands[cost // BAND].append(day)
        for band, days in bands.items():
            self._push(root.spent + band * BAND, partial(self._search, root, days))
        return 2

    def _search(self, root: _Root, days: Sequence[int]) -> int:
        """See who of some days could leave a place to the root's booking."""
        others = [c for day in days for c in self._by_day[day] if c is not root.other]
        with self._at(root):
            search = OneMoveSearch(self._room, root.other, root.openings, others)
        self._later(root, search)
        return 1 + len(others) // 30

    def _later(self, root: _Root, search: OneMoveSearch) -> None:
        if search.bound is not None:
            self._push(root.spent + search.bound, partial(self._go_on, root, search))

    def _go_on(self, root: _Root, search: OneMoveSearch) -> int:
        """Follow a chain while it is about the most promising one."""
        steps = 0
        with self._at(root):
            while steps < STRIDE:
                bound = search.bound
                if bound is None or self._is_behind(root.spent + bound):
                    break
                way = search.step()
                steps += 1
                if way is not None:
                    self._keep(root.spent + way.cost, root.slot, way.puts)
                    return steps + 4
        self._later(root, search)
        return 1 + steps

    @contextmanager
    def _at(self, root: _Root) -> Iterator[None]:
        with (
            self._room.without(root.other),
            self._room.having(self._case, root.slot.start, root.slot.assigned),
        ):
            yield

    def _pair_up(self, day: int) -> int:
        """See which pairs of bookings of a day open a start together."""
        priced = [
            (price, other)
            for other in self._by_day[day]
            if (price := self._price_away(other)) is not None
        ]
        rows = self._openings.together([other for _, other in priced])
        for (i, j), row in rows.items():
            (price, one), (more, other) = priced[i], priced[j]
            for own, start in self._ends(row):
                self._push(own + price + more, partial(self._lift_both, one, other, start))
        return 12

    def _lift_both(self, one: CaseForm, other: CaseForm, start: int) -> int:
        """See what two bookings would cost at least beside the case, each for itself."""
        with self._room.without(one, other):
            if not self._board.starts_within(self._case, 1 << start):
                return 1
            cost = self._case.cost_at(start)
            for case in (one, other):
                places = self._board.candidate_starts(case)
                beside = Pair(self._room, self._case, case).starts_beside(1 << start, places)
                least = case.least_cost(beside)
                if least is None:
                    return 2
                cost += least - self._room.as_booked(case)
        self._push(cost, partial(self._place_both, one, other, start))
        return 2

    def _place_both(self, one: CaseForm, other: CaseForm, start: int) -> int:
        saved = self._room.saved(one)
        with self._room.without(one):
            saved += self._room.saved(other)
            with self._room.without(other):
                slot = cheapest_at(self._board, self._case, start)
                if slot is None:
                    return 2
                with self._room.having(self._case, start, slot.assigned):
                    ways = [*self._in_turn(one, other), *self._in_turn(other, one)]
        for way in ways:
            self._keep(slot.cost - saved + way.cost, slot, way.puts)
        return 7

    def _in_turn(self, first: CaseForm, second: CaseForm) -> Iterator[Way]:
        for slot in cheapest_slots(self._board, first):
            with self._room.having(first, slot.start, slot.assigned):
                for last in cheapest_slots(self._board, second):
                    put = Put(second, last.start, last.assigned)
                    puts = (Put(first, slot.start, slot.assigned), put)
                    yield Way(slot.cost + last.cost, puts)

    def _keep(self, cost: int, slot: Slot, moved: Sequence[Put]) -> None:
        start = slot.start
        if cost >= self._known.get(start, cost + 1):
            return
        asked = Put(self._case, start, slot.assigned)
        way = Way(cost, (asked, *sorted(moved, key=lambda put: put.case.index)))
        before = self._found.get(start)
        if before is None or way.rank < before.rank:
            if before is not None:
                self._costs.remove(before.cost)
            self._found[start] = way
            insort(self._costs, cost)


def _least_by_day(case: CaseForm, starts: int) -> dict[int, int]:
    """The least own cost of the starts in a row, by the day on which they fall."""
    least: dict[int, int] = {}
    for group in case.groups:
        if group.starts & starts:
            least[group.day] = min(group.cost, least.get(group.day, group.cost))
    return least
