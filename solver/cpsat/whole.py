"""A whole problem as one exact CP-SAT model, for files of few cases.

A case has one start and one literal for each run of starts of one cost and day; a need has one
optional interval for each class of resources that may serve it. Where the members of a class have
different hours, or a run leaves the day of a need open, the model is a relaxation: its bound holds
all the same, and its answer is a plan only once the search has placed it.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.cpsat.classes import Classes, plateaus
from solver.cpsat.days import proven, solved
from solver.improve_arrays import NO_LIMIT, Compiled, Ints


@dataclass(frozen=True, slots=True)
class Standing:
    """Start slot of each case (-1: left out) and resource of each need (-1: none)."""

    start: Ints
    res: Ints


@dataclass(frozen=True, slots=True)
class WholeAnswer:
    """Where everything stands, or None where nothing was found, and the bound proven."""

    standing: Standing | None
    bound: int


def solve_whole(
    compiled: Compiled,
    known: Standing,
    seconds: float,
    *,
    workers: int = 1,
    should_stop: Callable[[], bool] = lambda: False,
) -> WholeAnswer:
    """Solve the whole problem as far as the seconds go.

    Args:
        compiled: the problem.
        known: a plan to begin with; locked cases are taken from it.
        seconds: time limit.
        workers: threads of the solver.
        should_stop: asked several times a second, in another thread.
    """
    model = _Model(compiled, known)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = workers
    status = solved(solver, model.program, should_stop)
    if status == cp_model.UNKNOWN:
        return WholeAnswer(None, max(0, proven(solver)))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return WholeAnswer(None, 0)
    return WholeAnswer(model.answer(solver), max(0, proven(solver)))


@dataclass(frozen=True, slots=True)
class _Choice:
    """A need of a case as served by a class of resources."""

    case: int
    need: int
    klass: int
    literal: cp_model.IntVar
    interval: cp_model.IntervalVar


class _Model:
    """Variables and constraints; locked cases are cases with one start and given resources."""

    def __init__(self, compiled: Compiled, known: Standing) -> None:
        self.compiled, self.data, self.known = compiled, compiled.data, known
        self.program = cp_model.CpModel()
        self.classes = Classes(compiled)
        self.starts: dict[int, cp_model.IntVar] = {}
        self.runs: dict[int, list[cp_model.IntVar]] = {}
        self.by_class: dict[int, list[_Choice]] = defaultdict(list)
        self.by_need: dict[int, list[_Choice]] = defaultdict(list)
        self.days: dict[tuple[int, int, int], cp_model.IntVar | None] = {}
        self.priced: list[cp_model.IntVar] = []
        self.prices: list[int] = []
        self.constant = 0
        for case in range(len(self.data.out_cost)):
            self._add_case(case)
        for k in sorted(self.by_class):
            self._keep_hours(k)
            self._count_days(k)
        self.program.minimize(
            cp_model.LinearExpr.weighted_sum(self.priced, self.prices) + self.constant
        )

    def _price(self, variable: cp_model.IntVar, price: int) -> None:
        self.priced.append(variable)
        self.prices.append(price)

    def _new_bool(self, *, hint: bool | None = None) -> cp_model.IntVar:
        literal = self.program.new_bool_var("")
        if hint is not None:
            self.program.add_hint(literal, hint)
        return literal

    def _segments(self, case: int) -> range:
        return range(int(self.data.seg_first[case]), int(self.data.seg_first[case + 1]))

    def _needs(self, case: int) -> range:
        return range(int(self.data.need_first[case]), int(self.data.need_first[case + 1]))

    def _add_case(self, case: int) -> None:
        data, program = self.data, self.program
        must = bool(data.out_cost[case] >= self.compiled.penalty)
        saved = 0 if must else int(data.out_cost[case])
        self.constant += saved
        allowed = np.flatnonzero(self.compiled.feasible[case]).tolist()
        if not allowed:
            return
        hinted = int(self.known.start[case])
        start = program.new_int_var_from_domain(cp_model.Domain.from_values(allowed), "")
        program.add_hint(start, hinted if hinted >= 0 else allowed[0])
        runs = []
        for g in self._segments(case):
            lo, hi = int(data.seg_lo[g]), int(data.seg_hi[g])
            run = self._new_bool(hint=lo <= hinted < hi)
            within = cp_model.Domain(lo, hi - 1)
            program.add_linear_expression_in_domain(start, within).only_enforce_if(run)
            self._price(run, int(data.seg_cost[g]) - saved)
            runs.append(run)
        if must:
            program.add_exactly_one(runs)
        else:
            program.add_at_most_one(runs)
        self.starts[case], self.runs[case] = start, runs
        for j in self._needs(case):
            self._add_need(case, j)

    def _add_need(self, case: int, j: int) -> None:
        placed = self.known.start[case] >= 0
        kept = int(self.known.res[j]) if placed else -1
        group: tuple[int, ...] = self.compiled.groups[self.data.sig_group[self.data.need_sig[j]]]
        if self.data.fixed[case] and placed:
            group = (kept,)
        for k in dict.fromkeys(self.classes.number[r] for r in group):
            literal = self._new_bool(hint=placed and k == self.classes.number[kept])
            interval = self.program.new_optional_fixed_size_interval_var(
                self.starts[case] + int(self.data.need_off[j]),
                int(self.data.need_len[j]),
                literal,
                "",
            )
            choice = _Choice(case, j, k, literal, interval)
            self.by_class[k].append(choice)
            self.by_need[j].append(choice)
        chosen = [choice.literal for choice in self.by_need[j]]
        self.program.add(sum(chosen) == sum(self.runs[case]))

    def _keep_hours(self, k: int) -> None:
        """Needs of a class apart in its open hours, and no more minutes than it has."""
        size = len(self.classes.members[k])
        hours = self.classes.hours(k)
        intervals = [choice.interval for choice in self.by_class[k]]
        lengths = [int(self.data.need_len[choice.need]) for choice in self.by_class[k]]
        literals = [choice.literal for choice in self.by_class[k]]
        self.program.add(cp_model.LinearExpr.weighted_sum(literals, lengths) <= int(hours.sum()))
        demands = [1] * len(intervals)
        for begin, end, missing in plateaus(size - hours):
            closed = self.program.new_fixed_size_interval_var(begin, end - begin, "")
            intervals.append(closed)
            demands.append(missing)
        if size == 1:
            self.program.add_no_overlap(intervals)
        else:
            self.program.add_cumulative(intervals, demands, size)

    def _count_days(self, k: int) -> None:
        """Limits, opening and changes of suites of a class that is one resource."""
        data, r = self.data, self.classes.members[k][0]
        changing = data.change_no[r] >= 0 and data.change_cost[r] > 0
        if not (data.limited[r] or data.open_cost[r] or changing):
            return
        for day in range(data.n_days):
            self._limit_and_open(r, k, day)
            if changing:
                self._count_changes(r, k, day)

    def _limit_and_open(self, r: int, k: int, day: int) -> None:
        data, program = self.data, self.program
        literals, minutes = [], []
        for choice in self.by_class[k]:
            on = self._on_day(choice.case, int(data.need_off[choice.need]), day)
            if on is not None:
                literals.append(self._both(choice.literal, on))
                minutes.append(int(data.sig_minutes[data.need_sig[choice.need]]))
        if literals and data.limit[r, day] < NO_LIMIT:
            used = cp_model.LinearExpr.weighted_sum(literals, minutes)
            program.add(used <= int(data.limit[r, day]))
        if literals and data.open_cost[r]:
            opened = self._new_bool()
            for literal in literals:
                program.add_implication(literal, opened)
            self._price(opened, int(data.open_cost[r]))

    def _count_changes(self, r: int, k: int, day: int) -> None:
        data, program = self.data, self.program
        met: dict[int, cp_model.IntVar] = defaultdict(self._new_bool)
        for choice in self.by_class[k]:
            on = self._on_day(choice.case, 0, day)
            if on is None:
                continue
            for other in (c for j in self._needs(choice.case) for c in self.by_need[j]):
                suite = self.classes.members[other.klass][0]
                if data.suite_no[suite] >= 0:
                    program.add_bool_or(~choice.literal, ~other.literal, ~on, met[suite])
        if len(met) > 1:
            changes = program.new_int_var(0, len(met) - 1, "")
            program.add(changes >= sum(met.values()) - 1)
            self._price(changes, int(data.change_cost[r]))

    def _on_day(self, case: int, offset: int, day: int) -> cp_model.IntVar | None:
        """Whether a case's start plus an offset falls on a day for certain; None where never."""
        key = case, offset, day
        if key not in self.days:
            self.days[key] = self._new_on_day(case, offset, day)
        return self.days[key]

    def _new_on_day(self, case: int, offset: int, day: int) -> cp_model.IntVar | None:
        data = self.data
        sure = [
            run
            for g, run in zip(self._segments(case), self.runs[case], strict=True)
            if data.day_of[data.seg_lo[g] + offset] == day
            and data.day_of[data.seg_hi[g] - 1 + offset] == day
        ]
        if len(sure) < 2:
            return sure[0] if sure else None
        literal = self._new_bool()
        self.program.add(literal == sum(sure))
        return literal

    def _both(self, one: cp_model.IntVar, other: cp_model.IntVar) -> cp_model.IntVar:
        literal = self._new_bool()
        self.program.add_bool_or(~one, ~other, literal)
        self.program.add_implication(literal, one)
        self.program.add_implication(literal, other)
        return literal

    def answer(self, solver: cp_model.CpSolver) -> Standing:
        """Starts of the solver's answer, with the members of classes dealt out in time."""
        data = self.data
        start, res = np.full_like(self.known.start, -1), np.full_like(self.known.res, -1)
        wanted = []
        for case, runs in self.runs.items():
            if not any(solver.boolean_value(run) for run in runs):
                continue
            start[case] = solver.value(self.starts[case])
            for choice in (c for j in self._needs(case) for c in self.by_need[j]):
                if solver.boolean_value(choice.literal):
                    begin = int(start[case] + data.need_off[choice.need])
                    length = int(data.need_len[choice.need])
                    wanted.append((begin, length, choice.need, choice.klass))
        for need, resource in self.classes.dealt(wanted).items():
            res[need] = resource
        for case in self.runs:
            if (res[self._needs(case)] < 0).any():
                start[case] = -1
        return Standing(start, res)
