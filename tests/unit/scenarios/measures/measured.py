"""One measure of one or several hand-made runs, by name."""

from scenarios.measures.registry import measure_named
from scenarios.measures.view import View
from scenarios.records import Run


def groups(name: str, *runs: Run) -> dict[str, float]:
    """The value of each group over the runs of one replication."""
    return measure_named(name).of([View(run) for run in runs])


def value(name: str, *runs: Run) -> float:
    """The value of a measure that has no groups."""
    return groups(name, *runs)[""]
