"""A planning problem in integers: time in units, free time in bit rows, indexes in place of ids.

A *unit* is the greatest common divisor of the tick, every need's offset and every need's length,
so that each start, begin and end lies exactly on the grid of units. The grid reaches before and
after the horizon as far as needs do. Resources and cases are numbered in the order of their ids,
so that comparing indexes breaks ties by id.

Resources that are alike, unpriced, unlimited and never open at touching times share a *lane*: one
row for all of them. A stretch of free bits in a lane never crosses from one of them to the next,
and at any unit at most one of them is open, so a lane is as exact as single rows and much shorter
to go through: sixteen hundred arrival slots are eight lanes.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, timezone
from functools import cached_property
from typing import NamedTuple
from zoneinfo import ZoneInfo

from models.objective import start_cost
from models.problem import Case, PlanningProblem
from models.timegrid import TimeGrid
from solver.bitrow import lowest, span
from solver.pricing import price_changes

SUITE = "suite"


@dataclass(frozen=True, slots=True)
class ResourceForm:
    """A resource: its open units, its lane, and what using it costs.

    `limits` holds the most need-minutes by day index (None: no limit on that day), or is None
    when no day has a limit.
    """

    id: str
    kind: str
    available: int
    lane: int
    limits: tuple[int | None, ...] | None
    open_cost: int
    change_cost: int

    @property
    def is_suite(self) -> bool:
        """Whether working in it counts for suite changes."""
        return self.kind == SUITE


@dataclass(frozen=True, slots=True)
class Lane:
    """Resources that share one row: `row` is their open time, `firsts` where each begins.

    Members are in order of time; `least` is the lowest of their numbers. Lanes are in its order.
    """

    row: int
    firsts: tuple[int, ...]
    members: tuple[int, ...]
    least: int

    def resource_at(self, unit: int) -> int:
        """The member that is open at a unit of the row."""
        if len(self.members) == 1:
            return self.least
        return self.members[bisect_right(self.firsts, unit) - 1]


@dataclass(frozen=True, slots=True)
class Pool:
    """The resources that a need accepts, and the lanes they lie in.

    `within[i]` limits the begins in `lanes[i]` to the members accepted, or is None when all are.
    `opening` and `changing` say whether any resource costs its opening, or a change of suites.
    """

    resources: tuple[int, ...]
    members: frozenset[int]
    opening: bool
    changing: bool
    lanes: tuple[int, ...]
    within: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class NeedForm:
    """A need in units: it takes `[start + offset, start + offset + length)` of one resource."""

    role: str
    pool: int
    offset: int
    length: int
    minutes: int
    is_suite: bool


class Use(NamedTuple):
    """What one need of a placement takes: its units, and the day it counts on.

    `day` is None when the need begins on no day of the grid. `taken` is clipped to the resource's
    open time.
    """

    resource: int
    taken: int
    day: int | None
    minutes: int


@dataclass(frozen=True, slots=True)
class BookedForm:
    """A booking as it stands in the file, even where it no longer could.

    `start` is None when it lies on no permitted tick. `stands` says whether, with nothing else
    booked, the placement breaks no rule.
    """

    start: int | None
    assigned: tuple[int, ...]
    uses: tuple[Use, ...]
    day: int | None
    stands: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Starts that cost the case the same and fall on the same days.

    `day` is the day index of the start, `days` those of the needs' begins, in the needs' order.
    """

    cost: int
    day: int
    days: tuple[int, ...]
    starts: int


@dataclass(frozen=True)
class Frame:
    """The grid of units and its local days, shared by everything in an instance."""

    grid: TimeGrid
    zone: ZoneInfo
    first_start: int
    end_start: int
    stride: int
    days: tuple[date, ...]
    day_of_unit: tuple[int, ...]
    day_units: tuple[int, ...]

    @cached_property
    def day_index(self) -> dict[date, int]:
        """Day indexes by date."""
        return {day: index for index, day in enumerate(self.days)}

    @cached_property
    def day_changes(self) -> tuple[int, ...]:
        """The units at which another local day begins."""
        of = self.day_of_unit
        return tuple(u for u in range(1, len(of)) if of[u] != of[u - 1])

    def instant(self, unit: int) -> datetime:
        """The instant of a unit, in the site's offset at that time."""
        return self.local(self.grid.instant(unit))

    def local(self, instant: datetime) -> datetime:
        """The same instant in the site's offset at that time."""
        there = instant.astimezone(self.zone)
        return there.replace(tzinfo=timezone(there.utcoffset() or timedelta()), fold=0)

    def start_unit(self, instant: datetime) -> int | None:
        """The unit of an instant at which a procedure may start, or None off the ticks."""
        unit = self.grid.floor(instant)
        on_grid = self.first_start <= unit < self.end_start and self.grid.instant(unit) == instant
        return unit if on_grid and (unit - self.first_start) % self.stride == 0 else None

    def clipped(self, begin: datetime, end: datetime) -> tuple[int, int]:
        """The whole units within `[begin, end)`, clipped to the grid."""
        return max(0, self.grid.ceil(begin)), min(self.grid.ticks, self.grid.floor(end))

    def touched(self, begin: datetime, end: datetime) -> int:
        """The row of all units that `[begin, end)` touches."""
        return span(max(0, self.grid.floor(begin)), min(self.grid.ticks, self.grid.ceil(end)))

    def day_at(self, instant: datetime) -> int | None:
        """The index of the local day of any instant; None when the grid does not touch it."""
        return self.day_index.get(instant.astimezone(self.zone).date())


@dataclass(frozen=True)
class CaseForm:
    """A case: where it may start, what it needs, what its starts cost by themselves.

    `startable` is the row of ticks that horizon, `now` and a lock leave; `permitted` the part of
    it in the case's windows.
    """

    index: int
    case: Case
    frame: Frame
    problem: PlanningProblem
    startable: int
    permitted: int
    needs: tuple[NeedForm, ...]
    booked: BookedForm | None

    @property
    def id(self) -> str:
        """The case's id in the planning file."""
        return self.case.id

    @property
    def locked(self) -> bool:
        """Whether its booking must be kept exactly."""
        return self.case.booking is not None and self.case.booking.locked

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The permitted starts by own cost and days, in order of time."""
        return tuple(self._cut_groups())

    @cached_property
    def _group_firsts(self) -> tuple[int, ...]:
        return tuple(lowest(group.starts) for group in self.groups)

    def cost_at(self, start: int) -> int:
        """The own cost of a permitted start: waiting, lateness, being off the drug, moving."""
        return self.groups[bisect_right(self._group_firsts, start) - 1].cost

    def least_cost(self, starts: int) -> int | None:
        """The least own cost over a row of permitted starts; None when the row is empty."""
        if not starts:
            return None
        firsts = self._group_firsts
        first = bisect_right(firsts, lowest(starts)) - 1
        end = bisect_right(firsts, starts.bit_length() - 1)
        return min(group.cost for group in self.groups[first:end] if group.starts & starts)

    def _cut_groups(self) -> list[Group]:
        found: list[Group] = []
        for starts in self._even_starts():
            group = self._group(starts)
            if found and replace(found[-1], starts=starts) == group:
                group = replace(group, starts=starts | found.pop().starts)
            found.append(group)
        return found

    def _even_starts(self) -> Iterator[int]:
        """The permitted starts, cut wherever the cost or the day of anything may change."""
        frame = self.frame
        offsets = {0, *(need.offset for need in self.needs)}
        cuts = {unit - offset for unit in frame.day_changes for offset in offsets}
        edges = sorted(cuts | price_changes(self.case, frame.grid))
        left = self.permitted
        while left:
            past = bisect_right(edges, lowest(left))
            starts = left & ((1 << edges[past]) - 1) if past < len(edges) else left
            left ^= starts
            yield starts

    def _group(self, starts: int) -> Group:
        frame, first = self.frame, lowest(starts)
        return Group(
            cost=start_cost(self.problem.objective, self.case, frame.grid.instant(first)),
            day=frame.day_of_unit[first],
            days=tuple(frame.day_of_unit[first + need.offset] for need in self.needs),
            starts=starts,
        )


@dataclass(frozen=True)
class Instance:
    """A compiled planning problem; see the module's first lines."""

    problem: PlanningProblem
    frame: Frame
    resources: tuple[ResourceForm, ...]
    lanes: tuple[Lane, ...]
    pools: tuple[Pool, ...]
    cases: tuple[CaseForm, ...]

    @cached_property
    def resource_index(self) -> dict[str, int]:
        """Resource indexes by id."""
        return {resource.id: index for index, resource in enumerate(self.resources)}

    @cached_property
    def case_index(self) -> dict[str, int]:
        """Case indexes by id."""
        return {case.id: case.index for case in self.cases}

    @cached_property
    def pools_of_lane(self) -> tuple[tuple[int, ...], ...]:
        """The pools that draw on each lane."""
        found: list[list[int]] = [[] for _ in self.lanes]
        for number, pool in enumerate(self.pools):
            for lane in pool.lanes:
                found[lane].append(number)
        return tuple(tuple(pools) for pools in found)

    def uses_at(self, case: CaseForm, start: int, assigned: tuple[int, ...]) -> tuple[Use, ...]:
        """What a placement at a start unit takes; `assigned` follows the order of the needs."""
        day_of = self.frame.day_of_unit
        return tuple(
            Use(
                resource,
                ((1 << need.length) - 1) << (start + need.offset),
                day_of[start + need.offset],
                need.minutes,
            )
            for need, resource in zip(case.needs, assigned, strict=True)
        )
