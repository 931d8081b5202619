"""A planning problem in whole units of time, as every peer reads it.

The unit is the largest number of minutes that divides the tick and every need. Sets of units are
integers, a bit per unit, from `pad` units before the horizon on, so that a need may begin before
its case does. What a case may do is a list of pieces: permitted starts of one cost on one day.
Resources without prices or limits that serve alike and are never open at the same time - the slots
of one counter, say - are one lane, which keeps the models of the peers small.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from itertools import pairwise
from math import gcd

from models.objective import left_out_cost, start_cost
from models.plan import Placement, Plan
from models.problem import Case, Need, PlanningProblem, Resource
from models.timegrid import local_day, start_of_day, zone
from models.windows import Window, WindowSet

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)

Opening = tuple[int, int, str]
"""Unit from, unit to, and the resource that is open."""

Placed = dict[int, tuple[int, tuple[int, ...]]]
"""Start unit and lanes, in the order of the needs, by number of case."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Something that serves one need at a time, like the resource shown when it is several."""

    openings: tuple[Opening, ...]
    resource: Resource

    def member(self, begin: int, end: int) -> str:
        """The resource that is open for all of `[begin, end)`."""
        return next(name for a, b, name in self.openings if a <= begin and end <= b)


@dataclass(frozen=True, slots=True)
class NeedForm:
    """A need in units; `fits` has the permitted starts of the case by lane, as bits."""

    role: str
    offset: int
    length: int
    fits: dict[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Starts of one cost on one day, as bits; `need_days` has the day on which each need begins."""

    starts: int
    cost: int
    day: int
    need_days: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A case with the starts open to it; no pieces when it can be placed nowhere."""

    case: Case
    needs: tuple[NeedForm, ...]
    starts: int
    pieces: tuple[Piece, ...]
    left_out: int

    def days_on(self, need: int, lane: int) -> list[int]:
        """The days on which a need may begin on a lane."""
        fits = self.needs[need].fits[lane]
        return sorted({p.need_days[need] for p in self.pieces if p.starts & fits})


class Frame:
    """All lanes and case forms of one problem."""

    def __init__(self, problem: PlanningProblem) -> None:
        needs = [need for case in problem.cases for need in case.needs]
        self.problem = problem
        self.unit = gcd(problem.tick_minutes, *(v for n in needs for v in (n.offset, n.minutes)))
        self.step = problem.tick_minutes // self.unit
        self.origin = problem.horizon.start
        self.length = problem.grid.ticks * self.step
        reach = max((abs(n.offset) + n.minutes for n in needs), default=0)
        self.pad = reach // self.unit + 1
        self.lanes = _lanes(problem, self)
        self._fit_cache: dict[tuple[int, int, int], int] = {}
        self._ticks = bits(0, self.length, self.pad, self.step)
        self.cases = tuple(self._case_form(case) for case in problem.cases)

    def unit_at(self, instant: datetime) -> int:
        """The last unit at or before an instant, counted from the horizon's start."""
        return (instant - self.origin) // (MINUTE * self.unit)

    def unit_from(self, instant: datetime) -> int:
        """The first unit at or after an instant."""
        return -((self.origin - instant) // (MINUTE * self.unit))

    @cached_property
    def midnights(self) -> tuple[int, ...]:
        """The first unit of every local day that a need may begin on, and of the day after."""
        tz = zone(self.problem.timezone)
        margin = MINUTE * self.unit * self.pad
        first = local_day(self.origin - margin, tz)
        last = local_day(self.problem.horizon.end + margin, tz)
        days = (last - first).days + 2
        return tuple(self.unit_from(start_of_day(first + n * DAY, tz)) for n in range(days))

    def limit(self, resource: Resource, day: int) -> int | None:
        """Most units of a resource on a day, by the number of the day in `midnights`."""
        middle = self.origin + MINUTE * self.unit * self.midnights[day] + DAY / 2
        most = resource.limit_on(local_day(middle, zone(self.problem.timezone)))
        return None if most is None else most // self.unit

    def day_of(self, unit: int) -> int:
        """The number of the local day of a unit."""
        return next(n for n, end in enumerate(self.midnights[1:]) if unit < end)

    def row(self, lane: Lane) -> int:
        """The units at which a lane is open."""
        row = 0
        for a, b, _ in lane.openings:
            row |= bits(max(a, -self.pad), min(b, self.length + self.pad), self.pad)
        return row

    def tight_limits(self) -> dict[tuple[int, int], int]:
        """Most units by lane and day, where the lane is open for more than its limit."""
        longest = max((need.length for form in self.cases for need in form.needs), default=0)
        found = {}
        for number, lane in enumerate(self.lanes):
            if lane.resource.minutes_per_day is None:
                continue
            row = self.row(lane)
            for day, (first, after) in enumerate(pairwise(self.midnights)):
                # A need counts for the day on which it begins, and may run past midnight.
                last = min(after + longest, self.length + self.pad)
                most = row & bits(max(first, -self.pad), last, self.pad)
                limit = self.limit(lane.resource, day)
                if limit is not None and most.bit_count() > limit:
                    found[number, day] = limit
        return found

    def plan(self, placed: Placed) -> Plan:
        """The plan of starts and lanes by number of case."""
        return Plan(placements=tuple(self._placement(c, *at) for c, at in sorted(placed.items())))

    def _placement(self, number: int, start: int, lanes: tuple[int, ...]) -> Placement:
        form = self.cases[number]
        assigned = {}
        for need, lane in zip(form.needs, lanes, strict=True):
            begin = start + need.offset
            assigned[need.role] = self.lanes[lane].member(begin, begin + need.length)
        instant = self.origin + MINUTE * self.unit * start
        return Placement(case=form.case.id, start=instant, assigned=assigned)

    def _case_form(self, case: Case) -> CaseForm:
        starts = self._windows(case)
        found = []
        for need in case.needs:
            fits = {
                number: starts & self.fit(number, need)
                for number, lane in enumerate(self.lanes)
                if _serves(need, lane, case)
            }
            starts &= _either(fits.values())
            found.append(fits)
        needs = tuple(
            NeedForm(
                need.role,
                need.offset // self.unit,
                need.minutes // self.unit,
                {lane: kept for lane, fit in fits.items() if (kept := fit & starts)},
            )
            for need, fits in zip(case.needs, found, strict=True)
        )
        pieces = tuple(self._pieces(case, needs, starts)) if starts else ()
        left_out = left_out_cost(self.problem.objective, case)
        return CaseForm(case, needs, starts, pieces, left_out)

    def _windows(self, case: Case) -> int:
        """Starts that the case's windows, the clock and a locked booking permit."""
        starts = _either(
            bits(self.unit_from(a), self.unit_from(b), self.pad) for a, b in case.windows
        )
        starts &= self._ticks
        booked = 0
        if case.booking and self.problem.grid.is_on(case.booking.start):
            at = self.unit_at(case.booking.start)
            booked = bits(at, at + 1, self.pad)
        if case.booking and case.booking.locked:
            return starts & booked
        coming = bits(max(0, self.unit_from(self.problem.now)), self.length, self.pad)
        return starts & (coming | booked)

    def fit(self, number: int, need: Need) -> int:
        """Starts at which the need lies within one opening of a lane."""
        key = (number, need.offset, need.minutes)
        if key not in self._fit_cache:
            begin, end = need.offset // self.unit, (need.offset + need.minutes) // self.unit
            self._fit_cache[key] = _either(
                bits(max(a - begin, 0), min(b - end, self.length) + 1, self.pad)
                for a, b, _ in self.lanes[number].openings
            )
        return self._fit_cache[key]

    def _pieces(self, case: Case, needs: tuple[NeedForm, ...], starts: int) -> Iterator[Piece]:
        edges = sorted(self._edges(case, needs))
        found: dict[tuple[int, int, tuple[int, ...]], int] = {}
        for first, after in pairwise(edges):
            here = starts & bits(first, after, self.pad)
            if here:
                instant = self.origin + MINUTE * self.unit * first_of(here, self.pad)
                cost = start_cost(self.problem.objective, case, instant)
                days = tuple(self.day_of(first + need.offset) for need in needs)
                key = (cost, self.day_of(first), days)
                found[key] = found.get(key, 0) | here
        for (cost, day, days), here in sorted(found.items()):
            yield Piece(here, cost, day, days)

    def _edges(self, case: Case, needs: tuple[NeedForm, ...]) -> set[int]:
        """Units from which the cost or a day may differ from the unit before."""
        ready = case.hold.ready_at if case.hold else None
        booked = case.booking.start if case.booking else None
        edges = {0, self.length}
        for mark in (case.release, case.due, ready, booked):
            if mark is None:
                continue
            first = (self.origin - mark) // DAY
            last = (self.problem.horizon.end - mark) // DAY + 1
            for days in range(first, last + 1):
                # Some terms step up at a whole day, others just after it.
                unit = self.unit_from(mark + days * DAY)
                edges |= {unit, self.unit_at(mark + days * DAY) + 1}
        for offset in {0, *(need.offset for need in needs)}:
            edges |= {midnight - offset for midnight in self.midnights}
        return {edge for edge in edges if 0 <= edge <= self.length}


def bits(first: int, after: int, pad: int, step: int = 1) -> int:
    """The units from `first` up to `after`, every `step`-th of them, as bits."""
    if after <= first:
        return 0
    if step == 1:
        return ((1 << (after - first)) - 1) << (first + pad)
    pattern = int(("0" * (step - 1) + "1") * -(-(after - first) // step), 2)
    return pattern << (first + pad)


def first_of(row: int, pad: int) -> int:
    """The first unit of a set that is not empty."""
    return (row & -row).bit_length() - 1 - pad


def runs(row: int, pad: int) -> list[tuple[int, int]]:
    """The units of a set as `[first, after)` runs."""
    found = []
    while row:
        first = (row & -row).bit_length() - 1
        ahead = row >> first
        length = (~ahead & (ahead + 1)).bit_length() - 1
        found.append((first - pad, first + length - pad))
        row = ahead >> length << (first + length)
    return found


def clear_starts(row: int, offset: int, length: int) -> int:
    """Starts from which all units of a need are in the row."""
    have = 1
    while have < length:
        more = min(have, length - have)
        row &= row >> more
        have += more
    return row >> offset if offset >= 0 else row << -offset


def _either(sets: Iterable[int]) -> int:
    row = 0
    for one in sets:
        row |= one
    return row


def _serves(need: Need, lane: Lane, case: Case) -> bool:
    if case.booking and case.booking.locked:
        name = case.booking.assigned[need.role]
        return any(member == name for _, _, member in lane.openings)
    return need.accepts(lane.resource)


def _lanes(problem: PlanningProblem, frame: Frame) -> tuple[Lane, ...]:
    named: dict[str, set[tuple[str, ...]]] = {}
    for among in sorted({n.among for c in problem.cases for n in c.needs if n.among}):
        for name in among:
            named.setdefault(name, set()).add(among)
    chains: dict[tuple[object, ...], list[list[Opening]]] = {}
    for resource in problem.resources:
        windows = WindowSet(Window(a, b) for a, b in resource.available)
        spans = [(frame.unit_from(w.start), frame.unit_at(w.end), resource.id) for w in windows]
        openings = [span for span in spans if span[0] < span[1]]
        alike: tuple[object, ...] = (resource.id,)
        if _is_plain(resource):
            among_sets = frozenset(named.get(resource.id, ()))
            alike = (resource.kind, frozenset(resource.tags), among_sets)
        if openings:
            _chain(chains.setdefault(alike, []), openings)
    return tuple(
        Lane(tuple(sorted(chain)), problem.resource_by_id[chain[0][2]])
        for alike in chains.values()
        for chain in alike
    )


def _is_plain(resource: Resource) -> bool:
    priced = resource.open_cost or resource.suite_change_cost
    return resource.kind != "suite" and not priced and resource.minutes_per_day is None


def _chain(chains: list[list[Opening]], openings: list[Opening]) -> None:
    """Put openings on the first chain that is closed at all of their times."""
    for chain in chains:
        if not any(a < end and begin < b for a, b, _ in chain for begin, end, _ in openings):
            chain.extend(openings)
            return
    chains.append(list(openings))
