"""Handing tasks to a crew, a few at a time, and caring for those that are lost with a worker.

A task that is lost is run again. Where nobody can tell which task broke the pool, those concerned
are run one at a time, so that the one to blame is found.
"""

from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field

from models.errors import HoldfastError, SolverError
from scenarios.records import Run
from scenarios.running.crew import Crew
from scenarios.running.errands import Errand, Ground, Work, carry_out, task_name
from scenarios.running.results import Store
from scenarios.tasks import Task

POLL_SECONDS = 0.2
BREAK_SECONDS = 10.0
END_SECONDS = 0.3
MOST_REFUSALS = 3


@dataclass(slots=True)
class _Pending:
    """A task that has no result yet."""

    key: str
    task: Task
    ground: str
    lost: int = 0
    alone: bool = False


@dataclass(slots=True)
class _Grounds:
    """Which grounds are still needed, by how many tasks."""

    crew: Crew
    needed: dict[str, int] = field(default_factory=dict)

    def add(self, name: str) -> None:
        self.needed[name] = self.needed.get(name, 0) + 1

    def drop(self, name: str) -> None:
        self.needed[name] -= 1
        if not self.needed[name]:
            self.crew.forget(name)


class Dispatch:
    """Hands tasks to a crew, a few at a time, and takes care of those that are lost."""

    def __init__(self, store: Store, crew: Crew, work: Work, retries: int) -> None:
        self.store = store
        self.crew = crew
        self.work = work
        self.retries = retries
        self.grounds = _Grounds(crew)
        self.waiting: deque[_Pending] = deque()
        self.under_way: dict[Future[Run], _Pending] = {}
        self.refused = 0

    def work_off(self, should_stop: Callable[[], bool]) -> bool:
        """Work till nothing is left, or till told to stop; whether nothing is left."""
        self._line_up()
        while self.waiting or self.under_way:
            if should_stop():
                return False
            self.crew.verify()
            self._fill()
            done, _ = wait(self.under_way, POLL_SECONDS, return_when=FIRST_COMPLETED)
            self._collect(sorted(done, key=lambda future: self.under_way[future].key))
        return True

    def end(self) -> None:
        """Take what is finished, or is about to be, and leave nothing under way."""
        wait(self.under_way, END_SECONDS)
        for future in [future for future in self.under_way if _well_done(future)]:
            self._settle(future)
        if self.under_way:
            self.under_way.clear()
            self.crew.give_up()
        for name, needed in self.grounds.needed.items():
            if needed:
                self.crew.forget(name)

    def _line_up(self) -> None:
        for key, places in self.store.open.items():
            task = self.store.tasks[places[0]]
            ground = self.store.keys.grounds(task)
            self.grounds.add(ground)
            self.waiting.append(_Pending(key, task, ground))
        if self.waiting and self.crew.first_alone:
            self.waiting[0].alone = True

    def _fill(self) -> None:
        while self.waiting and self._has_room(self.waiting[0]):
            pending = self.waiting.popleft()
            try:
                self._submit(pending)
            except self.crew.refusals as error:
                self.waiting.appendleft(pending)
                self._renew(error)
            else:
                self.refused = 0

    def _renew(self, error: Exception) -> None:
        """Replace an executor that takes nothing any more.

        Raises:
            SolverError: so did those before it.
        """
        self.refused += 1
        if self.refused > MOST_REFUSALS:
            raise SolverError(
                f"no worker can be started: {error}", remedy="see that there is memory for them"
            ) from error
        self._try_again(self._start_over())

    def _has_room(self, pending: _Pending) -> bool:
        if not self.under_way:
            return True
        alone = pending.alone or any(one.alone for one in self.under_way.values())
        return not alone and len(self.under_way) < self.crew.slots

    def _submit(self, pending: _Pending) -> None:
        task = pending.task
        shared = self.crew.share(pending.ground, Ground(task.subject, task.rules))
        errand = Errand(task.scenario, task.run, task.seed, task.number, self.store.keys.code)
        future = self.crew.executor.submit(carry_out, self.work, errand, shared)
        self.under_way[future] = pending

    def _collect(self, done: Sequence[Future[Run]]) -> None:
        lost = self._settled(done)
        if lost and self.crew.one_breaks_all:
            lost += self._start_over()
        if lost:
            self.crew.verify()
        self._try_again(lost)

    def _start_over(self) -> list[_Pending]:
        """Wait for all that a broken pool leaves, and have a new one; what was lost."""
        wait(self.under_way, BREAK_SECONDS)
        lost = self._settled(list(self.under_way))
        self.crew.give_up()
        return lost

    def _settled(self, done: Sequence[Future[Run]]) -> list[_Pending]:
        """Take the outcomes of futures and tell of each; the tasks that were lost."""
        lost = []
        for future in done:
            pending = self._settle(future)
            if pending is None:
                self.store.tell()
            else:
                lost.append(pending)
        return lost

    def _settle(self, future: Future[Run]) -> _Pending | None:
        """Take the outcome of a future; the task, if it was lost.

        Raises:
            HoldfastError: it failed.
        """
        pending = self.under_way[future]
        error = _error_of(future)
        if error is None:
            self.store.finish(pending.key, future.result())
        # Only now: a result that Ctrl-C keeps from being kept is still there for `end`.
        del self.under_way[future]
        if error is None:
            self.grounds.drop(pending.ground)
            return None
        if isinstance(error, self.crew.losses):
            return pending
        raise _failure(pending.task, error) from error

    def _try_again(self, lost: Sequence[_Pending]) -> None:
        for pending in sorted(lost, key=lambda one: one.key, reverse=True):
            self._put_back(pending)

    def _put_back(self, pending: _Pending) -> None:
        self.store.tally.lost += 1
        pending.lost += 1
        if pending.lost > self.retries:
            raise SolverError(
                f"its worker died {_times(pending.lost)}",
                place=task_name(pending.task),
                remedy="see that workers have memory enough; finished runs are kept",
            )
        pending.alone = self.crew.one_breaks_all
        self.crew.forget(pending.ground)
        self.waiting.appendleft(pending)


def _well_done(future: Future[Run]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


def _error_of(future: Future[Run]) -> BaseException | None:
    try:
        return future.exception(timeout=0)
    except BaseException as error:  # noqa: BLE001 - cancelled, or not done within a break: lost
        return BrokenExecutor(str(error)) if isinstance(error, TimeoutError) else error


def _failure(task: Task, error: BaseException) -> BaseException:
    """The error of a task, with its name; what is no error of ours is a fault and stays itself."""
    if not isinstance(error, HoldfastError):
        error.add_note(f"while running {task_name(task)}")
        return error
    place = f"{task_name(task)}: {error.place}" if error.place else task_name(task)
    return type(error)(error.problem, place=place, remedy=error.remedy)


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"
