"""What must hold in every replay, looked at as it goes on and when it is over."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from models.errors import SolverError
from scenarios.records import CaseRecord, Outcome, Run, UseRecord
from scenarios.replay.world import World


class BrokenError(SolverError):
    """A replay contradicts itself."""


def check(world: World) -> None:
    """What must hold at the end of every day.

    Raises:
        BrokenError: it does not.
    """
    _nobody_twice(world)
    _all_accounted_for(world)


def _nobody_twice(world: World) -> None:
    spans = sorted(
        (span.resource, span.begin, span.end, case)
        for case, held in world.office.held.items()
        for span in held.spans()
    )
    for one, other in pairwise(spans):
        if one[0] == other[0] and other[1] < one[2]:
            raise BrokenError(f"{one[0]} is booked twice, for {one[3]} and {other[3]}")


def _all_accounted_for(world: World) -> None:
    inside = {case for case, entry in world.entries.items() if entry.left is None}
    if inside != set(world.office.files):
        odd = min(inside ^ set(world.office.files))
        raise BrokenError(f"case {odd} is neither open nor over")


def used_twice(uses: Iterable[UseRecord]) -> tuple[tuple[UseRecord, UseRecord], ...]:
    """Pairs of uses of one resource that overlap as they went."""
    by_resource: dict[str, list[UseRecord]] = defaultdict(list)
    for use in uses:
        by_resource[use.resource].append(use)
    found = []
    for listed in by_resource.values():
        listed.sort(key=lambda use: (use.begin, use.end))
        found += [(a, b) for a, b in pairwise(listed) if b.begin < a.end and b.end > b.begin]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Little:
    """Both sides of Little's law over the weeks measured.

    The two sides are made in different ways: the mean number from a sweep over all comings and
    goings, the stays from each case by itself. They agree exactly, with the stays cut to the weeks.
    """

    mean_number: float
    """Cases present, averaged over time."""
    per_hour: float
    """Cases that were present at all, by the hours measured."""
    mean_stay_hours: float
    """Hours within the weeks for which each of them was present."""

    @property
    def gap(self) -> float:
        """How far the two sides are apart."""
        return abs(self.mean_number - self.per_hour * self.mean_stay_hours)


def little(run: Run) -> Little:
    """Both sides of Little's law for a replay."""
    hours = (run.end - run.begin) / timedelta(hours=1)
    stays = [stay for case in run.cases if (stay := _stay(case, run)) is not None]
    total = sum(((b - a) / timedelta(hours=1) for a, b in stays), 0.0)
    number = len(stays)
    return Little(
        mean_number=_swept(stays, run) / hours,
        per_hour=number / hours,
        mean_stay_hours=total / number if number else 0.0,
    )


def _stay(case: CaseRecord, run: Run) -> tuple[datetime, datetime] | None:
    left = run.end
    if case.outcome is Outcome.TREATED and case.start is not None:
        left = case.start
    elif case.outcome is Outcome.CANCELLED:
        left = case.lost[-1].at
    begin, end = max(case.released, run.begin), min(left, run.end)
    return (begin, end) if begin < end else None


def _swept(stays: Iterable[tuple[datetime, datetime]], run: Run) -> float:
    """Case-hours, by going through time and counting who is there."""
    changes = sorted([(a, 1) for a, _ in stays] + [(b, -1) for _, b in stays])
    present, since, area = 0, run.begin, timedelta()
    for at, change in changes:
        area += present * (at - since)
        present, since = present + change, at
    return area / timedelta(hours=1)
