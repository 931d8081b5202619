"""Compiling a planning problem into the flat arrays of `improve_arrays`."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import gcd
from typing import Any

import numpy as np

from models.objective import left_out_cost
from models.problem import Case, PlanningProblem, Resource
from models.timegrid import local_day, start_of_day, zone
from models.windows import Window, WindowSet
from solver.improve_arrays import NO_LIMIT, WORD, Compiled, Data, Flags, Ints, Words
from solver.improve_prices import resource_prices, start_costs


@dataclass(frozen=True, slots=True)
class _Grid:
    problem: PlanningProblem
    minutes: int
    pad: int
    slots: int
    day_first: Ints
    day_of: Ints
    days: tuple[date, ...]

    def ceil(self, instant: datetime) -> int:
        step = timedelta(minutes=self.minutes)
        return self.pad - ((self.problem.horizon.start - instant) // step)

    def floor(self, instant: datetime) -> int:
        step = timedelta(minutes=self.minutes)
        return self.pad + (instant - self.problem.horizon.start) // step

    def clipped(self, slot: int) -> int:
        return min(max(slot, 0), self.slots)


def _grid(problem: PlanningProblem) -> _Grid:
    needs = [need for case in problem.cases for need in case.needs]
    step = problem.tick_minutes
    for need in needs:
        step = gcd(step, need.offset, need.minutes)
    before = -min([0, *(need.offset for need in needs)]) // step
    after = max([0, *(need.offset + need.minutes for need in needs)]) // step
    pad = before + WORD
    horizon = problem.grid.ticks * (problem.tick_minutes // step)
    slots = -(-(pad + horizon + after + WORD) // WORD) * WORD
    return _Grid(problem, step, pad, slots, *_days(problem, step, pad, slots))


def _days(
    problem: PlanningProblem, step: int, pad: int, slots: int
) -> tuple[Ints, Ints, tuple[date, ...]]:
    tz = zone(problem.timezone)
    origin = problem.horizon.start - timedelta(minutes=step * pad)
    day = local_day(origin, tz)
    days, first = [day], [0]
    while True:
        day += timedelta(days=1)
        slot = -((origin - start_of_day(day, tz)) // timedelta(minutes=step))
        if slot >= slots:
            break
        days.append(day)
        first.append(slot)
    day_first = np.array([*first, slots], dtype=np.int64)
    day_of = np.repeat(np.arange(len(days)), np.diff(day_first))
    return day_first, day_of, tuple(days)


def compile_arrays(problem: PlanningProblem) -> Compiled:
    """The arrays of a problem."""
    grid = _grid(problem)
    spans = [_available(grid, r) for r in problem.resources]
    limit = _limits(problem, grid)
    eligible = _Eligible(problem)
    needs = _needs(problem, grid, eligible)
    feasible = _feasible_starts(problem, grid, eligible, needs, spans, limit)
    penalty = _penalty(problem)
    columns: dict[str, Any] = {
        **needs,
        **_signatures(eligible, grid),
        **_presence(eligible, grid, spans),
        **resource_prices(problem),
        **_segments(problem, grid, feasible),
        **_cases(problem, grid, penalty),
    }
    data = Data(
        n_days=len(grid.days),
        day_of=grid.day_of,
        day_first=grid.day_first,
        window=_packed(feasible),
        limit=limit,
        limited=np.asarray((limit < NO_LIMIT).any(axis=1), dtype=np.int64),
        **columns,
    )
    return Compiled(
        problem=problem,
        data=data,
        free=_free(spans, grid.slots),
        pad=grid.pad,
        slot_minutes=grid.minutes,
        days=grid.days,
        penalty=penalty,
        feasible=feasible,
        groups=tuple(eligible.groups),
    )


def _cases(problem: PlanningProblem, grid: _Grid, penalty: int) -> dict[str, Ints]:
    rows = [
        (
            left_out_cost(problem.objective, case) + penalty * must_be_placed(case),
            int(bool(case.booking and case.booking.locked)),
            sum(need.minutes for need in case.needs) // grid.minutes,
        )
        for case in problem.cases
    ]
    out_cost, fixed, weight = np.array(rows, dtype=np.int64).reshape(-1, 3).T.copy()
    return {"out_cost": out_cost, "fixed": fixed, "weight": weight}


def must_be_placed(case: Case) -> bool:
    """Whether a plan without the case is no plan."""
    return case.mandatory or bool(case.booking and case.booking.locked)


def _penalty(problem: PlanningProblem) -> int:
    """More than any gain from leaving a mandatory case out: ten times the dearest plain case."""
    dearest = max((left_out_cost(problem.objective, c) for c in problem.cases), default=0)
    opening = max((r.open_cost + r.suite_change_cost for r in problem.resources), default=0)
    return 10 * (dearest + opening + 1)


def _available(grid: _Grid, resource: Resource) -> list[tuple[int, int]]:
    spans = (
        (grid.clipped(grid.ceil(w.start)), grid.clipped(grid.floor(w.end)))
        for w in WindowSet(Window(a, b) for a, b in resource.available)
    )
    return [(a, b) for a, b in spans if a < b]


def _limits(problem: PlanningProblem, grid: _Grid) -> Ints:
    limit = np.full((len(problem.resources), len(grid.days)), NO_LIMIT, dtype=np.int64)
    for r, resource in enumerate(problem.resources):
        if resource.minutes_per_day is None:
            continue
        for d, day in enumerate(grid.days):
            most = resource.limit_on(day)
            limit[r, d] = NO_LIMIT if most is None else most
    return limit


class _Eligible:
    """Sets of resources that may serve a need, and the signatures made of them."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.problem = problem
        self.groups: list[tuple[int, ...]] = []
        self.signatures: list[tuple[int, int]] = []
        self._group_of_text: dict[tuple[Any, ...], int] = {}
        self._group_no: dict[tuple[int, ...], int] = {}
        self._sig_no: dict[tuple[int, int], int] = {}

    def group(self, need: Any) -> int:
        text = (need.kind, tuple(sorted(need.tags)), need.among and tuple(sorted(need.among)))
        if text not in self._group_of_text:
            members = tuple(r for r, x in enumerate(self.problem.resources) if need.accepts(x))
            if members not in self._group_no:
                self._group_no[members] = len(self.groups)
                self.groups.append(members)
            self._group_of_text[text] = self._group_no[members]
        return self._group_of_text[text]

    def signature(self, need: Any) -> int:
        key = (self.group(need), need.minutes)
        if key not in self._sig_no:
            self._sig_no[key] = len(self.signatures)
            self.signatures.append(key)
        return self._sig_no[key]


def _needs(problem: PlanningProblem, grid: _Grid, eligible: _Eligible) -> dict[str, Ints]:
    first, rows = [0], []
    priced = {
        r for r, x in enumerate(problem.resources) if x.open_cost > 0 or x.suite_change_cost > 0
    }
    for case in problem.cases:
        for need in case.needs:
            members = set(eligible.groups[eligible.group(need)])
            rivals = [o for o in case.needs if o is not need]
            rows.append(
                (
                    eligible.signature(need),
                    need.offset // grid.minutes,
                    need.minutes // grid.minutes,
                    int(bool(members & priced) or need.kind == "suite"),
                    int(any(members & set(eligible.groups[eligible.group(o)]) for o in rivals)),
                )
            )
        first.append(len(rows))
    table = np.array(rows, dtype=np.int64).reshape(-1, 5).T.copy()
    names = ("need_sig", "need_off", "need_len", "need_coupled", "need_clash")
    return {
        "need_first": np.array(first, dtype=np.int64),
        "lone_suite": np.array(
            [_lone_suite(case, at) for case, at in zip(problem.cases, first, strict=False)],
            dtype=np.int64,
        ),
        **{name: np.ascontiguousarray(row) for name, row in zip(names, table, strict=True)},
    }


def _lone_suite(case: Case, first: int) -> int:
    suites = [j for j, need in enumerate(case.needs) if need.kind == "suite"]
    return first + suites[0] if len(suites) == 1 else -1


def _feasible_starts(
    problem: PlanningProblem,
    grid: _Grid,
    eligible: _Eligible,
    needs: dict[str, Ints],
    spans: list[list[tuple[int, int]]],
    limit: Ints,
) -> Flags:
    """Starts in a window, on a tick, not past, at which each need fits an empty department."""
    fits = [
        _fitting(grid, eligible.groups[g], minutes, spans, limit)
        for g, minutes in eligible.signatures
    ]
    ticks = np.zeros(grid.slots, dtype=bool)
    ticks[grid.pad :: problem.tick_minutes // grid.minutes] = True
    now = grid.ceil(problem.now)
    found = np.zeros((len(problem.cases), grid.slots), dtype=bool)
    for c, case in enumerate(problem.cases):
        row = found[c]
        for a, b in case.windows:
            row[grid.clipped(grid.ceil(a)) : grid.clipped(grid.ceil(b))] = True
        booked = _booked_slot(grid, case)
        kept = booked is not None and bool(row[booked])
        row[: grid.clipped(now)] = False
        if case.booking is not None and case.booking.locked:
            row[:] = False
        if booked is not None:
            row[booked] = kept
        row &= ticks
        for j in range(needs["need_first"][c], needs["need_first"][c + 1]):
            row &= _shifted(fits[needs["need_sig"][j]], int(needs["need_off"][j]))
    return found


def _booked_slot(grid: _Grid, case: Case) -> int | None:
    if case.booking is None:
        return None
    slot = grid.floor(case.booking.start)
    on_slot = slot == grid.ceil(case.booking.start)
    return slot if on_slot and 0 <= slot < grid.slots else None


def _fitting(
    grid: _Grid,
    members: tuple[int, ...],
    minutes: int,
    spans: list[list[tuple[int, int]]],
    limit: Ints,
) -> Flags:
    length = minutes // grid.minutes
    edges = np.zeros(grid.slots + 1, dtype=np.int64)
    barred = []
    for r in members:
        if (limit[r] < minutes).any():
            barred.append(r)
            continue
        for a, b in spans[r]:
            if b - a >= length:
                edges[a] += 1
                edges[b - length + 1] -= 1
    fits = np.cumsum(edges)[:-1] > 0
    for r in barred:
        for a, b in spans[r]:
            if b - a >= length:
                begins = slice(a, b - length + 1)
                fits[begins] |= limit[r][grid.day_of[begins]] >= minutes
    return fits


def _shifted(row: Flags, offset: int) -> Flags:
    """`row[s + offset]` for every s, False beyond the edges."""
    moved = np.zeros_like(row)
    if offset >= 0:
        moved[: len(row) - offset] = row[offset:]
    else:
        moved[-offset:] = row[:offset]
    return moved


def _packed(flags: Flags) -> Words:
    """Bits as little-endian words, with one more word of zeros so that reads may run over."""
    padded = np.zeros((flags.shape[0], flags.shape[1] + 2 * WORD), dtype=bool)
    padded[:, : flags.shape[1]] = flags
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64)


def _free(spans: list[list[tuple[int, int]]], slots: int) -> Words:
    flags = np.zeros((len(spans), slots), dtype=bool)
    for r, pieces in enumerate(spans):
        for a, b in pieces:
            flags[r, a:b] = True
    return _packed(flags)


def _signatures(eligible: _Eligible, grid: _Grid) -> dict[str, Ints]:
    containing: dict[int, list[int]] = defaultdict(list)
    for s, (g, _) in enumerate(eligible.signatures):
        for r in eligible.groups[g]:
            containing[r].append(s)
    lists = [containing[r] for r in range(len(eligible.problem.resources))]
    minutes = np.array([m for _, m in eligible.signatures], dtype=np.int64)
    return {
        "sig_len": minutes // grid.minutes,
        "sig_minutes": minutes,
        "sig_group": np.array([g for g, _ in eligible.signatures], dtype=np.int64),
        "flex": np.array([len(x) for x in lists], dtype=np.int64),
        **_flat("res_sig_first", "res_sig", lists),
    }


def _flat(first: str, values: str, lists: list[list[int]]) -> dict[str, Ints]:
    counts = [0, *(len(x) for x in lists)]
    return {
        first: np.cumsum(np.array(counts, dtype=np.int64)),
        values: np.array([v for x in lists for v in x], dtype=np.int64),
    }


def _presence(
    eligible: _Eligible, grid: _Grid, spans: list[list[tuple[int, int]]]
) -> dict[str, Ints]:
    shape = (len(spans), len(grid.days))
    lo = np.full(shape, grid.slots, dtype=np.int64)
    hi = np.zeros(shape, dtype=np.int64)
    for r, pieces in enumerate(spans):
        for a, b in pieces:
            for d in range(grid.day_of[a], grid.day_of[b - 1] + 1):
                lo[r, d] = min(lo[r, d], max(a, grid.day_first[d]))
                hi[r, d] = max(hi[r, d], min(b, grid.day_first[d + 1]))
    there = lo < hi
    lists = []
    for members in eligible.groups:
        rows = np.array(members, dtype=np.int64)
        lists += [rows[there[rows, d]].tolist() for d in range(shape[1])]
    return {"extent_lo": lo, "extent_hi": hi, **_flat("group_first", "group_member", lists)}


def _segments(problem: PlanningProblem, grid: _Grid, feasible: Flags) -> dict[str, Ints]:
    first, rows = [0], []
    for c, case in enumerate(problem.cases):
        starts = np.flatnonzero(feasible[c])
        found = []
        if len(starts):
            costs = start_costs(problem, case, _seconds(grid, starts))
            days = grid.day_of[starts]
            cuts = np.flatnonzero((np.diff(costs) != 0) | (np.diff(days) != 0)) + 1
            lows = np.concatenate(([0], cuts))
            highs = np.concatenate((cuts, [len(starts)])) - 1
            found = sorted(
                (int(costs[a]), int(starts[a]), int(starts[b]) + 1, int(days[a]))
                for a, b in zip(lows, highs, strict=True)
            )
        rows += found
        first.append(len(rows))
    table = np.array(rows, dtype=np.int64).reshape(-1, 4).T.copy()
    names = ("seg_cost", "seg_lo", "seg_hi", "seg_day")
    return {
        "seg_first": np.array(first, dtype=np.int64),
        **{name: np.ascontiguousarray(row) for name, row in zip(names, table, strict=True)},
    }


def _seconds(grid: _Grid, slots: Ints) -> Ints:
    """Elapsed seconds from the start of the horizon."""
    return (slots - grid.pad) * (grid.minutes * 60)
