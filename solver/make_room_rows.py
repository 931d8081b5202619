"""What lifting one booking could open for a case, and what its move costs at least.

The rows here are quick supersets, found without touching the board; `solver.make_room_pair` lifts
the few bookings that they leave and is exact.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from models.objective import start_cost
from solver.bitrow import erode, lowest, shift, span
from solver.board import Board, Placed
from solver.instance import CaseForm, NeedForm, Use


class Put(NamedTuple):
    """A case at a start unit with resources in the order of its needs."""

    case: CaseForm
    start: int
    assigned: tuple[int, ...]

    def begins_with(self, chosen: Sequence[int]) -> bool:
        """Whether its resources begin with those chosen."""
        return self.assigned[: len(chosen)] == tuple(chosen)


class Way(NamedTuple):
    """A way of placing a case: the case itself, then the bookings that move, in order of id.

    `cost` is what the case costs by itself and all that changes in the cost of the plan.
    """

    cost: int
    puts: tuple[Put, ...]

    @property
    def rank(self) -> tuple[int, int, int, tuple[tuple[int, int], ...]]:
        """Ways compare by cost, fewer moves, earliest start, then who moves and whereto."""
        moved = tuple((put.case.index, put.start) for put in self.puts[1:])
        return self.cost, len(self.puts), self.puts[0].start, moved


@dataclass(frozen=True)
class Room:
    """A board of bookings, with what is asked of it again and again."""

    board: Board
    lanes_of_pool: tuple[frozenset[int], ...]
    limited: frozenset[int]
    _floors: dict[int, int | None] = field(default_factory=dict)

    @classmethod
    def of(cls, board: Board) -> "Room":
        """The room on a board."""
        instance = board.instance
        limited = frozenset(instance.resources[resource].lane for resource in board.minutes)
        return cls(board, tuple(frozenset(pool.lanes) for pool in instance.pools), limited)

    @contextmanager
    def without(self, *cases: CaseForm) -> Iterator[tuple[Placed, ...]]:
        """The board without some cases, which come back to where they were."""
        lifted = [(case, self.board.remove(case)) for case in cases]
        try:
            yield tuple(placed for _, placed in lifted)
        finally:
            for case, placed in reversed(lifted):
                self.board.put_back(case, placed)

    @contextmanager
    def having(
        self,
        case: CaseForm,
        start: int,
        chosen: Sequence[int],
        numbers: Sequence[int] | None = None,
    ) -> Iterator[None]:
        """The board with a case more, or only with the needs of it that have these numbers."""
        with self.holding(case, self._placed(case, start, chosen, numbers)):
            yield

    @contextmanager
    def holding(self, case: CaseForm, placed: Placed) -> Iterator[None]:
        """The board with what a case is said to take."""
        self.board.put_back(case, placed)
        try:
            yield
        finally:
            self.board.remove(case)

    def _placed(
        self, case: CaseForm, start: int, chosen: Sequence[int], numbers: Sequence[int] | None
    ) -> Placed:
        instance = self.board.instance
        day_of = instance.frame.day_of_unit
        needs = case.needs if numbers is None else [case.needs[n] for n in numbers]
        uses = tuple(
            Use(
                resource,
                ((1 << need.length) - 1) << (start + need.offset),
                day_of[start + need.offset],
                need.minutes,
            )
            for need, resource in zip(needs, chosen, strict=True)
        )
        suites = frozenset(r for r in chosen if instance.resources[r].is_suite)
        return Placed(start, tuple(chosen), uses, day_of[start], suites)

    def movable(self, asked: CaseForm) -> list[CaseForm]:
        """The bookings that may be moved for a case: unlocked, in the horizon, not yet begun."""
        problem = self.board.instance.problem
        first = max(problem.now, problem.horizon.start)
        return [
            case
            for case in self.board.instance.cases
            if case.case.booking is not None
            and not case.locked
            and case.index != asked.index
            and self.board.placed[case.index] is not None
            and first <= case.case.booking.start < problem.horizon.end
        ]

    def given_back(self, placed: Placed) -> tuple[int, int]:
        """What a placement just removed had added to the cost, in opening and suite changes."""
        board = self.board
        days = {(use.resource, use.day) for use in placed.uses if use.day is not None}
        opening = sum(board.opening_price(resource, day) for resource, day in days)
        if placed.day is None:
            return opening, 0
        changes = sum(
            board.change_price(resource, placed.day, placed.suites)
            for resource in set(placed.assigned)
        )
        return opening, changes

    def most_given_back(self, placed: Placed) -> int:
        """No less than `given_back` could ever be, without removing anything."""
        forms = self.board.instance.resources
        days = {(use.resource, use.day) for use in placed.uses}
        opening = sum(forms[resource].open_cost for resource, _ in days)
        suites = len(placed.suites)
        return opening + suites * sum(forms[r].change_cost for r in set(placed.assigned))

    def least_own_cost(self, case: CaseForm) -> int | None:
        """What a case costs by itself at the best of its permitted starts; None without any."""
        if case.index not in self._floors:
            self._floors[case.index] = least_cost(case, case.permitted)
        return self._floors[case.index]


def own_cost_as_booked(case: CaseForm) -> int:
    """What a booked case costs by itself as it stands in the file."""
    booking = case.case.booking
    return 0 if booking is None else start_cost(case.problem.objective, case.case, booking.start)


def least_cost(case: CaseForm, starts: int) -> int | None:
    """The least own cost over a row of permitted starts; None when the row is empty."""
    return min((group.cost for group in case.groups if group.starts & starts), default=None)


class Openings:
    """The starts of a case that are not free, and which of them bookings could be blocking.

    The case must not be on the board.
    """

    def __init__(self, room: Room, case: CaseForm) -> None:
        board = room.board
        self.free = board.candidate_starts(case)
        self._room, self._board = room, board
        wanted = case.permitted & ~self.free
        self._wanted = wanted
        rows = [(board.pool_starts(need), need) for need in case.needs]
        # The scarcest need first: most bookings leave nothing for it, and are done with.
        self._fitting = sorted(rows, key=lambda row: (row[0] & wanted).bit_count())
        self._eroded: dict[tuple[int, int], int] = {}

    def without(self, *placed: Placed) -> int:
        """A row that holds every start, not free now, that opens when these leave the board."""
        uses = [use for one in placed for use in one.uses]
        lanes = [self._board.instance.resources[use.resource].lane for use in uses]
        rows = {lane: self._board.rows[lane] for lane in lanes}
        for lane, use in zip(lanes, uses, strict=True):
            rows[lane] |= use.taken
        row, any_gained = self._wanted, 0
        for fitting, need in self._fitting:
            gained = 0
            for lane, use in zip(lanes, uses, strict=True):
                if lane in self._room.lanes_of_pool[need.pool]:
                    gained |= self._gained(need, use, lane, rows[lane])
            any_gained |= gained
            row &= fitting | gained
            if not row:
                return 0
        return row if any_gained else 0

    def _gained(self, need: NeedForm, use: Use, lane: int, row: int) -> int:
        """The starts at which a need may fit into a row of a lane where a use has left it."""
        found = 0
        if use.taken:
            first, end = _run(row, lowest(use.taken), use.taken.bit_length())
            found = span(max(0, first - need.offset), max(0, end - need.length + 1 - need.offset))
        if lane in self._room.limited and use.day is not None:
            found |= self._gained_on_day(need, use.resource, lane, use.day)
        return found

    def _gained_on_day(self, need: NeedForm, resource: int, lane: int, day: int) -> int:
        """The starts on a day that are closed by nothing but the minutes a resource has left."""
        limit = (self._board.instance.resources[resource].limits or ())[day]
        if limit is None or self._board.minutes[resource][day] + need.minutes <= limit:
            return 0
        key = (lane, need.length)
        if key not in self._eroded:
            self._eroded[key] = erode(self._board.rows[lane], need.length)
        begins = self._eroded[key] & self._board.instance.frame.day_units[day]
        return shift(begins, -need.offset)


def _run(row: int, first: int, end: int) -> tuple[int, int]:
    """The run of free units around `[first, end)`, which is free itself."""
    closed = ~row
    above = closed >> end
    return (closed & ((1 << first) - 1)).bit_length(), end + lowest(above)
