"""Running many tasks: on any crew, in any order, with equal results.

Few tasks are under way at a time, however many there are. A task that is lost with its worker is
run again; where nobody can tell which task broke the pool, those concerned are run one at a time,
so that the one to blame is found. What is finished is kept at once, so that nothing but the tasks
under way is lost when a run is stopped.
"""

import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, Future, wait
from dataclasses import dataclass, field

from models.errors import HoldfastError, InputError, SolverError
from scenarios.records import Run
from scenarios.running.cache import Cache, in_utc
from scenarios.running.crew import Crew
from scenarios.running.digests import Keys
from scenarios.running.errands import Errand, Ground, Work, carry_out, task_name
from scenarios.running.progress import Progress, Tally
from scenarios.tasks import Task, run_task

POLL_SECONDS = 0.2
BREAK_SECONDS = 10.0
END_SECONDS = 0.3
RETRIES = 2


@dataclass(frozen=True, slots=True)
class Results:
    """What became of tasks, in their order."""

    tasks: tuple[Task, ...]
    runs: tuple[Run | None, ...]
    """As many as tasks; None where the fan-out was stopped before."""
    kept: int
    """Read from disk."""
    computed: int
    lost: int
    """Times that a task was lost with its worker and run again."""
    stopped: bool
    seconds: float
    notes: tuple[str, ...] = ()
    """What went wrong and was made good, in sentences."""

    @property
    def missing(self) -> tuple[Task, ...]:
        """The tasks without a result."""
        return tuple(t for t, run in zip(self.tasks, self.runs, strict=True) if run is None)

    @property
    def finished(self) -> tuple[Run, ...]:
        """The runs there are, in the order of their tasks."""
        return tuple(run for run in self.runs if run is not None)

    def words(self) -> str:
        """What is missing, in a sentence; empty where nothing is."""
        missing = self.missing
        if not missing:
            return ""
        named = "; ".join(task_name(task) for task in missing[:5])
        more = f"; and {len(missing) - 5} more" if len(missing) > 5 else ""
        return f"{len(missing)} of {len(self.tasks)} runs are missing: {named}{more}"


def run_all(
    tasks: Iterable[Task],
    crew: Crew,
    *,
    cache: Cache | None = None,
    work: Work = run_task,
    retries: int = RETRIES,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> Results:
    """Run tasks and wait for them. Ctrl-C ends the waiting; what is finished is returned.

    Args:
        tasks: tasks whose runs rest on the same are run once.
        crew: who carries them out; stays open.
        cache: where finished runs are kept and looked for; None: nowhere.
        work: what makes a run of a task; a module-level function or a partial of one.
        retries: how often a task may be lost with its worker and run again.
        on_progress: called in this thread when it begins and when a task has its result.
        should_stop: asked several times a second; True is as good as Ctrl-C.
        clock: seconds that only rise.

    Returns:
        A run for each task, equal whatever the crew and the order in which they were finished.

    Raises:
        SolverError: a task was lost with its worker more often than `retries`.
        HoldfastError: a task failed; it is named. Finished runs are kept.
    """
    listed = tuple(tasks)
    store = _Store(listed, cache, clock, on_progress)
    dispatch = _Dispatch(store, crew, work, retries)
    stopped = False
    try:
        store.look_up()
        stopped = not dispatch.work_off(should_stop or _never)
    except KeyboardInterrupt:
        stopped = True
    finally:
        dispatch.end()
    return store.results(stopped=stopped)


def _never() -> bool:
    return False


class _Store:
    """The results so far: kept, counted and told of."""

    def __init__(
        self,
        tasks: tuple[Task, ...],
        cache: Cache | None,
        clock: Callable[[], float],
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.tasks = tasks
        self.keys = Keys.of_this_code()
        self.open: dict[str, list[int]] = {}
        """Keys without a run, each with the places of its tasks."""
        self.tally = Tally(tasks)
        self._cache = cache
        self._clock = clock
        self._began = clock()
        self._on_progress = on_progress
        self._runs: list[Run | None] = [None] * len(tasks)
        self._notes: list[str] = []

    def look_up(self) -> None:
        """Take what is kept; what is not is open."""
        for index, task in enumerate(self.tasks):
            self.open.setdefault(self.keys.task(task), []).append(index)
        for key in list(self.open):
            run = self._kept(key)
            if run is not None:
                self._take(key, run, kept=True)
        self.tell()

    def _kept(self, key: str) -> Run | None:
        try:
            return self._cache.get(key) if self._cache else None
        except InputError as error:
            self._notes.append(f"{error}: it is computed again")
            return None

    def finish(self, key: str, run: Run) -> None:
        """Keep a run that was just made; it does not differ from one that was kept."""
        run = in_utc(run)
        if self._cache is not None:
            try:
                self._cache.put(key, run)
            except InputError as error:
                self._notes.append(f"a result is not kept: {error}")
        self._take(key, run, kept=False)
        self.tell()

    def _take(self, key: str, run: Run, *, kept: bool) -> None:
        for index in self.open.get(key, ()):
            if self._runs[index] is None:
                self._runs[index] = run
                self.tally.count(index, kept=kept)
        self.open.pop(key, None)

    def tell(self) -> None:
        """Tell the caller how far it has come."""
        if self._on_progress is not None:
            self._on_progress(self.tally.progress(self._clock() - self._began))

    def results(self, *, stopped: bool) -> Results:
        """What there is."""
        return Results(
            tasks=self.tasks,
            runs=tuple(self._runs),
            kept=self.tally.kept,
            computed=self.tally.computed,
            lost=self.tally.lost,
            stopped=stopped,
            seconds=self._clock() - self._began,
            notes=tuple(dict.fromkeys(self._notes)),
        )


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


class _Dispatch:
    """Hands tasks to a crew, a few at a time, and takes care of those that are lost."""

    def __init__(self, store: _Store, crew: Crew, work: Work, retries: int) -> None:
        self.store = store
        self.crew = crew
        self.work = work
        self.retries = retries
        self.grounds = _Grounds(crew)
        self.waiting: deque[_Pending] = deque()
        self.under_way: dict[Future[Run], _Pending] = {}

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
            except BrokenExecutor:
                self.waiting.appendleft(pending)
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
        lost = [pending for future in done if (pending := self._settle(future))]
        if lost and self.crew.one_breaks_all:
            lost += self._start_over()
        if lost:
            self.crew.verify()
        self._try_again(lost)

    def _start_over(self) -> list[_Pending]:
        """Wait for all that a broken pool leaves, and have a new one; what was lost."""
        wait(self.under_way, BREAK_SECONDS)
        lost = [pending for future in list(self.under_way) if (pending := self._settle(future))]
        self.crew.give_up()
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
