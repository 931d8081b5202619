"""Which day each case is treated on: the day-level relaxation as an integer program.

Its bound is proven in integers; its solutions say nothing of the time of day, so the search has to
realise them. One worker: CP-SAT's own bound and a hint from the search are what matters here.
"""

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from math import ceil

import numpy as np
from ortools.sat.python import cp_model

from solver.bound_day import DayModel
from solver.improve_arrays import Ints

BOUND_NOISE = 1e-4
WATCH_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class DayAnswer:
    """The day of each case (-1: left out) or None where none was found, and the bound proven."""

    days: Ints | None
    bound: int
    proven: bool = False
    seconds: float = 0.0


@contextmanager
def stopped_by(solver: cp_model.CpSolver, should_stop: Callable[[], bool]) -> Iterator[None]:
    """Stop the solver soon after `should_stop` says so; its own callbacks can be seconds apart.

    Ctrl-C stays the caller's: the solver's own handler would take it, and leave none behind.
    """
    solver.parameters.catch_sigint_signal = False
    done = threading.Event()

    def watch() -> None:
        while not done.wait(WATCH_SECONDS):
            if should_stop():
                solver.stop_search()

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def solved(
    solver: cp_model.CpSolver, program: cp_model.CpModel, should_stop: Callable[[], bool]
) -> cp_model.CpSolverStatus:
    """Solve until the limits of the solver or `should_stop`; the status.

    The presolve of OR-Tools 9.15 can die of a hint that it has itself put out of a domain (its
    issue 5288); the problem is then solved without it.
    """
    with stopped_by(solver, should_stop):
        try:
            return solver.solve(program)
        except IndexError:
            solver.parameters.cp_model_presolve = False
            return solver.solve(program)


def assign_days(
    model: DayModel,
    hint: Ints | None,
    seconds: float,
    should_stop: Callable[[], bool] = lambda: False,
    seed: int = 0,
) -> DayAnswer:
    """Solve the day assignment as far as the seconds go.

    Args:
        model: the relaxation.
        hint: the day of each case in a known plan, -1 where it is left out.
        seconds: time limit.
        should_stop: asked several times a second, in another thread.
        seed: of the solver.
    """
    program = cp_model.CpModel()
    x = [program.new_bool_var("") for _ in model.col_case]
    z = [program.new_bool_var("") for _ in model.lease_cost]
    _once_each(program, model, x)
    _capacities(program, model, x, z)
    left_out = np.where(model.must == 1, 0, model.out)
    saved = model.col_cost - left_out[model.col_case]
    program.minimize(
        cp_model.LinearExpr.weighted_sum([*x, *z], [*saved.tolist(), *model.lease_cost.tolist()])
        + int(left_out.sum())
    )
    if hint is not None:
        for variable, case, day in zip(x, model.col_case, model.col_day, strict=True):
            program.add_hint(variable, bool(hint[case] == day))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = max(seconds, 0.01)
    solver.parameters.num_workers = 1
    solver.parameters.linearization_level = 2
    solver.parameters.random_seed = seed
    status = solved(solver, program, should_stop)
    if status == cp_model.UNKNOWN:
        return DayAnswer(None, proven(solver))
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        return DayAnswer(None, 0)
    days = np.full(len(model.out), -1, dtype=np.int64)
    for variable, case, day in zip(x, model.col_case, model.col_day, strict=True):
        if solver.boolean_value(variable):
            days[case] = day
    return DayAnswer(days, proven(solver), status == cp_model.OPTIMAL, solver.wall_time)


def proven(solver: cp_model.CpSolver) -> int:
    """The proven bound: an integer that the solver hands out as a float with rounding noise."""
    return ceil(solver.best_objective_bound - BOUND_NOISE)


def _once_each(program: cp_model.CpModel, model: DayModel, x: list[cp_model.IntVar]) -> None:
    ways: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    for variable, case in zip(x, model.col_case.tolist(), strict=True):
        ways[case].append(variable)
    for case, variables in ways.items():
        if model.must[case]:
            program.add_exactly_one(variables)
        else:
            program.add_at_most_one(variables)


def _capacities(
    program: cp_model.CpModel,
    model: DayModel,
    x: list[cp_model.IntVar],
    z: list[cp_model.IntVar],
) -> None:
    terms: dict[int, list[cp_model.IntVar]] = defaultdict(list)
    minutes: dict[int, list[int]] = defaultdict(list)
    for row, col, taken in zip(
        model.entry_row.tolist(),
        model.entry_col.tolist(),
        model.entry_minutes.tolist(),
        strict=True,
    ):
        terms[row].append(x[col])
        minutes[row].append(taken)
    for row, var, given in zip(
        model.lease_row.tolist(),
        model.lease_var.tolist(),
        model.lease_minutes.tolist(),
        strict=True,
    ):
        terms[row].append(z[var])
        minutes[row].append(-given)
    for row, cap in enumerate(model.row_cap.tolist()):
        program.add(cp_model.LinearExpr.weighted_sum(terms[row], minutes[row]) <= cap)
