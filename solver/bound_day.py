"""The day-level relaxation: each case on at most one day, each group of resources with its minutes.

    minimise   sum cost[c,k] x[c,k] + sum out[c] (1 - sum_k x[c,k]) + sum open[r] z[r,d]
    subject to sum_k x[c,k] <= 1 (= 1 for a case that must be placed)
               sum minutes x <= sum_{r in E} minutes[r,d] (z[r,d] where opening r costs)
               for every set of resources E and day d, over the needs that only E can serve
               0 <= x, z <= 1

`k` runs over the ways in which the needs of a case can fall on local days, `cost` is the least
price of a start that falls so. The prices of time that the linear program gives are only a hint:
the bound is recomputed from them in integers, so no rounding of the solver's can make it too high.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

import numpy as np
from ortools.math_opt.python import mathopt

from solver.bound import Bound, whole_prices
from solver.improve_arrays import Compiled, Ints

FRACTION = 1 << 16


@dataclass(frozen=True, slots=True)
class DayModel:
    """The relaxation as arrays: columns in order of their cases, capacity entries by column."""

    col_case: Ints
    col_cost: Ints
    col_day: Ints  # of the procedure's start
    entry_col: Ints
    entry_row: Ints
    entry_minutes: Ints
    row_cap: Ints  # minutes of the resources whose opening is free
    lease_row: Ints  # priced resources: row, variable and minutes
    lease_var: Ints
    lease_minutes: Ints
    lease_cost: Ints  # [variable]
    row_set: Ints  # number in `closed_sets`
    row_day: Ints
    out: Ints  # [case] price of leaving it out
    must: Ints  # [case] 1 where it must be placed


def day_model(compiled: Compiled) -> DayModel:
    """The relaxation of a compiled problem."""
    rows = _Rows(compiled)
    ways: list[tuple[int, int, int]] = []
    entries: list[tuple[int, int, int]] = []
    for case in range(len(compiled.data.out_cost)):
        for (day, days), cost in _ways(compiled, case).items():
            entries += [(len(ways), row, minutes) for row, minutes in rows.taken(case, days)]
            ways.append((case, cost, day))
    col_case, col_cost, col_day = _columns(ways, 3)
    entry_col, entry_row, entry_minutes = _columns(entries, 3)
    row_cap, leases, lease_cost = rows.capacities()
    lease_row, lease_var, lease_minutes = _columns(leases, 3)
    row_set, row_day = _columns(rows.keys(), 2)
    out = compiled.data.out_cost
    return DayModel(
        col_case=col_case,
        col_cost=col_cost,
        col_day=col_day,
        entry_col=entry_col,
        entry_row=entry_row,
        entry_minutes=entry_minutes,
        row_cap=row_cap,
        lease_row=lease_row,
        lease_var=lease_var,
        lease_minutes=lease_minutes,
        lease_cost=lease_cost,
        row_set=row_set,
        row_day=row_day,
        out=out % compiled.penalty,
        must=(out >= compiled.penalty).astype(np.int64),
    )


def _columns(rows: Sequence[tuple[int, ...]], width: int) -> Ints:
    return np.array(rows, dtype=np.int64).reshape(-1, width).T.copy()


def _ways(compiled: Compiled, case: int) -> dict[tuple[int, tuple[int, ...]], int]:
    """The least price of a case for each day and way its needs fall on days (-1: on several)."""
    data = compiled.data
    offsets = data.need_off[data.need_first[case] : data.need_first[case + 1]]
    least: dict[tuple[int, tuple[int, ...]], int] = {}
    for g in range(data.seg_first[case], data.seg_first[case + 1]):
        early = data.day_of[data.seg_lo[g] + offsets]
        late = data.day_of[data.seg_hi[g] - 1 + offsets]
        days = int(data.seg_day[g]), tuple(np.where(early == late, early, -1).tolist())
        cost = int(data.seg_cost[g])
        least[days] = min(cost, least.get(days, cost))
    return least


class _Rows:
    """Capacity rows by set of resources and day, numbered as they are first used."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self._number: dict[tuple[int, int], int] = {}
        self.sets = closed_sets(compiled)
        self._sets_of_group = [
            [s for s, members in enumerate(self.sets) if set(group) <= members]
            for group in compiled.groups
        ]

    def taken(self, case: int, days: tuple[int, ...]) -> list[tuple[int, int]]:
        """Rows and minutes that the needs take when they begin on these days."""
        data = self._compiled.data
        found: dict[int, int] = defaultdict(int)
        for j, day in enumerate(days, start=int(data.need_first[case])):
            if day < 0:
                continue
            sig = data.need_sig[j]
            for s in self._sets_of_group[data.sig_group[sig]]:
                row = self._number.setdefault((s, day), len(self._number))
                found[row] += int(data.sig_minutes[sig])
        return sorted(found.items())

    def keys(self) -> list[tuple[int, int]]:
        """Set and day of each row."""
        return list(self._number)

    def capacities(self) -> tuple[Ints, list[tuple[int, int, int]], Ints]:
        """Free minutes by row; row, variable and minutes of priced ones; price by variable."""
        minutes = day_minutes(self._compiled)
        priced = self._compiled.data.open_cost
        cap = [0] * len(self._number)
        variable: dict[tuple[int, int], int] = {}
        leases: list[tuple[int, int, int]] = []
        for (s, day), row in self._number.items():
            for r in sorted(self.sets[s]):
                if priced[r] == 0:
                    cap[row] += int(minutes[r, day])
                    continue
                var = variable.setdefault((r, day), len(variable))
                leases.append((row, var, int(minutes[r, day])))
        lease_cost = [int(priced[r]) for r, _ in variable]
        return np.array(cap, dtype=np.int64), leases, np.array(lease_cost, dtype=np.int64)


def closed_sets(compiled: Compiled) -> list[frozenset[int]]:
    """The groups of resources, and for each kind the union of its groups."""
    kinds: dict[str, set[int]] = defaultdict(set)
    for group in compiled.groups:
        for r in group:
            kinds[compiled.problem.resources[r].kind].add(r)
    sets = {frozenset(group) for group in compiled.groups} | {frozenset(k) for k in kinds.values()}
    return sorted(sets, key=sorted)


def day_minutes(compiled: Compiled) -> Ints:
    """[resource, day] minutes that needs beginning on the day can take at most."""
    data = compiled.data
    slots = len(data.day_of)
    bits = np.unpackbits(compiled.free.view(np.uint8), axis=1, bitorder="little")[:, :slots]
    spill = int(data.sig_len.max(initial=1))
    totals = np.zeros((len(bits), data.n_days), dtype=np.int64)
    for day in range(data.n_days):
        first, end = data.day_first[day], data.day_first[day + 1]
        over = bits[:, end : end + spill].astype(np.int64)
        after = np.minimum.accumulate(over, axis=1).sum(axis=1)
        after *= bits[:, end - 1] if end > first else 0
        totals[:, day] = bits[:, first:end].sum(axis=1) + after
    return np.asarray(np.minimum(totals * compiled.slot_minutes, data.limit), dtype=np.int64)


def day_bound(compiled: Compiled, model: DayModel, seconds: float) -> Bound | None:
    """The bound of the linear relaxation; None when time ran out before there was one."""
    return relaxed_bound(compiled, model, prices_of_time(model, seconds))


def relaxed_bound(
    compiled: Compiled, model: DayModel, prices: list[Fraction] | None
) -> Bound | None:
    """The bound of the relaxation at prices of minutes; None without them."""
    if prices is None:
        return None
    return Bound(whole_prices(compiled, exact_bound(model, prices)), "day-relaxation")


def prices_of_time(model: DayModel, seconds: float) -> list[Fraction] | None:
    """What a minute of each row is worth, from the linear program's dual values.

    None when time ran out before there were any.
    """
    program = mathopt.Model()
    x = [program.add_variable(lb=0.0) for _ in model.col_case]
    z = [program.add_variable(lb=0.0, ub=1.0) for _ in model.lease_cost]
    chosen: dict[int, list[mathopt.Variable]] = defaultdict(list)
    for variable, case in zip(x, model.col_case.tolist(), strict=True):
        chosen[case].append(variable)
    for case, variables in chosen.items():
        lower = 1.0 if model.must[case] else 0.0
        once = program.add_linear_constraint(lb=lower, ub=1.0)
        for variable in variables:
            once.set_coefficient(variable, 1.0)
    rows = _linear_rows(program, model, x, z)
    saved = model.col_cost - np.where(model.must[model.col_case], 0, model.out[model.col_case])
    program.minimize(
        mathopt.fast_sum(c * v for c, v in zip(saved.tolist(), x, strict=True))
        + mathopt.fast_sum(c * v for c, v in zip(model.lease_cost.tolist(), z, strict=True))
    )
    result = mathopt.solve(
        program,
        mathopt.SolverType.HIGHS,
        params=mathopt.SolveParameters(time_limit=timedelta(seconds=seconds)),
    )
    if not result.has_dual_feasible_solution():
        return None
    duals = result.dual_values(rows)
    return [Fraction(round(max(0.0, -d) * FRACTION), FRACTION) for d in duals]


def _linear_rows(
    program: mathopt.Model,
    model: DayModel,
    x: list[mathopt.Variable],
    z: list[mathopt.Variable],
) -> list[mathopt.LinearConstraint]:
    rows = [program.add_linear_constraint(ub=float(cap)) for cap in model.row_cap]
    for col, row, minutes in zip(
        model.entry_col.tolist(),
        model.entry_row.tolist(),
        model.entry_minutes.tolist(),
        strict=True,
    ):
        rows[row].set_coefficient(x[col], minutes)
    for row, var, minutes in zip(
        model.lease_row.tolist(),
        model.lease_var.tolist(),
        model.lease_minutes.tolist(),
        strict=True,
    ):
        rows[row].set_coefficient(z[var], -minutes)
    return rows


def exact_bound(model: DayModel, prices: list[Fraction]) -> int:
    """The Lagrangian bound at given prices of minutes, in integer arithmetic.

    At any prices >= 0 it is a bound: each case takes its cheapest way or stays out, each priced
    resource is opened only if its minutes are worth more than opening it.
    """
    scaled = np.array([int(p * FRACTION) for p in prices], dtype=np.int64)
    cost = model.col_cost * FRACTION
    np.add.at(cost, model.entry_col, scaled[model.entry_row] * model.entry_minutes)
    never = np.iinfo(np.int64).max
    least = np.full(len(model.out), never, dtype=np.int64)
    np.minimum.at(least, model.col_case, cost)
    out = model.out * FRACTION
    stay = np.where((model.must == 1) & (least < never), never, out)
    worth = np.zeros(len(model.lease_cost), dtype=np.int64)
    np.add.at(worth, model.lease_var, scaled[model.lease_row] * model.lease_minutes)
    opened = np.minimum(0, model.lease_cost * FRACTION - worth)
    total = np.minimum(least, stay).sum() + opened.sum() - (scaled * model.row_cap).sum()
    return max(0, -int(-total // FRACTION))
