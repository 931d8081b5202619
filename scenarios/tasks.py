"""One piece of work for an executor: a practice or problem, already edited, and a run of it."""

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from models.calendars import DateRules
from models.errors import InputError
from models.problem import PlanningProblem
from scenarios.practice import Practice
from scenarios.records import Run
from scenarios.scenario import Plan, Replay

SELDOM = 200_000
"""New objects after which the collector looks for cycles."""


@dataclass(frozen=True, slots=True)
class Task:
    """What one replication rests on; equal tasks give equal runs, save for `Run.seconds`."""

    scenario: str
    subject: Practice | PlanningProblem
    run: Plan | Replay
    seed: int
    number: int
    """Of the replication, from 0: the same number draws the same surprises in every scenario."""
    rules: DateRules


def run_task(task: Task) -> Run:
    """Carry out one task; a module-level function, so that processes and clusters can be sent it.

    Raises:
        InputError: the subject cannot be planned at all, or not in this mode.
        SolverError: the search found what does not stand.
    """
    began = time.monotonic()
    with _seldom_collected():
        run = _run(task)
    return replace(run, seconds=time.monotonic() - began)


@contextmanager
def _seldom_collected() -> Iterator[None]:
    """Frozen values make next to no cycles: looking for them often takes a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(SELDOM, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _run(task: Task) -> Run:
    # These load the solver, which takes a second that who lists or hands out tasks need not spend.
    from scenarios.plan_run import plan_practice, plan_problem  # noqa: PLC0415 - see above
    from scenarios.replay.draws import Draws  # noqa: PLC0415 - see above
    from scenarios.replay.simulate import replay  # noqa: PLC0415 - see above

    match task.subject, task.run:
        case Practice(), Plan():
            return plan_practice(task.subject, task.run, seed=task.seed, rules=task.rules)
        case PlanningProblem(), Plan():
            return plan_problem(task.subject, task.run, seed=task.seed)
        case Practice(), Replay():
            return replay(task.subject, task.run, Draws(task.seed, task.number), task.rules)
    raise InputError(
        "a planning file has no facts, so that no weeks can be replayed from it",
        place=f"scenario {task.scenario}",
        remedy="run it in plan mode, or on a practice",
    )
