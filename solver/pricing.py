"""The own cost of a case as steps over the grid, so that the search never multiplies prices.

Waiting, lateness, being off the drug and moving are all counted in whole days of elapsed time from
an anchor (release, due, ready, booked start). So the cost can only change at an anchor plus or
minus whole days: at the first unit at or after such an instant, or at the first one after it.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.objective import start_cost
from models.problem import Case, Objective
from models.timegrid import TimeGrid

DAY = timedelta(days=1)


def price_steps(
    case: Case, prices: Objective, grid: TimeGrid
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The units at which the own cost changes, and the cost from each of them on.

    The first unit is 0, so that bisecting the units finds the cost of every unit of the grid.
    """
    units: list[int] = []
    costs: list[int] = []
    for unit in sorted({0, *_changes(case, grid)}):
        cost = start_cost(prices, case, grid.instant(unit))
        if not costs or costs[-1] != cost:
            units.append(unit)
            costs.append(cost)
    return tuple(units), tuple(costs)


def _anchors(case: Case) -> Iterator[datetime]:
    yield case.release
    if case.due is not None:
        yield case.due
    if case.hold is not None and case.hold.ready_at is not None:
        yield case.hold.ready_at
    if case.booking is not None:
        yield case.booking.start


def _changes(case: Case, grid: TimeGrid) -> Iterator[int]:
    end = grid.instant(grid.ticks)
    for anchor in _anchors(case):
        first = -((anchor - grid.origin) // DAY)
        for days in range(first - 1, (end - anchor) // DAY + 1):
            instant = anchor + days * DAY
            for unit in (grid.ceil(instant), grid.floor(instant) + 1):
                if 0 <= unit < grid.ticks:
                    yield unit
