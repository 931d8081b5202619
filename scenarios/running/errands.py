"""A task as it is sent to a worker: what is its own apart from the ground that many tasks share."""

import pickle
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from models.calendars import DateRules
from models.errors import InputError
from scenarios.records import Run
from scenarios.running.digests import Subject, code_digest
from scenarios.scenario import Plan, Replay
from scenarios.tasks import Task

Work = Callable[[Task], Run]
READ_AT_ONCE = 4
"""Grounds that a worker keeps in memory: with many sites they come and go."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What many tasks share."""

    subject: Subject
    rules: DateRules


@dataclass(frozen=True, slots=True)
class Errand:
    """What a task has of its own, and the code that it is to be run by."""

    scenario: str
    run: Plan | Replay
    seed: int
    number: int
    code: str


def site_of(task: Task) -> str:
    """Id of the site that a task is about."""
    site = task.subject.site
    return site if isinstance(site, str) else site.id


def task_name(task: Task) -> str:
    """A task in words, for messages."""
    return f"{task.scenario} at {site_of(task)}, replication {task.number}, seed {task.seed}"


def sealed(ground: Ground) -> bytes:
    """A ground as bytes to be sent or written."""
    return zlib.compress(pickle.dumps(ground, protocol=pickle.HIGHEST_PROTOCOL), 1)


def unsealed(content: bytes) -> Ground:
    """The ground that `sealed` was given."""
    ground = pickle.loads(zlib.decompress(content))  # noqa: S301 - what `sealed` of this run wrote
    assert isinstance(ground, Ground)  # noqa: S101 - tells the type of what was sealed
    return ground


@lru_cache(maxsize=READ_AT_ONCE)
def _read(path: Path) -> Ground:
    return unsealed(path.read_bytes())


def carry_out(work: Work, errand: Errand, ground: Ground | Path) -> Run:
    """Run a task in a worker.

    Args:
        work: what makes a run of a task; a module-level function or a partial of one.
        errand: what the task has of its own.
        ground: what it shares, or the file that holds it.

    Raises:
        InputError: the worker has other code than the one that sent the errand.
    """
    if errand.code != code_digest():
        raise InputError(
            "a worker has another version of Holdfast or its libraries, or other sources",
            remedy="install the same on all workers",
        )
    held = _read(ground) if isinstance(ground, Path) else ground
    return work(
        Task(errand.scenario, held.subject, errand.run, errand.seed, errand.number, held.rules)
    )
