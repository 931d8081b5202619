"""One piece of work for an executor: a practice or problem, already edited, and a run of it."""

from dataclasses import dataclass

from models.calendars import DateRules
from models.problem import PlanningProblem
from scenarios.practice import Practice
from scenarios.records import Run
from scenarios.scenario import Plan, Replay


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
        InputError: the subject cannot be planned at all.
    """
    raise NotImplementedError
