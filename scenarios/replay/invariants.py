"""What must hold in every replay, looked at as it goes on and when it is over."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

from models.errors import SolverError
from scenarios.records import UseRecord
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
