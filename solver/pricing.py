"""Where the own cost of a case changes along the grid, so that the search never multiplies prices.

Waiting, lateness, being off the drug and moving are all counted in whole days of elapsed time from
an anchor (release, due, ready, booked start). So the cost can only change at an anchor plus or
minus whole days: at the first unit at or after such an instant, or at the first one after it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.problem import Case
from models.timegrid import TimeGrid

DAY_SECONDS = 86_400
SECOND = timedelta(seconds=1)


def price_changes(case: Case, grid: TimeGrid) -> set[int]:
    """The units of the grid at which the own cost may differ from the unit before."""
    unit = grid.minutes * 60
    last = grid.ticks * unit
    changes: set[int] = set()
    for anchor in _anchors(case):
        for second in range((anchor - grid.origin) // SECOND % DAY_SECONDS, last, DAY_SECONDS):
            changes.add(-(-second // unit))
            changes.add(second // unit + 1)
    return changes


def _anchors(case: Case) -> Iterator[datetime]:
    yield case.release
    if case.due is not None:
        yield case.due
    if case.hold is not None and case.hold.ready_at is not None:
        yield case.hold.ready_at
    if case.booking is not None:
        yield case.booking.start
