"""Who carries out tasks, behind one `concurrent.futures.Executor`, and how the broken are replaced.

A crew shares what is large once, says which errors mean a lost worker, and can be had anew.
"""

import os
from abc import ABC, abstractmethod
from concurrent.futures import BrokenExecutor, Executor, Future
from types import TracebackType
from typing import Any, Self

from scenarios.running.errands import Ground


class Crew(ABC):
    """Workers behind an executor; used as a context, and closed by it."""

    losses: tuple[type[BaseException], ...] = (BrokenExecutor,)
    """Errors of a future that mean a lost worker, not a failed task."""
    refusals: tuple[type[Exception], ...] = (BrokenExecutor,)
    """Errors of `submit` that mean a broken executor."""
    one_breaks_all = False
    """Whether one lost worker fails all that is under way: then nobody knows whose fault it was."""

    @property
    @abstractmethod
    def executor(self) -> Executor:
        """The executor, opened if need be."""

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many tasks to keep under way, those next in turn included."""

    @abstractmethod
    def share(self, name: str, ground: Ground) -> Any:
        """Make a ground known to all workers; what to submit in its place."""

    @abstractmethod
    def forget(self, name: str) -> None:
        """Let go of a shared ground that no task needs any more."""

    @abstractmethod
    def give_up(self) -> None:
        """End all that is under way, now; the next use of `executor` opens a new one."""

    @abstractmethod
    def close(self) -> None:
        """Send the workers home and clear up."""

    @property
    def first_alone(self) -> bool:
        """Whether the first task should be finished before the others begin."""
        return False

    @abstractmethod
    def verify(self) -> None:
        """See that there is somebody to work; called several times a second.

        Raises:
            HoldfastError: there is nobody, and it does not look as if somebody came.
        """

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class _AtOnce(Executor):
    """Does what is submitted before `submit` returns."""

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as error:  # noqa: BLE001 - handed on by the future, as executors do
            future.set_exception(error)
        return future


class Here(Crew):
    """This very process, one task after another."""

    def __init__(self) -> None:
        self._executor = _AtOnce()

    @property
    def executor(self) -> Executor:
        """One that works at once."""
        return self._executor

    @property
    def slots(self) -> int:
        """One."""
        return 1

    def share(self, name: str, ground: Ground) -> Ground:  # noqa: ARG002 - nothing is sent
        """The ground itself."""
        return ground

    def forget(self, name: str) -> None:
        """Nothing was kept."""

    def give_up(self) -> None:
        """Nothing is under way between two calls."""

    def close(self) -> None:
        """Nothing was opened."""

    def verify(self) -> None:
        """This process is there."""


def usual_workers() -> int:
    """As many workers as this process may use cores."""
    return max(1, len(os.sched_getaffinity(0)))
