"""The board on which room is made: who may move, what that saves, how to lift and put back.

`Put` and `Way` are what the searches answer with, in units and indexes of the instance.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from models.objective import start_cost
from solver.bitrow import has, lowest
from solver.board import Board, Placed
from solver.instance import CaseForm, Use
from solver.make_room_contests import Contest, find_contests
from solver.ties import Ties


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


class Spot(NamedTuple):
    """What a need of a booking holds: the units `[first, end)` of a lane, or none."""

    lane: int
    first: int
    end: int
    use: Use


# How far around a booking its stretch of free time is looked for before the whole row is.
NEAR = 64

# The pools that the needs of a case draw on, and how they hang together.
_Wants = tuple[tuple[int, ...], Ties]


@dataclass(frozen=True)
class Room:
    """A board of bookings, with what is asked of it again and again."""

    board: Board
    lanes_of_pool: tuple[frozenset[int], ...]
    limited: frozenset[int]
    _spots: dict[int, tuple[Spot, ...]] = field(default_factory=dict)
    _spots_in: dict[tuple[int, int], tuple[Spot, ...]] = field(default_factory=dict)
    _shares: dict[int, bool] = field(default_factory=dict)
    _as_booked: dict[int, int] = field(default_factory=dict)
    _away: dict[int, int | None] = field(default_factory=dict)
    _contests: dict[tuple[_Wants, _Wants], tuple[Contest, ...]] = field(default_factory=dict)
    _stretches: dict[tuple[int, int], tuple[int, tuple[int, int]]] = field(default_factory=dict)

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

    def spots(self, case: CaseForm) -> tuple[Spot, ...]:
        """What a booking holds, in the order of its needs."""
        found = self._spots.get(case.index)
        if found is None:
            lanes = [form.lane for form in self.board.instance.resources]
            uses = () if case.booked is None else case.booked.uses
            found = self._spots[case.index] = tuple(
                Spot(
                    lanes[use.resource],
                    lowest(use.taken) if use.taken else 0,
                    use.taken.bit_length(),
                    use,
                )
                for use in uses
            )
        return found

    def spots_in(self, case: CaseForm, pool: int) -> tuple[Spot, ...]:
        """Those of a booking's spots that lie in lanes of a pool."""
        found = self._spots_in.get((case.index, pool))
        if found is None:
            lanes = self.lanes_of_pool[pool]
            found = tuple(spot for spot in self.spots(case) if spot.lane in lanes)
            self._spots_in[case.index, pool] = found
        return found

    def shares_lanes(self, case: CaseForm) -> bool:
        """Whether two needs of a booking lie in one lane."""
        found = self._shares.get(case.index)
        if found is None:
            lanes = [spot.lane for spot in self.spots(case)]
            found = self._shares[case.index] = len(set(lanes)) < len(lanes)
        return found

    def stretch(self, spot: Spot, row: int) -> tuple[int, int]:
        """The stretch `[first, end)` of units around a spot that a row would have without it.

        The last one found is kept with its row: most lanes stay as they are between questions.
        """
        key = (spot.lane, spot.first)
        kept = self._stretches.get(key)
        if kept is None or kept[0] != row:
            kept = self._stretches[key] = (row, stretch(row, spot.first, spot.end))
        return kept[1]

    def given_back(self, case: CaseForm) -> tuple[int, int]:
        """What the plan would save in opening and in suite changes, were a case off the board."""
        board, placed = self.board, self.board.placed[case.index]
        if placed is None:
            return 0, 0
        resources = board.instance.resources
        opening = 0
        days = [(use.resource, use.day) for use in placed.uses if use.resource in board.opened]
        for resource, day in set(days):
            if day is not None and board.opened[resource][day] == days.count((resource, day)):
                opening += resources[resource].open_cost
        changes = 0
        if placed.day is None:
            return opening, changes
        for resource in board.met.keys() & set(placed.assigned):
            met = board.met[resource][placed.day]
            left = sum(uses > (suite in placed.suites) for suite, uses in met.items())
            fewer = max(0, len(met) - 1) - max(0, left - 1)
            changes += fewer * resources[resource].change_cost
        return opening, changes

    def as_booked(self, case: CaseForm) -> int:
        """What a booked case costs by itself as it stands in the file."""
        found, booking = self._as_booked.get(case.index), case.case.booking
        if found is None:
            prices = case.problem.objective
            found = 0 if booking is None else start_cost(prices, case.case, booking.start)
            self._as_booked[case.index] = found
        return found

    def saved(self, case: CaseForm) -> int:
        """What the plan would save in all, were a booked case not in it: own cost and prices."""
        return self.as_booked(case) + sum(self.given_back(case))

    def least_cost_away(self, case: CaseForm) -> int | None:
        """What a booked case costs by itself at the best other start; None without one."""
        if case.index not in self._away:
            self._away[case.index] = case.least_cost(case.permitted & ~_booked_start(case))
        return self._away[case.index]

    def contests(self, first: CaseForm, second: CaseForm) -> tuple[Contest, ...]:
        """The contests of two cases, see `solver.make_room_contests`; alike cases share them."""
        key = (_wants(self.board, first), _wants(self.board, second))
        found = self._contests.get(key)
        if found is None:
            needs = (first.needs, second.needs)
            found = find_contests(self.lanes_of_pool, needs, (key[0][1], key[1][1]))
            self._contests[key] = found
        return found

    def loose_lanes(self, case: CaseForm) -> frozenset[int]:
        """The lanes that a booking on the board could leave without changing its start, or more."""
        placed = self.board.placed[case.index]
        if placed is None or placed.start is None or not _booked_start(case):
            return frozenset()
        resources, start = self.board.instance.resources, placed.start
        own = [resources[use.resource].lane for use in placed.uses]
        # No need of it fits into its own lane: the booking is there.
        return frozenset(
            lane
            for need, lane in zip(case.needs, own, strict=True)
            if has(self.board.pool_starts(need), start)
            or not self.lanes_of_pool[need.pool].isdisjoint({*own} - {lane})
        )


def _wants(board: Board, case: CaseForm) -> _Wants:
    return tuple(need.pool for need in case.needs), board.ties(case)


def _booked_start(case: CaseForm) -> int:
    """The row with the start of its booking, when that is permitted."""
    start = None if case.booked is None else case.booked.start
    return 0 if start is None else case.permitted & (1 << start)


def stretch(row: int, first: int, end: int) -> tuple[int, int]:
    """The stretch of free units around `[first, end)`, which count as free themselves."""
    base = max(0, first - NEAR)
    below = ~(row >> base) & ((1 << (first - base)) - 1)
    above = ~(row >> end) & ((1 << NEAR) - 1)
    if not below and base:
        base, below = 0, ~row & ((1 << first) - 1)
    if not above:
        above = ~(row >> end)
    return base + below.bit_length(), end + lowest(above)
