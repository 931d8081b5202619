"""What a run rests on, as digests: equal digests mean equal runs, whoever computes them.

A run rests on the subject, the way it is run, seed and number, on the rules of dates, and on the
code: the sources that decide and the versions of the libraries they use. What only prepares a
subject (edits, fitting) or looks at runs that are finished (measures, pages, commands) is no part
of it: of that the subject and the record of the run tell all.
"""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, time
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from inspect import getsourcefile
from pathlib import Path

from pydantic import BaseModel

import models
import scenarios
import solver
from models.calendars import DateRules
from models.problem import PlanningProblem
from scenarios.practice import Practice
from scenarios.tasks import Task

RESULTS_VERSION = 1
"""Of kept results: raised when their form or meaning changes."""
LIBRARIES = (
    "holdfast",
    "holidays",
    "numba",
    "numpy",
    "ortools",
    "pandas",
    "pydantic",
    "python-dateutil",
    "scipy",
    "tzdata",
)
DECIDING = (
    "assumptions.py",
    "durations.py",
    "plan_run.py",
    "practice.py",
    "records.py",
    "replay",
    "scenario.py",
    "tasks.py",
)
"""Of `scenarios`: what a run executes."""
DATA_SUFFIXES = frozenset({".py", ".csv", ".json", ".yaml", ".toml"})
Subject = Practice | PlanningProblem


def plain(value: object) -> object:
    """The value in JSON's own types; sets are sorted, so that equal values are equal texts.

    Raises:
        TypeError: a value that no document of ours has.
    """
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, Mapping):
        return {str(plain(name)): plain(member) for name, member in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(member) for member in value), key=_text)
    if isinstance(value, list | tuple):
        return [plain(member) for member in value]
    return _plain_scalar(value)


def _plain_scalar(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if value is None or isinstance(value, str | int | float):
        return value
    raise TypeError(f"{type(value).__name__} has no canonical form")


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _document(subject: Subject) -> bytes:
    """Canonical JSON of a subject; written by pydantic itself, as subjects are large."""
    document = subject.model_dump(mode="json", by_alias=True)
    if isinstance(subject, Practice):
        for known in (*document["known"], *(document["drawn_from"] or ())):
            known["referral"]["flags"].sort()  # of all members the only set: it has no order
    return _text(document).encode()


def digest(value: object) -> str:
    """SHA-256 of the canonical JSON of a value, as 64 hexadecimal digits."""
    return sha256(_text(plain(value)).encode()).hexdigest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """Digest of the sources that decide a run and of the libraries they use."""
    found = sha256(f"{RESULTS_VERSION} {sys.version_info[:2]}".encode())
    for name in LIBRARIES:
        found.update(f"{name} {version(name)}\n".encode())
    for name, source in deciding_sources():
        found.update(name.encode() + b"\0" + source.read_bytes())
    return found.hexdigest()


def deciding_sources() -> Iterator[tuple[str, Path]]:
    """The files that decide a run, each after its name, such as `solver/improve.py`.

    The rules of dates come with a task, wherever they are written.
    """
    for package in (models, solver, scenarios):
        root = Path(package.__path__[0])
        for path in sorted(root.rglob("*")):
            inside = path.relative_to(root)
            decides = package is not scenarios or inside.parts[0] in DECIDING
            if decides and path.suffix in DATA_SUFFIXES and path.is_file():
                yield f"{package.__name__}/{inside.as_posix()}", path


@dataclass(slots=True)
class Keys:
    """Names tasks by what their runs rest on; each subject is read once, however many use it."""

    code: str
    _subjects: dict[int, tuple[Subject, str]]
    """By identity; the subject is kept, so that its identity stays its own."""

    @classmethod
    def of_this_code(cls) -> "Keys":
        """Names under the code that is running."""
        return cls(code_digest(), {})

    def subject(self, subject: Subject) -> str:
        """Digest of a subject."""
        known = self._subjects.get(id(subject))
        if known is None:
            known = self._subjects[id(subject)] = (subject, sha256(_document(subject)).hexdigest())
        return known[1]

    def grounds(self, task: Task) -> str:
        """Digest of what many tasks share: the subject and the rules of dates."""
        return digest([self.subject(task.subject), _identity(task.rules)])

    def task(self, task: Task) -> str:
        """Digest of all that a run rests on. What its scenario is called is no part of it."""
        run = [self.grounds(task), task.run, task.seed, task.number, self.code, RESULTS_VERSION]
        return digest(run)


def _identity(rules: DateRules) -> list[object]:
    """Which rules these are: their type, its source, and what they were given."""
    given: object = rules
    named = fields(given) if is_dataclass(given) else ()
    members = {member.name: getattr(given, member.name) for member in named}
    kind = type(rules)
    return [kind.__module__, kind.__qualname__, _source(kind), members]


@lru_cache(maxsize=8)
def _source(kind: type) -> str:
    """Digest of the module that a type is written in; empty where it has no file."""
    try:
        path = getsourcefile(kind)
    except TypeError:
        return ""
    return sha256(Path(path).read_bytes()).hexdigest() if path else ""
