"""Whether what callers saw can have happened: every cell is a register that is tested and set.

A caller that got a booking had all its cells from some moment between sending the request and the
answer, until some moment between sending the cancellation and its answer. So between the answer to
the booking and the sending of the cancellation nobody else can have had any of them. Of requests
without an answer (`info`) nothing is known, so nothing is concluded.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from math import inf

CELL_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Tenure:
    """Cells that a caller certainly had, from the one moment to the other."""

    case: str
    cells: frozenset[tuple[str, int]]
    since: float
    """When the answer to the booking came."""
    until: float = inf
    """When the cancellation was sent."""


def violations(tenures: Iterable[Tenure]) -> list[str]:
    """Cells that two callers had at once, as sentences."""
    by_cell: dict[tuple[str, int], list[Tenure]] = defaultdict(list)
    for tenure in tenures:
        for cell in tenure.cells:
            by_cell[cell].append(tenure)
    return [told for cell, had in sorted(by_cell.items()) for told in _overlaps(cell, had)]


def _overlaps(cell: tuple[str, int], had: list[Tenure]) -> Iterator[str]:
    latest: Tenure | None = None
    for tenure in sorted(had, key=lambda one: one.since):
        if latest is not None and tenure.since < latest.until:
            yield f"{cell[0]} at {cell[1]}: {latest.case} and {tenure.case}"
        latest = tenure if latest is None or tenure.until > latest.until else latest
