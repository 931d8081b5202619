"""The results of tasks: found on disk, kept there as they come, counted, and told of."""

from collections.abc import Callable
from dataclasses import dataclass

from models.errors import InputError
from scenarios.records import Run
from scenarios.running.cache import Cache, in_utc
from scenarios.running.digests import Keys
from scenarios.running.errands import task_name
from scenarios.running.progress import Progress, Tally
from scenarios.tasks import Task


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


class Store:
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
