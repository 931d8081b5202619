"""Taking moves of a plan back: bookings return to where they were, the least worth first.

Whoever is in the way of a booking that returns goes to its cheapest slot or out; a standing booking
on other resources than its own returns to them. Costs are exact and follow each step on a board.
"""

from collections.abc import Callable, Iterator
from functools import partial
from heapq import heapify, heappop, heappush
from math import inf

from models.errors import InputError
from models.objective import left_out_cost
from models.plan import Placement, Plan
from solver.board import Board, Placed
from solver.instance import CaseForm, Instance, Use
from solver.slots import cheapest_slots

Undo = Callable[[], object]
UNKNOWN = (0, inf)


class Returns:
    """A plan on a board, from which standing bookings return.

    `missing` counts the mandatory cases that are out, `cost` is the cost of the plan.
    """

    def __init__(self, instance: Instance, plan: Plan, standing: frozenset[str]) -> None:
        self.instance = instance
        self.board = Board(instance)
        self.homes = frozenset(instance.case_index[case] for case in standing)
        self.cost = sum(self._out_cost(case) for case in instance.cases)
        self.missing = sum(case.case.mandatory for case in instance.cases)
        self._log: list[Undo] = []
        self._users: list[set[int]] = [set() for _ in instance.resources]
        for case_id, placement in sorted(plan.by_case.items()):
            case = instance.cases[instance.case_index[case_id]]
            roles = [need.role for need in case.needs]
            assigned = tuple(instance.resource_index[placement.assigned[r]] for r in roles)
            self._place(case, _unit(instance, placement), assigned)

    @property
    def moved(self) -> tuple[int, ...]:
        """The standing bookings that are at another start or out, by index."""
        return tuple(index for index in sorted(self.homes) if not self._at_start(index))

    @property
    def plan(self) -> Plan:
        """The plan as it stands."""
        return Plan(placements=tuple(self._placements()))

    def restore(self, index: int) -> None:
        """Return one standing booking; the moved and the new that are in its way find new slots."""
        home, loose = [index], list[int]()
        while home:
            case = self.instance.cases[home.pop()]
            self._lift(case.index)
            for other, at_start in self._evicted(case):
                (home if at_start else loose).append(other)
            booked = case.booked
            if booked is not None and booked.start is not None:
                self._place(case, booked.start, booked.assigned)
        for other in sorted(loose, key=lambda i: (-self._out_cost(self.instance.cases[i]), i)):
            self.insert(self.instance.cases[other])

    def insert(self, case: CaseForm) -> None:
        """To its cheapest slot, unless leaving it out is cheaper and allowed."""
        slot = next(iter(cheapest_slots(self.board, case)), None)
        if slot is not None and (case.case.mandatory or slot.cost < self._out_cost(case)):
            self._place(case, slot.start, slot.assigned)

    def worth(self, index: int) -> tuple[int, float]:
        """What returning a booking costs by move taken back; the board is left as it was.

        Mandatory cases that fall out come first, then points.
        """
        before, cost, missing = len(self.moved), self.cost, self.missing
        self._log.clear()
        self.restore(index)
        fewer = before - len(self.moved)
        found = (self.missing - missing, (self.cost - cost) / max(fewer, 1))
        for undo in reversed(self._log):
            undo()
        self._log.clear()
        self.cost, self.missing = cost, missing
        return found

    def _placements(self) -> Iterator[Placement]:
        for case in self.instance.cases:
            placed = self.board.placed[case.index]
            if placed is not None and placed.start is not None:
                pairs = zip(case.needs, placed.assigned, strict=True)
                yield Placement(
                    case=case.id,
                    start=self.instance.frame.instant(placed.start),
                    assigned={need.role: self.instance.resources[r].id for need, r in pairs},
                )

    def _at_start(self, index: int) -> bool:
        booked, placed = self.instance.cases[index].booked, self.board.placed[index]
        return booked is not None and placed is not None and placed.start == booked.start

    def _at_home(self, index: int) -> bool:
        booked, placed = self.instance.cases[index].booked, self.board.placed[index]
        return (
            booked is not None
            and placed is not None
            and (placed.start, placed.assigned) == (booked.start, booked.assigned)
        )

    def _evicted(self, case: CaseForm) -> Iterator[tuple[int, bool]]:
        """Lift all that is in the way of a booking: its time, then the minutes of its days.

        Each with whether it has the start of its standing booking, on other resources.
        """
        uses = case.booked.uses if case.booked is not None else ()
        for use in uses:
            for index in self._using(use.resource):
                if any(u.resource == use.resource and u.taken & use.taken for u in self._of(index)):
                    yield self._evict(index)
        for resource, day in sorted({(u.resource, u.day) for u in uses if u.day is not None}):
            mine = sum(u.minutes for u in uses if (u.resource, u.day) == (resource, day))
            for index in self._using(resource):
                if self._has_room(resource, day, mine):
                    break
                if any((u.resource, u.day) == (resource, day) for u in self._of(index)):
                    yield self._evict(index)

    def _evict(self, index: int) -> tuple[int, bool]:
        at_start = index in self.homes and self._at_start(index)
        self._lift(index)
        return index, at_start

    def _has_room(self, resource: int, day: int, minutes: int) -> bool:
        limits = self.instance.resources[resource].limits
        limit = None if limits is None else limits[day]
        return limit is None or self.board.minutes[resource][day] + minutes <= limit

    def _using(self, resource: int) -> list[int]:
        """The cases on a resource that are not at home, by index."""
        return [
            index
            for index in sorted(self._users[resource])
            if not (index in self.homes and self._at_home(index))
        ]

    def _of(self, index: int) -> tuple[Use, ...]:
        placed = self.board.placed[index]
        return () if placed is None else placed.uses

    def _out_cost(self, case: CaseForm) -> int:
        return left_out_cost(self.instance.problem.objective, case.case)

    def _place(self, case: CaseForm, start: int, assigned: tuple[int, ...]) -> None:
        self._count(case, start, assigned, 1)
        self.board.place(case, start, assigned)
        self._enter(case.index)
        self._log.append(partial(self._take, case))

    def _lift(self, index: int) -> None:
        if self.board.placed[index] is None:
            return
        case = self.instance.cases[index]
        placed = self._take(case)
        if placed.start is not None:
            self._count(case, placed.start, placed.assigned, -1)
        self._log.append(partial(self._put, case, placed))

    def _put(self, case: CaseForm, placed: Placed) -> None:
        self.board.put_back(case, placed)
        self._enter(case.index)

    def _take(self, case: CaseForm) -> Placed:
        for use in self._of(case.index):
            self._users[use.resource].discard(case.index)
        return self.board.remove(case)

    def _enter(self, index: int) -> None:
        for use in self._of(index):
            self._users[use.resource].add(index)

    def _count(self, case: CaseForm, start: int, assigned: tuple[int, ...], by: int) -> None:
        """Count a placement in or out; the case is not on the board."""
        added = sum(self.board.added_prices(case, start, assigned))
        self.cost += by * (case.cost_at(start) + added - self._out_cost(case))
        self.missing -= by * case.case.mandatory


def take_back(returns: Returns, most: int, *, hurry: Callable[[], bool] | None = None) -> None:
    """Return bookings until at most `most` of them are moved.

    The worth of a return is reckoned anew when its turn comes. Once `hurry` says True, bookings
    return by what is known of them; where all return, nothing need be known.
    """

    def hurried() -> bool:
        return most == 0 or (hurry is not None and hurry())

    heap = [(UNKNOWN if hurried() else returns.worth(i), i) for i in returns.moved]
    heapify(heap)
    while len(moved := returns.moved) > most:
        index = heappop(heap)[1]
        if index not in moved:
            continue
        if heap and not hurried():
            now = returns.worth(index)
            if now > heap[0][0]:
                heappush(heap, (now, index))
                continue
        returns.restore(index)


def _unit(instance: Instance, placement: Placement) -> int:
    unit = instance.frame.start_unit(placement.start)
    if unit is None:
        raise InputError(
            f"{placement.case} starts at {placement.start.isoformat()}, on no tick",
            remedy="check the plan first",
        )
    return unit
