"""The board: what is free, used and opened now, and the exact starts of a case on it.

Everything is in units and indexes of an `Instance`. Placing and removing touch only the lanes
concerned; rows of starts are kept until their lane changes. A case is never on the board while its
own starts are asked for.

Bookings of the file that no longer stand (their resource has closed, their window has moved) are
*held* all the same: the patient has been promised them, so until they are moved they keep their
units, their minutes of the day, and the days and suites they opened. They are merely no start that
could be proposed. Bookings may even overlap each other; a unit is free again when the last goes.
"""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from models.errors import SolverError
from solver.bitrow import erode, shift
from solver.instance import CaseForm, Instance, NeedForm, Use
from solver.ties import Ties, find_ties, overlap

# The starts at which a need finds a resource, and the same for each lane that has any.
Fitting = tuple[int, tuple[tuple[int, int], ...]]


class Placed(NamedTuple):
    """A placement on the board; `start` is None for a booking that lies on no permitted tick."""

    start: int | None
    assigned: tuple[int, ...]
    uses: tuple[Use, ...]
    day: int | None
    suites: frozenset[int]


class Board:
    """Free time and day counts of every resource, with the placements that made them."""

    def __init__(self, instance: Instance) -> None:
        days = len(instance.frame.days)
        numbered = list(enumerate(instance.resources))
        self.instance = instance
        self.rows = [lane.row for lane in instance.lanes]
        self.placed: list[Placed | None] = [None] * len(instance.cases)
        self.minutes = {r: [0] * days for r, form in numbered if form.limits is not None}
        self.opened = {r: [0] * days for r, form in numbered if form.open_cost}
        self.met: dict[int, list[dict[int, int]]] = {
            r: [{} for _ in range(days)] for r, form in numbered if form.change_cost
        }
        self._suite_numbers = frozenset(r for r, form in numbered if form.is_suite)
        self._lane_of = [form.lane for form in instance.resources]
        self._tangled: set[int] = set()
        self._lane_starts: list[dict[tuple[int, int], int]] = [{} for _ in instance.lanes]
        self._pool_starts: list[dict[tuple[int, int], Fitting]] = [{} for _ in instance.pools]
        self._ties: dict[int, Ties] = {}

    @classmethod
    def of_bookings(cls, instance: Instance) -> "Board":
        """The board with every booking of the file held."""
        board = cls(instance)
        for case in instance.cases:
            if case.booked is not None:
                board.hold_booking(case)
        return board

    def ties(self, case: CaseForm) -> Ties:
        """How the needs of the case hang together."""
        found = self._ties.get(case.index)
        if found is None:
            found = self._ties[case.index] = find_ties(self.instance, case)
        return found

    def place(self, case: CaseForm, start: int, assigned: Sequence[int]) -> None:
        """Put a case at a start unit with resources, in the order of its needs.

        The start must be one of its candidate starts and the resources free; this is not checked.
        """
        chosen = tuple(assigned)
        uses = self.instance.uses_at(case, start, chosen)
        self.put_back(
            case,
            Placed(
                start, chosen, uses, self.instance.frame.day_of_unit[start], self._suites(chosen)
            ),
        )

    def hold_booking(self, case: CaseForm) -> None:
        """Put a case's booking on the board as it is in the file, whether or not it stands."""
        booked = case.booked
        if booked is None:
            raise SolverError(f"case {case.id} has no booking", remedy="place it at a start")
        suites = self._suites(booked.assigned)
        self.put_back(case, Placed(booked.start, booked.assigned, booked.uses, booked.day, suites))

    def put_back(self, case: CaseForm, placed: Placed) -> None:
        """Put back what `remove` gave."""
        if self.placed[case.index] is not None:
            raise SolverError(f"case {case.id} is on the board already", remedy="remove it first")
        self.placed[case.index] = placed
        for use in placed.uses:
            lane = self._lane_of[use.resource]
            if self.rows[lane] & use.taken != use.taken:
                self._tangled.add(lane)
            self.rows[lane] &= ~use.taken
        self._count(placed, 1)

    def remove(self, case: CaseForm) -> Placed:
        """Take a case off the board; gives what `put_back` takes."""
        placed = self.placed[case.index]
        if placed is None:
            raise SolverError(f"case {case.id} is not on the board", remedy="place it first")
        self.placed[case.index] = None
        for use in placed.uses:
            lane = self._lane_of[use.resource]
            if lane not in self._tangled:
                self.rows[lane] |= use.taken
        for lane in sorted(self._tangled & {self._lane_of[use.resource] for use in placed.uses}):
            self._rebuild(lane)
        self._count(placed, -1)
        return placed

    def _suites(self, assigned: Collection[int]) -> frozenset[int]:
        return self._suite_numbers.intersection(assigned)

    def _rebuild(self, lane: int) -> None:
        self._tangled.discard(lane)
        row = self.instance.lanes[lane].row
        for placed in self.placed:
            for use in placed.uses if placed is not None else ():
                if self._lane_of[use.resource] == lane:
                    if row & use.taken != use.taken:
                        self._tangled.add(lane)
                    row &= ~use.taken
        self.rows[lane] = row

    def _count(self, placed: Placed, by: int) -> None:
        """Count a placement in or out of the days, and forget the rows of starts it changes."""
        for use in placed.uses:
            resource, day = use.resource, use.day
            self._forget(self._lane_of[resource])
            if day is None:
                continue
            if resource in self.minutes:
                self.minutes[resource][day] += by * use.minutes
            if resource in self.opened:
                self.opened[resource][day] += by
        if placed.suites and placed.day is not None:
            for resource in self.met.keys() & set(placed.assigned):
                self._meet(self.met[resource][placed.day], placed.suites, by)

    def _meet(self, met: dict[int, int], suites: frozenset[int], by: int) -> None:
        for suite in suites:
            count = met.get(suite, 0) + by
            if count:
                met[suite] = count
            else:
                del met[suite]

    def _forget(self, lane: int) -> None:
        self._lane_starts[lane].clear()
        for pool in self.instance.pools_of_lane[lane]:
            self._pool_starts[pool].clear()

    def opening_price(self, resource: int, day: int) -> int:
        """Points for using the resource on a day, nothing when it is used already."""
        opened = self.opened.get(resource)
        return 0 if opened is None or opened[day] else self.instance.resources[resource].open_cost

    def change_price(self, resource: int, day: int, suites: frozenset[int]) -> int:
        """Points for the suites a resource would newly work in on the day of a start."""
        if resource not in self.met:
            return 0
        met = self.met[resource][day]
        if len(suites) == 1 and (not met or met.keys() >= suites):
            return 0  # by far the most common, and asked for every choice
        more = max(0, len(met.keys() | suites) - 1) - max(0, len(met) - 1)
        return more * self.instance.resources[resource].change_cost

    def added_prices(self, case: CaseForm, start: int, assigned: Sequence[int]) -> tuple[int, int]:
        """What a placement would add to the cost in opening and in suite changes."""
        return self.prices_of(start, list(zip(case.needs, assigned, strict=True)))

    def prices_of(self, start: int, chosen: Collection[tuple[NeedForm, int]]) -> tuple[int, int]:
        """What needs of one case would add with these resources, in opening and suite changes.

        With some of its needs left out, it is the least that the case can add.
        """
        day_of = self.instance.frame.day_of_unit
        used = {(resource, day_of[start + need.offset]) for need, resource in chosen}
        resources = {resource for _, resource in chosen}
        suites = self._suites(resources)
        return (
            sum(self.opening_price(resource, day) for resource, day in used),
            sum(self.change_price(resource, day_of[start], suites) for resource in resources),
        )

    def candidate_starts(self, case: CaseForm) -> int:
        """The row of all starts at which the case can be placed now, exactly.

        Windows, horizon, `now` and locks; free time of every need; two needs of the case never on
        one resource at once; daily minutes of all its needs together.

        Raises:
            SolverError: the case is on the board.
        """
        if self.placed[case.index] is not None:
            raise SolverError(f"case {case.id} is on the board", remedy="remove it first")
        return self.starts_within(case, case.permitted)

    def starts_within(self, case: CaseForm, starts: int) -> int:
        """The starts of a given row at which every need can be served, windows left aside."""
        ties = self.ties(case)
        for need in case.needs:
            starts &= self.pool_starts(need)
            if not starts:
                return 0
        for knot in ties.knots:
            starts = self.untied(case, knot, starts)
        return starts

    def lane_starts(self, lane: int, need: NeedForm) -> int:
        """The starts at which the need fits into a lane, by free time and daily minutes."""
        key = (need.length, need.offset)
        found = self._lane_starts[lane].get(key)
        if found is None:
            begins = erode(self.rows[lane], need.length)
            resource = self.instance.lanes[lane].members[0] if begins else -1
            if resource in self.minutes:
                begins &= ~self.full_days(resource, need.minutes)
            found = self._lane_starts[lane][key] = shift(begins, -need.offset)
        return found

    def pool_starts(self, need: NeedForm) -> int:
        """The starts at which some resource can serve the need, taken by itself."""
        return self._fitting(need)[0]

    def choices(self, need: NeedForm) -> tuple[tuple[int, int], ...]:
        """Each lane that may serve the need, with the starts at which it can."""
        return self._fitting(need)[1]

    def _fitting(self, need: NeedForm) -> Fitting:
        key = (need.length, need.offset)
        found = self._pool_starts[need.pool].get(key)
        if found is None:
            union, choices = 0, []
            pool = self.instance.pools[need.pool]
            for lane, within in zip(pool.lanes, pool.within, strict=True):
                kept = self._lane_starts[lane].get(key)
                starts = self.lane_starts(lane, need) if kept is None else kept
                if within is not None:
                    starts &= shift(within, -need.offset)
                if starts:
                    union |= starts
                    choices.append((lane, starts))
            found = self._pool_starts[need.pool][key] = (union, tuple(choices))
        return found

    def full_days(self, resource: int, minutes: int) -> int:
        """The units of the days on which `minutes` more would break the daily limit."""
        limits = self.instance.resources[resource].limits or ()
        used, units = self.minutes[resource], self.instance.frame.day_units
        full = 0
        for day, limit in enumerate(limits):
            if limit is not None and used[day] + minutes > limit:
                full |= units[day]
        return full

    def untied(
        self, case: CaseForm, knot: tuple[int, ...], starts: int, chosen: tuple[int, ...] = ()
    ) -> int:
        """The starts at which the needs of a knot find lanes, those before being chosen."""
        if len(chosen) == len(knot):
            return starts
        found = 0
        for lane, fitting in self.choices(case.needs[knot[len(chosen)]]):
            left = starts & fitting & ~found
            if left:
                left &= self.beside(case, knot, chosen, lane)
            if left:
                found |= self.untied(case, knot, left, (*chosen, lane))
                if found == starts:
                    break
        return found

    def beside(
        self, case: CaseForm, numbers: tuple[int, ...], chosen: tuple[int, ...], lane: int
    ) -> int:
        """The starts at which the next need may share a lane with needs that chose it before.

        Args:
            case: The case.
            numbers: Needs in the order in which they choose.
            chosen: The lanes chosen by the first of them.
            lane: What the next one wants.

        Returns:
            -1 (every start) when nobody before chose the lane, 0 when one of them overlaps.
        """
        sharing = [
            case.needs[n] for n, taken in zip(numbers, chosen, strict=False) if taken == lane
        ]
        if not sharing:
            return -1
        need = case.needs[numbers[len(chosen)]]
        if any(overlap(need, other) for other in sharing):
            return 0
        resource = self.instance.lanes[lane].members[0]
        return ~self._crowded(resource, [*sharing, need]) if resource in self.minutes else -1

    def _crowded(self, resource: int, needs: list[NeedForm]) -> int:
        """The starts at which these needs together would break a daily limit of the resource."""
        limits = self.instance.resources[resource].limits or ()
        total, used = sum(need.minutes for need in needs), self.minutes[resource]
        crowded = 0
        for day, limit in enumerate(limits):
            if limit is None or used[day] + total <= limit:
                continue
            room, units = limit - used[day], self.instance.frame.day_units[day]
            by_minutes = {0: -1}
            for need in needs:
                there = shift(units, -need.offset)
                split: dict[int, int] = {}
                for sum_, starts in by_minutes.items():
                    split[sum_] = split.get(sum_, 0) | (starts & ~there)
                    more = sum_ + need.minutes
                    split[more] = split.get(more, 0) | (starts & there)
                by_minutes = split
            for sum_, starts in by_minutes.items():
                if sum_ > max(room, 0):
                    crowded |= starts
        return crowded
