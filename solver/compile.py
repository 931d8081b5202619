"""Compiling a planning problem into an `Instance`: units, rows, lanes, pools."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from math import gcd

from models.problem import Case, Interval, Need, PlanningProblem, Resource
from models.timegrid import TimeGrid, zone
from models.windows import Window, WindowSet
from solver.bitrow import every, span, spans
from solver.instance import (
    SUITE,
    BookedForm,
    CaseForm,
    Frame,
    Instance,
    Lane,
    NeedForm,
    Pool,
    ResourceForm,
    Use,
)


def compile_problem(problem: PlanningProblem) -> Instance:
    """The instance of a planning problem; equal problems give equal instances."""
    ground = Ground(problem, (need for case in problem.cases for need in case.needs))
    cases = sorted(problem.cases, key=lambda case: case.id)
    forms = tuple(ground.case_form(problem, index, case) for index, case in enumerate(cases))
    return ground.instance(problem, forms)


class Ground:
    """All of a problem but its cases: the grid, the resources, their lanes and pools.

    Cases are compiled on it one by one. Pools are made as needs ask for them; an instance has
    those that there are by then.

    Args:
        problem: Its cases are left aside.
        needs: The grid is as fine, and reaches as far, as these ask for.
    """

    def __init__(self, problem: PlanningProblem, needs: Iterable[Need]) -> None:
        self.frame = _frame(problem, tuple(needs))
        sources = sorted(problem.resources, key=lambda resource: resource.id)
        rows = [open_row(self.frame, resource.available) for resource in sources]
        self.lanes, lane_of = _lanes(sources, rows)
        self.resources = tuple(
            _resource_form(self.frame, resource, row, lane)
            for resource, row, lane in zip(sources, rows, lane_of, strict=True)
        )
        self._pools = _Pools(sources, self.resources, self.lanes)

    def case_form(self, problem: PlanningProblem, index: int, case: Case) -> CaseForm:
        """A case by the clock, horizon and prices of a problem on this ground."""
        return _case_form(problem, self.frame, self._pools, index, case)

    def instance(self, problem: PlanningProblem, cases: tuple[CaseForm, ...]) -> Instance:
        """The ground with cases that were compiled on it, in order of their indexes."""
        pools = tuple(self._pools.made)
        return Instance(problem, self.frame, self.resources, self.lanes, pools, cases)

    def number_of(self, resource: str) -> int | None:
        """The number of a resource, by its id."""
        return self._pools.index.get(resource)

    def use(self, resource: int, taken: tuple[datetime, datetime]) -> Use:
        """What holding a resource for `[begin, end)` takes."""
        return _booked_use(self.frame, self.resources[resource], resource, taken)

    def reaches(self, need: Need) -> bool:
        """Whether the grid is fine and long enough for a need."""
        frame, minutes = self.frame, self.frame.grid.minutes
        on_units = need.offset % minutes == 0 == need.minutes % minutes
        before, after = frame.first_start, frame.grid.ticks - frame.end_start
        last = (need.offset + need.minutes) // minutes
        return on_units and -need.offset // minutes <= before and last <= after


def _frame(problem: PlanningProblem, needs: tuple[Need, ...]) -> Frame:
    minutes = gcd(problem.tick_minutes, *(gcd(need.offset, need.minutes) for need in needs))
    step = timedelta(minutes=minutes)
    before = max([0, *(-need.offset // minutes for need in needs)])
    after = max([0, *((need.offset + need.minutes) // minutes for need in needs)])
    span_units = -((problem.horizon.start - problem.horizon.end) // step)
    tz = zone(problem.timezone)
    utc = problem.horizon.start.astimezone(zone("UTC")) - before * step
    grid = TimeGrid(utc, minutes, before + span_units + after)
    dates = [grid.instant(unit).astimezone(tz).date() for unit in range(grid.ticks)]
    days = tuple(sorted(set(dates)))
    index = {day: number for number, day in enumerate(days)}
    day_of_unit = tuple(index[day] for day in dates)
    return Frame(
        grid=grid,
        zone=tz,
        first_start=before,
        end_start=before + span_units,
        stride=problem.tick_minutes // minutes,
        days=days,
        day_of_unit=day_of_unit,
        day_units=_day_units(day_of_unit, len(days)),
    )


def _day_units(day_of_unit: tuple[int, ...], days: int) -> tuple[int, ...]:
    pieces: list[list[tuple[int, int]]] = [[] for _ in range(days)]
    first = 0
    for unit in range(1, len(day_of_unit) + 1):
        if unit == len(day_of_unit) or day_of_unit[unit] != day_of_unit[first]:
            pieces[day_of_unit[first]].append((first, unit))
            first = unit
    return tuple(spans(piece) for piece in pieces)


def open_row(frame: Frame, available: Iterable[Interval]) -> int:
    """The units that lie wholly in intervals of availability."""
    # Pieces that touch are merged before rounding inwards: a unit across their seam is open.
    merged = WindowSet(Window(a, b) for a, b in available)
    return spans(frame.clipped(piece.start, piece.end) for piece in merged)


def _resource_form(frame: Frame, resource: Resource, row: int, lane: int) -> ResourceForm:
    limits = tuple(resource.limit_on(day) for day in frame.days)
    return ResourceForm(
        id=resource.id,
        kind=resource.kind,
        available=row,
        lane=lane,
        limits=limits if any(limit is not None for limit in limits) else None,
        open_cost=resource.open_cost,
        change_cost=resource.suite_change_cost,
    )


def _lanes(sources: list[Resource], rows: list[int]) -> tuple[tuple[Lane, ...], list[int]]:
    """Lanes, and the lane of each resource; closed resources share an empty one."""
    plain: dict[tuple[str, frozenset[str]], list[int]] = defaultdict(list)
    members: list[list[int]] = []
    for index, resource in enumerate(sources):
        if not rows[index]:
            continue
        if _is_plain(resource):
            plain[resource.kind, frozenset(resource.tags)].append(index)
        else:
            members.append([index])
    for alike in plain.values():
        members += _packed(alike, rows)
    members.sort(key=min)
    lane_of = [len(members)] * len(sources)
    for number, lane in enumerate(members):
        for index in lane:
            lane_of[index] = number
    lanes = [_lane(lane, rows) for lane in members]
    return (*lanes, Lane(0, (), (), len(sources))), lane_of


def _is_plain(resource: Resource) -> bool:
    unpriced = not resource.open_cost and not resource.suite_change_cost
    return unpriced and resource.minutes_per_day in (None, {}) and resource.kind != SUITE


def _packed(alike: list[int], rows: list[int]) -> list[list[int]]:
    """Resources laid end to end with at least one closed unit between them, in few lanes."""
    lanes: list[list[int]] = []
    ends: list[int] = []
    for index in sorted(alike, key=lambda i: (_first(rows[i]), i)):
        fits = next((n for n, end in enumerate(ends) if end < _first(rows[index])), None)
        if fits is None:
            lanes.append([index])
            ends.append(rows[index].bit_length())
        else:
            lanes[fits].append(index)
            ends[fits] = rows[index].bit_length()
    return lanes


def _first(row: int) -> int:
    return (row & -row).bit_length() - 1


def _lane(members: list[int], rows: list[int]) -> Lane:
    joined = 0
    for index in members:
        joined |= rows[index]
    firsts = tuple(_first(rows[index]) for index in members)
    return Lane(joined, firsts, tuple(members), min(members))


PoolKey = tuple[str, frozenset[str], frozenset[str] | None, str | None]


class _Pools:
    """Finds, once for each kind of need, the resources that it accepts."""

    def __init__(
        self, sources: list[Resource], resources: tuple[ResourceForm, ...], lanes: tuple[Lane, ...]
    ) -> None:
        self.made: list[Pool] = []
        self.resources = resources
        self.index = {resource.id: number for number, resource in enumerate(resources)}
        self._sources = sources
        self._lanes = lanes
        self._numbers: dict[PoolKey, int] = {}

    def number(self, need: Need, only: str | None) -> int:
        """The number of the pool for a need; `only` narrows it to one resource."""
        among = None if need.among is None else frozenset(need.among)
        key = (need.kind, frozenset(need.tags), among, only)
        if key not in self._numbers:
            self._numbers[key] = len(self.made)
            self.made.append(self._pool(need, only))
        return self._numbers[key]

    def _pool(self, need: Need, only: str | None) -> Pool:
        accepted = [
            index
            for index, resource in enumerate(self._sources)
            if need.accepts(resource) and (only is None or resource.id == only)
        ]
        by_lane: dict[int, list[int]] = defaultdict(list)
        for index in accepted:
            if self.resources[index].available:
                by_lane[self.resources[index].lane].append(index)
        within = tuple(self._within(lane, chosen) for lane, chosen in by_lane.items())
        return Pool(
            resources=tuple(accepted),
            members=frozenset(accepted),
            opening=any(self.resources[index].open_cost for index in accepted),
            changing=any(self.resources[index].change_cost for index in accepted),
            lanes=tuple(by_lane),
            within=within,
        )

    def _within(self, lane: int, chosen: list[int]) -> int | None:
        if len(chosen) == len(self._lanes[lane].members):
            return None
        row = 0
        for index in chosen:
            row |= self.resources[index].available
        return row


def _case_form(
    problem: PlanningProblem, frame: Frame, pools: _Pools, index: int, case: Case
) -> CaseForm:
    minutes = frame.grid.minutes
    kept = case.booking.assigned if case.booking and case.booking.locked else {}
    needs = tuple(
        NeedForm(
            role=need.role,
            pool=pools.number(need, kept.get(need.role)),
            offset=need.offset // minutes,
            length=need.minutes // minutes,
            minutes=need.minutes,
            is_suite=need.kind == SUITE,
        )
        for need in case.needs
    )
    grid = frame.grid
    startable = _startable(problem, frame, case)
    permitted = startable & spans((max(0, grid.ceil(a)), grid.ceil(b)) for a, b in case.windows)
    return CaseForm(
        index=index,
        case=case,
        frame=frame,
        problem=problem,
        startable=startable,
        permitted=permitted,
        needs=needs,
        booked=_booked_form(frame, pools, case, needs, permitted),
    )


def _startable(problem: PlanningProblem, frame: Frame, case: Case) -> int:
    """The ticks of the horizon from `now` on, and the start of the case's own booking."""
    ticks = every(frame.stride, frame.first_start, frame.end_start)
    booking = case.booking
    own = None if booking is None else frame.start_unit(booking.start)
    kept = 0 if own is None else 1 << own
    if booking is not None and booking.locked:
        return kept
    return ticks & span(max(0, frame.grid.ceil(problem.now)), frame.grid.ticks) | kept


def _booked_form(
    frame: Frame, pools: _Pools, case: Case, needs: tuple[NeedForm, ...], permitted: int
) -> BookedForm | None:
    booking = case.booking
    if booking is None:
        return None
    assigned = tuple(pools.index[booking.assigned[need.role]] for need in case.needs)
    uses = tuple(
        _booked_use(frame, pools.resources[resource], resource, need.span(booking.start))
        for need, resource in zip(case.needs, assigned, strict=True)
    )
    start = frame.start_unit(booking.start)
    on_time = start is not None and bool(permitted >> start & 1)
    stands = on_time and _fits(pools, needs, uses)
    return BookedForm(
        start if on_time else None, assigned, uses, frame.day_at(booking.start), stands
    )


def _booked_use(
    frame: Frame, resource: ResourceForm, index: int, taken: tuple[datetime, datetime]
) -> Use:
    begin, end = taken
    cells = frame.touched(begin, end) & resource.available
    return Use(index, cells, frame.day_at(begin), (end - begin) // timedelta(minutes=1))


def _fits(pools: _Pools, needs: tuple[NeedForm, ...], uses: tuple[Use, ...]) -> bool:
    """Whether a placement on the grid is eligible, open, apart and within the daily limits."""
    held: dict[int, int] = {}
    minutes: dict[tuple[int, int], int] = defaultdict(int)
    for need, use in zip(needs, uses, strict=True):
        open_all = use.taken.bit_count() == need.length
        apart = not held.get(use.resource, 0) & use.taken
        if use.resource not in pools.made[need.pool].members or not open_all or not apart:
            return False
        held[use.resource] = held.get(use.resource, 0) | use.taken
        if use.day is not None:
            minutes[use.resource, use.day] += use.minutes
    return all(_within_limit(pools.resources[r], day, used) for (r, day), used in minutes.items())


def _within_limit(resource: ResourceForm, day: int, used: int) -> bool:
    limit = None if resource.limits is None else resource.limits[day]
    return limit is None or used <= limit
