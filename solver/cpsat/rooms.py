"""Which day and which resource each case of a piece gets, exact but for the time of day.

For departments in which a start has the price of its day and each case has at most one need with a
choice of resources: the choices of a case are then pairs of a day and a resource. Minutes, opening
and changes of suite are exact; that the needs of a day also fit one after another is left to
`solver.cpsat.times`.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from ortools.sat.python import cp_model

from solver.bound_day import day_minutes
from solver.cpsat.days import solved
from solver.improve_arrays import Compiled, Flags, Ints

MOST_COLUMNS = 200_000


@dataclass(frozen=True, slots=True)
class RoomModel:
    """The choices of all cases as arrays. A row is a resource on a day: `resource * days + day`."""

    n_days: int
    col_case: Ints
    col_day: Ints
    col_cost: Ints
    col_pick: Ints  # resource of the need with a choice, -1 where there is none
    entry_col: Ints
    entry_row: Ints
    entry_minutes: Ints
    meet_col: Ints  # a resource whose changes of suite cost meets a suite on a day
    meet_row: Ints
    meet_suite: Ints
    row_cap: Ints
    row_open: Ints  # [row] price of opening
    row_change: Ints  # [row] price of each further suite
    out: Ints  # [case] price of leaving it out, dear where it must be placed
    must: Ints  # [case] 1 where it must be placed
    choice: Ints  # [case] its need with a choice, -1 where there is none
    only: tuple[dict[int, int], ...]  # [case] the resource of each need without a choice

    def resources(self, case: int, col: int) -> dict[int, int]:
        """The resource of each need of a case in a column."""
        if self.choice[case] < 0:
            return self.only[case]
        return {**self.only[case], int(self.choice[case]): int(self.col_pick[col])}


@dataclass(frozen=True, slots=True)
class Part:
    """Cases that may change, and the days that they may go to beside their own."""

    free: Flags  # [case]
    open_days: Flags  # [day]


@dataclass(frozen=True, slots=True)
class RoomAnswer:
    """The column of each case (-1: left out), whether none are cheaper, and the seconds used."""

    columns: Ints
    proven: bool
    seconds: float


def room_model(compiled: Compiled) -> RoomModel | None:
    """The choices of a problem; None where days and resources alone do not decide."""
    data = compiled.data
    choice = np.array([_choice(compiled, c) for c in range(len(data.out_cost))], dtype=np.int64)
    if (choice == -2).any() or data.fixed.any() or _most_columns(compiled, choice) > MOST_COLUMNS:
        return None
    built = _Columns(compiled, choice)
    for case in range(len(choice)):
        if not built.add(case):
            return None
    col_case, col_day, col_cost, col_pick = _table(built.columns, 4)
    entry_col, entry_row, entry_minutes = _table(built.entries, 3)
    meet_col, meet_row, meet_suite = _table(built.meets, 3)
    days = data.n_days
    return RoomModel(
        n_days=days,
        col_case=col_case,
        col_day=col_day,
        col_cost=col_cost,
        col_pick=col_pick,
        entry_col=entry_col,
        entry_row=entry_row,
        entry_minutes=entry_minutes,
        meet_col=meet_col,
        meet_row=meet_row,
        meet_suite=meet_suite,
        row_cap=day_minutes(compiled).ravel(),
        row_open=np.repeat(data.open_cost, days),
        row_change=np.repeat(data.change_cost, days),
        out=data.out_cost,
        must=(data.out_cost >= compiled.penalty).astype(np.int64),
        choice=choice,
        only=tuple(_only(compiled, case) for case in range(len(choice))),
    )


def _most_columns(compiled: Compiled, choice: Ints) -> int:
    """At least as many as there would be columns."""
    data = compiled.data
    sizes = np.array([len(group) for group in compiled.groups], dtype=np.int64)
    picks = np.where(choice >= 0, sizes[data.sig_group[data.need_sig[choice]]], 1)
    return int((np.diff(data.seg_first) * picks).sum())


def _table(rows: list[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, width).T.copy()


def _choice(compiled: Compiled, case: int) -> int:
    """The one need with several resources, -1 where there is none, -2 where there are more."""
    data = compiled.data
    needs = range(int(data.need_first[case]), int(data.need_first[case + 1]))
    several = [j for j in needs if len(compiled.groups[data.sig_group[data.need_sig[j]]]) > 1]
    return -2 if len(several) > 1 else (several[0] if several else -1)


def _only(compiled: Compiled, case: int) -> dict[int, int]:
    data = compiled.data
    needs = range(int(data.need_first[case]), int(data.need_first[case + 1]))
    groups = {j: compiled.groups[data.sig_group[data.need_sig[j]]] for j in needs}
    return {j: group[0] for j, group in groups.items() if len(group) == 1}


class _Columns:
    """The columns of case after case."""

    def __init__(self, compiled: Compiled, choice: Ints) -> None:
        self._compiled, self._choice = compiled, choice
        self.columns: list[tuple[int, ...]] = []
        self.entries: list[tuple[int, ...]] = []
        self.meets: list[tuple[int, ...]] = []

    def add(self, case: int) -> bool:
        """Add those of a case; False where a day has several prices or a need runs over its end."""
        data = self._compiled.data
        segments = range(int(data.seg_first[case]), int(data.seg_first[case + 1]))
        found = {int(data.seg_day[g]): g for g in segments}
        prices = {(int(data.seg_day[g]), int(data.seg_cost[g])) for g in segments}
        if len(prices) != len(found) or not all(self._within(case, g) for g in segments):
            return False
        for day in sorted(found):
            self._add_day(case, day, found[day])
        return True

    def _within(self, case: int, g: int) -> bool:
        """Whether each need lies in one day, the same one at every start of a segment."""
        data = self._compiled.data
        needs = slice(int(data.need_first[case]), int(data.need_first[case + 1]))
        first = data.seg_lo[g] + data.need_off[needs]
        last = data.seg_hi[g] - 2 + data.need_off[needs] + data.need_len[needs]
        return bool((data.day_of[first] == data.day_of[last]).all())

    def _add_day(self, case: int, day: int, g: int) -> None:
        data, groups = self._compiled.data, self._compiled.groups
        needs = range(int(data.need_first[case]), int(data.need_first[case + 1]))
        choice = int(self._choice[case])
        picks = groups[data.sig_group[data.need_sig[choice]]] if choice >= 0 else (-1,)
        for pick in picks:
            used = [
                (pick if j == choice else groups[data.sig_group[data.need_sig[j]]][0], j)
                for j in needs
            ]
            on = [int(data.day_of[data.seg_lo[g] + data.need_off[j]]) for j in needs]
            col = len(self.columns)
            self.columns.append((case, day, int(data.seg_cost[g]), pick))
            for (r, j), begins in zip(used, on, strict=True):
                minutes = int(data.sig_minutes[data.need_sig[j]])
                self.entries.append((col, r * data.n_days + begins, minutes))
                if data.change_no[r] >= 0:
                    self.meets += [
                        (col, r * data.n_days + day, int(data.suite_no[u]))
                        for u, _ in used
                        if data.suite_no[u] >= 0
                    ]


def columns_of(model: RoomModel, start: Ints, res: Ints, day_of: Ints) -> Ints:
    """The column of each case in a plan, -1 where it is left out."""
    days = np.where(start >= 0, day_of[start], -1)
    picks = np.where(model.choice >= 0, res[model.choice], -1)
    stands = (days[model.col_case] == model.col_day) & (picks[model.col_case] == model.col_pick)
    columns = np.full(len(start), -1, dtype=np.int64)
    columns[model.col_case[stands]] = np.flatnonzero(stands)
    return columns


def assign_rooms(
    model: RoomModel,
    standing: Ints,
    part: Part,
    *,
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
    seed: int = 0,
    never: Sequence[Ints] = (),
) -> RoomAnswer | None:
    """The cheapest choices of the freed cases beside the others; None where none were found.

    Args:
        model: all choices.
        standing: the column of each case in a plan, -1 where it is left out.
        part: what may change.
        seconds: time limit.
        should_stop: asked several times a second, in another thread.
        seed: of the solver.
        never: sets of columns that cannot all stand.
    """
    piece = Piece(model, standing, part)
    piece.forbid(never)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    status = solved(solver, piece.program, should_stop)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    return RoomAnswer(piece.columns(solver), status == cp_model.OPTIMAL, solver.wall_time)


class Piece:
    """The program of the freed cases in what the others leave; `x` are the columns by number.

    `insist` keeps those placed that stand and must be placed; else that is only very dear.
    """

    def __init__(
        self, model: RoomModel, standing: Ints, part: Part, *, insist: bool = True
    ) -> None:
        free = part.free
        self.model, self._standing, self._part = model, standing, part
        self.program = cp_model.CpModel()
        self.terms: list[cp_model.IntVar] = []
        self.prices: list[int] = []
        held = standing[~free & (standing >= 0)]
        stays = np.zeros(len(model.col_case), dtype=bool)
        stays[held] = True
        self.stays = stays
        mine = standing[free & (standing >= 0)]
        there = free[model.col_case] & part.open_days[model.col_day]
        there[mine] = True
        self.there = there
        self.x = {col: self.program.new_bool_var("") for col in np.flatnonzero(there).tolist()}
        hinted = set(mine.tolist())
        for col, variable in self.x.items():
            self.program.add_hint(variable, col in hinted)
        must = free & (standing >= 0) & (model.must == 1) & insist
        self._once_each(set(np.flatnonzero(must).tolist()))
        self._minutes(stays, hinted)
        self._changes(stays, hinted)
        self.program.minimize(
            cp_model.LinearExpr.weighted_sum(self.terms, self.prices) + int(model.out[free].sum())
        )

    def forbid(self, never: Sequence[Ints]) -> None:
        """Sets of columns that no day has times for."""
        for columns in never:
            known = columns.tolist()
            if all(col in self.x or self.stays[col] for col in known):
                self.program.add_bool_or([~self.x[col] for col in known if col in self.x])

    def columns(self, solver: cp_model.CpSolver) -> Ints:
        """The column of each case in what the solver has found."""
        columns = np.where(self._part.free, -1, self._standing)
        for col, variable in self.x.items():
            if solver.boolean_value(variable):
                columns[self.model.col_case[col]] = col
        return columns

    def _price(self, variable: cp_model.IntVar, price: int) -> None:
        self.terms.append(variable)
        self.prices.append(price)

    def _bool(self, *, hint: bool) -> cp_model.IntVar:
        variable = self.program.new_bool_var("")
        self.program.add_hint(variable, hint)
        return variable

    def _once_each(self, must: set[int]) -> None:
        model = self.model
        ways: dict[int, list[cp_model.IntVar]] = defaultdict(list)
        for col, variable in self.x.items():
            case = int(model.col_case[col])
            ways[case].append(variable)
            self._price(variable, int(model.col_cost[col] - model.out[case]))
        for case, variables in ways.items():
            if case in must:
                self.program.add_exactly_one(variables)
            else:
                self.program.add_at_most_one(variables)

    def _minutes(self, stays: Flags, hinted: set[int]) -> None:
        model = self.model
        held = stays[model.entry_col]
        load = np.bincount(
            model.entry_row[held], model.entry_minutes[held], minlength=len(model.row_cap)
        ).astype(np.int64)
        uses = np.bincount(model.entry_row[held], minlength=len(model.row_cap))
        rows: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for e in np.flatnonzero(self.there[model.entry_col]).tolist():
            pair = int(model.entry_col[e]), int(model.entry_minutes[e])
            rows[int(model.entry_row[e])].append(pair)
        for row, entries in rows.items():
            variables = [self.x[col] for col, _ in entries]
            minutes = [m for _, m in entries]
            cap = int(model.row_cap[row] - load[row])
            total = cp_model.LinearExpr.weighted_sum(variables, minutes)
            if model.row_open[row] > 0 and uses[row] == 0:
                opened = self._bool(hint=any(col in hinted for col, _ in entries))
                self._price(opened, int(model.row_open[row]))
                self.program.add(total <= cap * opened)
                for variable in variables:
                    self.program.add_implication(variable, opened)
            else:
                self.program.add(total <= cap)

    def _changes(self, stays: Flags, hinted: set[int]) -> None:
        model = self.model
        met: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        known: dict[int, set[int]] = defaultdict(set)
        for m in np.flatnonzero(stays[model.meet_col]).tolist():
            known[int(model.meet_row[m])].add(int(model.meet_suite[m]))
        for m in np.flatnonzero(self.there[model.meet_col]).tolist():
            met[int(model.meet_row[m])][int(model.meet_suite[m])].append(int(model.meet_col[m]))
        for row, suites in met.items():
            price = int(model.row_change[row])
            fresh = []
            for suite, cols in suites.items():
                if suite in known[row]:
                    continue
                meets = self._bool(hint=any(col in hinted for col in cols))
                for col in cols:
                    self.program.add_implication(self.x[col], meets)
                self._price(meets, price)
                fresh.append(meets)
            if not known[row] and fresh:
                works = self._bool(hint=any(c in hinted for cols in suites.values() for c in cols))
                self.program.add_bool_or([~works, *fresh])
                self._price(works, -price)
