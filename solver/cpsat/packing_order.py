"""Starts for cases whose resources are dealt out, by a small CP-SAT model."""

from collections import defaultdict
from collections.abc import Callable

import numpy as np
from ortools.sat.python import cp_model

from solver.cpsat.classes import plateaus
from solver.cpsat.days import stopped_by
from solver.cpsat.packing_deal import open_slots
from solver.improve_arrays import Compiled, Ints

ORDER_SECONDS = 5.0


def ordered(
    compiled: Compiled, chosen: Ints, *, workers: int, should_stop: Callable[[], bool]
) -> Ints | None:
    """A start for every case that may start at all, or None where none were found.

    Args:
        compiled: the problem.
        chosen: the resource of each need, -1 where it may be any (that is left open here).
        workers: threads of the solver.
        should_stop: asked several times a second, in another thread.
    """
    data = compiled.data
    program = cp_model.CpModel()
    held: dict[int, list[cp_model.IntervalVar]] = defaultdict(list)
    starts = {}
    for case in np.flatnonzero(compiled.feasible.any(axis=1)).tolist():
        permitted = np.flatnonzero(compiled.feasible[case]).tolist()
        start = program.new_int_var_from_domain(cp_model.Domain.from_values(permitted), "")
        starts[case] = start
        for j in range(data.need_first[case], data.need_first[case + 1]):
            group = compiled.groups[data.sig_group[data.need_sig[j]]]
            resource = group[0] if len(group) == 1 else int(chosen[j])
            if resource >= 0:
                begin = start + int(data.need_off[j])
                length = int(data.need_len[j])
                held[resource].append(program.new_fixed_size_interval_var(begin, length, ""))
    _keep_apart(program, compiled, held)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = ORDER_SECONDS
    solver.parameters.num_workers = workers
    with stopped_by(solver, should_stop):
        status = solver.solve(program)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return None
    found = np.full(len(data.out_cost), -1, dtype=np.int64)
    for case, start in starts.items():
        found[case] = solver.value(start)
    return found


def _keep_apart(
    program: cp_model.CpModel, compiled: Compiled, held: dict[int, list[cp_model.IntervalVar]]
) -> None:
    """One need of a resource at a time, in its open hours."""
    rows = open_slots(compiled).astype(np.int64)
    last = int(np.flatnonzero(rows.any(axis=0)).max())
    for r, intervals in sorted(held.items()):
        closed = [
            program.new_fixed_size_interval_var(a, b - a, "")
            for a, b, _ in plateaus(1 - rows[r, : last + 1])
        ]
        program.add_no_overlap([*intervals, *closed])
