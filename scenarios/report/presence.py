"""Cases present by week, as the page shows them."""

from collections.abc import Mapping, Sequence

from scenarios.measures.intervals import mean_interval
from scenarios.presence import present_by_week, weeks_before
from scenarios.records import Run
from scenarios.report.data import Estimate, Presence


def presences(runs: Mapping[str, Sequence[Run]]) -> tuple[Presence, ...]:
    """Of each scenario that was replayed.

    Args:
        runs: by scenario, one for each replication and site.
    """
    found = []
    for name, made in runs.items():
        counts = present_by_week(made)
        if counts:
            by_week = zip(*counts.values(), strict=True)
            weeks = tuple(_estimate(numbers) for numbers in by_week)
            found.append(Presence(name, -weeks_before(made[0]), weeks))
    return tuple(found)


def _estimate(numbers: tuple[int, ...]) -> Estimate:
    found = mean_interval(numbers)
    if found.note:  # why there is no interval
        return Estimate(found.mean)
    return Estimate(found.mean, found.low, found.high)
