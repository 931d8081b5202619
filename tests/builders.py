"""Small planning problems in a few words: a Monday in November in Chicago, hours by the clock.

`at("09:30")` is Monday 2026-11-23 09:30, `at("09:30", day=1)` the Tuesday. Everything not said has
a plain default: a resource without tags, limits or prices, a routine case released at midnight
with one window from 08:00 to 17:00 on Monday.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models.problem import (
    Booking,
    Case,
    Hold,
    Horizon,
    Interval,
    Need,
    Objective,
    PlanningProblem,
    Resource,
)
from models.timegrid import at_local_or_after

MONDAY = date(2026, 11, 23)
CHICAGO = "America/Chicago"
PRICES: dict[str, Any] = {
    "unscheduled": {"emergent": 60_000, "urgent": 20_000, "soon": 8_000, "routine": 4_000},
    "wait_per_day": {"emergent": 1_200, "urgent": 300, "soon": 80, "routine": 25},
    "late_per_day": {"emergent": 6_000, "urgent": 1_500, "soon": 400, "routine": 125},
    "off_drug_per_day": 60,
    "move": 150,
    "move_per_day": 40,
    "unbook": 3_000,
}


def at(clock: str, day: int = 0, *, zone: str = CHICAGO, first: date = MONDAY) -> datetime:
    """The instant of a wall-clock time, `day` days after the first day."""
    return at_local_or_after(first + timedelta(days=day), time.fromisoformat(clock), ZoneInfo(zone))


def between(start: str, end: str, day: int = 0) -> Interval:
    """The interval from one wall-clock time to another on the same day."""
    return at(start, day), at(end, day)


def prices(**changed: Any) -> Objective:
    """The usual prices, some of them changed."""
    return Objective.model_validate({**PRICES, **changed})


def need(
    role: str,
    minutes: int = 60,
    *,
    kind: str | None = None,
    offset: int = 0,
    tags: Sequence[str] = (),
    among: Sequence[str] | None = None,
) -> Need:
    """A need; its kind is its role unless said otherwise."""
    named = None if among is None else tuple(among)
    return Need(
        role=role, kind=kind or role, tags=tuple(tags), among=named, offset=offset, minutes=minutes
    )


def a_resource(
    name: str,
    kind: str = "suite",
    *,
    available: Iterable[Interval] | None = None,
    tags: Sequence[str] = (),
    limit: int | Mapping[date, int] | None = None,
    open_cost: int = 0,
    change_cost: int = 0,
) -> Resource:
    """A resource, open on Monday from 08:00 to 17:00 unless said otherwise."""
    return Resource(
        id=name,
        kind=kind,
        tags=tuple(tags),
        available=tuple([between("08:00", "17:00")] if available is None else available),
        minutes_per_day=dict(limit) if isinstance(limit, Mapping) else limit,
        open_cost=open_cost,
        suite_change_cost=change_cost,
    )


def booked(
    start: datetime, assigned: Mapping[str, str], *, locked: bool = False, weight: int = 1
) -> Booking:
    """A booking at a start with a resource for each role."""
    return Booking(start=start, assigned=dict(assigned), locked=locked, move_weight=weight)


def a_case(
    name: str,
    *needs: Need,
    windows: Iterable[Interval] | None = None,
    priority: str = "routine",
    mandatory: bool = False,
    release: datetime | None = None,
    due: datetime | None = None,
    hold: Hold | None = None,
    booking: Booking | None = None,
) -> Case:
    """A case; without needs it needs one suite for an hour."""
    return Case.model_validate(
        {
            "id": name,
            "priority": priority,
            "mandatory": mandatory,
            "release": release or at("00:00"),
            "due": due,
            "windows": tuple([between("08:00", "17:00")] if windows is None else windows),
            "needs": needs or (need("suite"),),
            "hold": hold,
            "booking": booking,
        }
    )


def a_problem(
    cases: Iterable[Case],
    resources: Iterable[Resource],
    *,
    tick: int = 15,
    now: datetime | None = None,
    horizon: Interval | None = None,
    timezone: str = CHICAGO,
    objective: Objective | None = None,
) -> PlanningProblem:
    """A problem over Monday and Tuesday, frozen on Monday at 00:00, with ticks of 15 minutes."""
    start, end = horizon or (at("00:00"), at("00:00", day=2))
    return PlanningProblem(
        format="holdfast-planning",
        version=1,
        site="site",
        timezone=timezone,
        now=now or at("00:00"),
        tick_minutes=tick,
        horizon=Horizon(start=start, end=end),
        objective=objective or prices(),
        resources=tuple(resources),
        cases=tuple(cases),
    )
