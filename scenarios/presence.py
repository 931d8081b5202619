"""How many cases are present over a replay: whether its weeks are those of a steady department.

A replay begins with the department of today, its backlog and its bookings. It is a forecast of the
weeks to come; only where the number present stays the same is it also how things are for good.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta

from scenarios.measures.intervals import LEVEL, Difference, paired_difference
from scenarios.records import Run

WEEK = timedelta(weeks=1)


def present_by_week(runs: Iterable[Run]) -> dict[int, tuple[int, ...]]:
    """By replication, the number present at each week's beginning and at the end, sites summed.

    Plans, which have no weeks, are left out.
    """
    found: dict[int, tuple[int, ...]] = {}
    for run in runs:
        if run.present:
            so_far = found.get(run.number, (0,) * len(run.present))
            summed = zip(so_far, run.present, strict=True)
            found[run.number] = tuple(before + here for before, here in summed)
    return found


def weeks_before(run: Run) -> int:
    """The weeks of a replay before those that are measured."""
    return len(run.present) - 1 - round((run.end - run.begin) / WEEK)


def unsteady(runs: Mapping[str, tuple[Run, ...]]) -> Iterator[str]:
    """A sentence, where more or fewer cases are present at the end than when measuring begins.

    Only where a paired test over the replications says that it is not by chance.

    Args:
        runs: by scenario.
    """
    changed = []
    for name, made in runs.items():
        counts = present_by_week(made)
        if counts:
            first = weeks_before(made[0])
            change = paired_difference([(weeks[first], weeks[-1]) for weeks in counts.values()])
            if change.p <= 1 - LEVEL:
                begin = sum(weeks[first] for weeks in counts.values()) / len(counts)
                changed.append(_words(name, begin, change))
    if changed:
        yield (
            "The weeks measured are no steady state: from their beginning to their end the mean "
            f"number of cases present goes {'; '.join(changed)}. Figures tell of these weeks, "
            "with today's backlog."
        )


def _words(name: str, begin: float, change: Difference) -> str:
    told = change.interval
    ends = "in all runs" if told.note else f"{told.low:+.1f} to {told.high:+.1f}"
    return f"from {begin:.1f} to {begin + told.mean:.1f} ({ends}) in {name}"
