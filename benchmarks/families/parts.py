"""Pieces the generated families are made of. All figures are made up; nothing here is clinical."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from models.problem import PlanningProblem
from models.timegrid import at_local_or_after, start_of_day, zone

CHICAGO = zone("America/Chicago")
MONDAY = date(2026, 10, 26)
"""The clocks go back on the Sunday after it: two weeks have a day of 25 hours."""
DAY = timedelta(days=1)
PRIORITIES = ("emergent", "urgent", "soon", "routine")

Data = dict[str, Any]


def workdays(count: int) -> list[date]:
    """So many days from Monday to Friday."""
    return [MONDAY + timedelta(days=7 * (n // 5) + n % 5) for n in range(count)]


def at(day: date, clock: str) -> datetime:
    """The instant of a wall-clock time."""
    return at_local_or_after(day, time.fromisoformat(clock), CHICAGO)


def hours(days: Iterable[date], *spans: tuple[str, str]) -> list[tuple[datetime, datetime]]:
    """The same spans of the clock on every day."""
    return [(at(day, a), at(day, b)) for day in days for a, b in spans]


def prices(**changed: Any) -> Data:
    """Points, in proportions that make an emergent case worth many routine ones."""
    return {
        "unscheduled": _by_priority(60_000, 20_000, 8_000, 4_000),
        "wait_per_day": _by_priority(1_200, 300, 80, 25),
        "late_per_day": _by_priority(6_000, 1_500, 400, 125),
        "off_drug_per_day": 60,
        "move": 150,
        "move_per_day": 40,
        "unbook": 3_000,
        **changed,
    }


def flat_prices(unscheduled: int, wait: int = 0) -> Data:
    """The same for every priority; nothing for lateness, holds and moves."""
    return prices(
        unscheduled=_by_priority(*[unscheduled] * 4),
        wait_per_day=_by_priority(*[wait] * 4),
        late_per_day=_by_priority(0, 0, 0, 0),
        off_drug_per_day=0,
        move=0,
        move_per_day=0,
        unbook=0,
    )


def _by_priority(*points: int) -> dict[str, int]:
    return dict(zip(PRIORITIES, points, strict=True))


def problem_of(
    site: str,
    days: list[date],
    objective: Data,
    resources: list[Data],
    cases: list[Data],
    *,
    tick_minutes: int = 5,
    end: datetime | None = None,
) -> PlanningProblem:
    """A problem over whole local days, frozen at 06:00 of the first, or ending at an instant."""
    start = start_of_day(days[0], CHICAGO)
    return PlanningProblem.model_validate(
        {
            "format": "holdfast-planning",
            "version": 1,
            "site": site,
            "timezone": CHICAGO.key,
            "now": at(days[0], "06:00"),
            "tick_minutes": tick_minutes,
            "horizon": {"start": start, "end": end or start_of_day(days[-1] + DAY, CHICAGO)},
            "objective": objective,
            "resources": resources,
            "cases": cases,
        }
    )
