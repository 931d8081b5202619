"""Tasks that take no time, and workers that die on purpose; module-level, to be sent."""

import os
import signal
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from models.base import Priority
from models.errors import InputError
from models.problem import PlanningProblem
from scenarios.records import CaseRecord, NightRecord, Outcome, Run
from scenarios.running.errands import Work
from scenarios.scenario import Plan
from scenarios.tasks import Task
from tests.builders import a_case, a_problem, a_resource
from tests.unit.models.worlds import FakeRules

BEGIN = datetime(2026, 11, 23, 6, tzinfo=UTC)


def a_subject(site: str = "site", cases: int = 3) -> PlanningProblem:
    problem = a_problem([a_case(f"c{n}") for n in range(cases)], [a_resource("suite-1")])
    return problem.model_copy(update={"site": site})


def tasks_of(
    count: int, subject: PlanningProblem | None = None, *, scenario: str = "base", seed: int = 7
) -> list[Task]:
    shared = a_subject() if subject is None else subject
    rules, run = FakeRules(), Plan(iterations=5)
    return [Task(scenario, shared, run, seed, number, rules) for number in range(count)]


def easy(task: Task) -> Run:
    """A run whose every figure follows from the task."""
    assert isinstance(task.subject, PlanningProblem)
    start = BEGIN + timedelta(hours=task.number, microseconds=5)
    case = CaseRecord(
        case="c0",
        procedure="",
        priority=Priority.SOON,
        released=BEGIN,
        due=None,
        outcome=Outcome.TREATED,
        start=start,
        booked_at=None,
        age_band="unknown",
        distance_band="unknown",
        language="",
        planned_minutes=60,
        actual_minutes=60 + task.number / 3,
        late_minutes=None,
    )
    night = NightRecord(start.date(), 20, 10, None, 0, 1, 0, seconds=0.5)
    return Run(
        site=task.subject.site,
        timezone=task.subject.timezone,
        mode=task.run.mode,
        seed=task.seed,
        number=task.number,
        begin=BEGIN,
        end=BEGIN + timedelta(days=1),
        cases=(case,),
        uses=(),
        staffed=(),
        nights=(night,),
        cost=1_000 * task.seed + 10 * task.number + len(task.subject.cases),
        seconds=0.0,
        versions={"holdfast": "0"},
    )


def _noted(folder: Path, task: Task) -> int:
    """Leave a mark that the task was begun; how often it was begun before."""
    before = len(list(folder.glob(f"begun-{task.number}-*")))
    (folder / f"begun-{task.number}-{before}").touch()
    return before


def _counted(folder: Path, task: Task) -> Run:
    _noted(folder, task)
    return easy(task)


def counted(folder: Path) -> Work:
    """Work that leaves a mark in the folder each time it is done."""
    return partial(_counted, folder)


def times_begun(folder: Path) -> int:
    return len(list(folder.glob("begun-*")))


def _deadly(folder: Path, number: int, deaths: int, task: Task) -> Run:
    if _noted(folder, task) < deaths and task.number == number:
        os.kill(os.getpid(), signal.SIGKILL)
    return easy(task)


def deadly(folder: Path, number: int, deaths: int = 1) -> Work:
    """Work that kills its worker the first times that the task of a number is begun."""
    return partial(_deadly, folder, number, deaths)


def _interrupting(folder: Path, number: int, task: Task) -> Run:
    if _noted(folder, task) == 0 and task.number == number:
        while len(list(folder.rglob("*.json.gz"))) < number:
            time.sleep(0.01)
        os.kill(os.getppid(), signal.SIGINT)
        signal.pause()
    return easy(task)


def interrupting(folder: Path, number: int) -> Work:
    """Work that presses Ctrl-C once as many runs are kept in the folder, and then never ends."""
    return partial(_interrupting, folder, number)


def refused(task: Task) -> Run:
    if task.number == 2:
        raise InputError("its windows are closed", place="case c0", remedy="open one")
    return easy(task)


def broken(task: Task) -> Run:
    raise ZeroDivisionError("a fault of ours")


def worker_pid(task: Task) -> Run:
    """A run that tells which process made it."""
    run = easy(task)
    return Run(**{name: getattr(run, name) for name in Run.__slots__} | {"cost": os.getpid()})
