"""From a study to what it found: its tasks run by a crew, measured and compared."""

from collections.abc import Callable
from dataclasses import dataclass

from models.calendars import DateRules
from scenarios.measures.comparison import Comparison, compare
from scenarios.records import Run
from scenarios.running.cache import Cache
from scenarios.running.crew import Crew
from scenarios.running.fan_out import Results, run_all
from scenarios.running.progress import Progress
from scenarios.study import Study, by_scenario


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a study."""

    study: Study
    results: Results
    runs: dict[str, tuple[Run, ...]]
    """By scenario, the baseline first; those that have no run yet are left out."""
    comparison: Comparison | None
    """None where the baseline has no run yet."""

    @property
    def missing(self) -> str:
        """What was not run, in a sentence; empty where nothing is missing."""
        return self.results.words()


def carry_out(
    study: Study,
    crew: Crew,
    *,
    rules: DateRules,
    cache: Cache | None = None,
    adjust: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Found:
    """Run a study and compare what it found; one that is stopped keeps what is finished.

    Args:
        study: what is run.
        crew: who runs it; stays open.
        rules: dates of holidays and recurring blocks.
        cache: where finished runs are kept and looked for.
        adjust: verdicts by Holm's adjustment for the number of measures.
        on_progress: called in this thread whenever a run is finished.
        should_stop: asked several times a second.

    Raises:
        HoldfastError: a run failed; it is named, and finished ones are kept.
    """
    tasks = study.tasks(rules)
    results = run_all(tasks, crew, cache=cache, on_progress=on_progress, should_stop=should_stop)
    runs = {name: made for name, made in by_scenario(tasks, results.runs).items() if made}
    comparison = None
    if study.baseline in runs:
        comparison = compare(_paired(runs, study.baseline), study.baseline, adjust=adjust)
    return Found(study, results, runs, comparison)


def _paired(runs: dict[str, tuple[Run, ...]], baseline: str) -> dict[str, tuple[Run, ...]]:
    """Those that share a replication with the baseline: a stopped study may have others."""
    numbers = {run.number for run in runs[baseline]}
    return {name: made for name, made in runs.items() if numbers & {run.number for run in made}}
