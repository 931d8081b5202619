"""How far a fan-out has come, in total and by scenario and site."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from scenarios.running.errands import site_of
from scenarios.tasks import Task

Group = tuple[str, str]
"""Scenario and site."""


@dataclass(frozen=True, slots=True)
class Part:
    """The tasks of one scenario at one site."""

    scenario: str
    site: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a fan-out stands; told in the caller's thread."""

    done: int
    """Tasks with a result, kept ones included."""
    total: int
    kept: int
    """Of those done: read from disk."""
    lost: int
    """Times that a task was lost with its worker, to be run again."""
    seconds: float
    """Since the fan-out began."""
    seconds_left: float | None
    """At the pace so far; None before the first task was run."""
    parts: tuple[Part, ...]
    """By scenario and site, in the order of the tasks."""


class Tally:
    """Counts what is done."""

    def __init__(self, tasks: Sequence[Task]) -> None:
        self._groups = [(task.scenario, site_of(task)) for task in tasks]
        self._totals = Counter(self._groups)
        self._done: Counter[Group] = Counter()
        self.kept = 0
        self.computed = 0
        self.lost = 0

    def count(self, index: int, *, kept: bool) -> None:
        """One more task, by its place among the tasks, has its result."""
        self._done[self._groups[index]] += 1
        self.kept += kept
        self.computed += not kept

    def progress(self, seconds: float) -> Progress:
        """Where it stands after so many seconds."""
        done, total = self.kept + self.computed, len(self._groups)
        left = seconds / self.computed * (total - done) if self.computed else None
        parts = tuple(
            Part(*group, self._done[group], of_all) for group, of_all in self._totals.items()
        )
        return Progress(done, total, self.kept, self.lost, seconds, left, parts)
