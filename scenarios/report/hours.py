"""Use by hour of the local day: each suite and CT by itself, the rest by kind."""

from collections import defaultdict

from scenarios.measures.frames import Runs, ordered
from scenarios.measures.service import CT, SUITE
from scenarios.measures.spans import minutes_by_hour
from scenarios.measures.view import Service, View
from scenarios.report.data import Heat

MOST_ROOMS = 12
"""Rooms with a row of their own; where there are more, they share one by kind."""
Minutes = dict[tuple[str, int], float]
"""By row and hour, 0 to 23."""


def heats(runs: Runs) -> tuple[Heat, ...]:
    """The use of each scenario: shares of the staffed minutes of all replications and days.

    Rooms come first, then kinds of resources; a cell is None where nobody was ever there.
    """
    single = _few_rooms(runs)
    return tuple(_heat(name, runs, single=single) for name in runs)


def _few_rooms(runs: Runs) -> bool:
    sites = {run.site for name in runs for run in runs[name]}
    rooms = {
        there.resource
        for name in runs
        for run in runs[name]
        for there in run.staffed
        if there.kind in (SUITE, CT)
    }
    return len(sites) == 1 and len(rooms) <= MOST_ROOMS


def _row(service: Service, *, single: bool) -> tuple[int, str]:
    """The place and name of the row that a resource counts in."""
    if service.kind in (SUITE, CT):
        place = (SUITE, CT).index(service.kind)
        return place, service.resource if single else service.kind
    return 2, service.kind


def _heat(name: str, runs: Runs, *, single: bool) -> Heat:
    staffed: Minutes = defaultdict(float)
    used: Minutes = defaultdict(float)
    places: dict[str, int] = {}
    for run in ordered(name, runs[name]):
        view = View(run)
        for service in view.services:
            place, row = _row(service, single=single)
            places[row] = place
            for hour, minutes in minutes_by_hour(service.staffed, view.tz).items():
                staffed[row, hour] += minutes
            for hour, minutes in minutes_by_hour(service.within, view.tz).items():
                used[row, hour] += minutes
    hours = tuple(sorted({hour for _, hour in staffed}))
    rows = tuple(sorted({row for row, _ in staffed}, key=lambda row: (places[row], row)))
    return Heat(
        scenario=name,
        rows=rows,
        hours=hours,
        shares=tuple(tuple(_share(used, staffed, row, hour) for hour in hours) for row in rows),
    )


def _share(used: Minutes, staffed: Minutes, row: str, hour: int) -> float | None:
    there = staffed.get((row, hour), 0.0)
    return used.get((row, hour), 0.0) / there if there else None
