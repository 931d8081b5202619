"""Small sites, problems and dates that several tests of the domain share."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from models.calendars import HolidayRule, LocalDates
from models.clinical.readiness import HoldPlan, Readiness, RuleRef, Status
from models.patients import Referral
from models.problem import PlanningProblem
from models.site import Site
from models.timegrid import zone

CHICAGO = zone("America/Chicago")
MONDAY = date(2026, 11, 23)
REF = RuleRef(rule="r1", policy="p", version="1", source="s", evidence="K")


def utc(text: str) -> datetime:
    """`11-23 08:00` as an instant of 2026 in UTC."""
    return datetime.strptime(f"2026-{text}", "%Y-%m-%d %H:%M").replace(tzinfo=UTC)


def local(text: str) -> datetime:
    """`11-23 08:00` as an instant of 2026 by the clock in Chicago, in UTC."""
    return utc(text).replace(tzinfo=CHICAGO).astimezone(UTC)


@dataclass(frozen=True)
class FakeRules:
    """Holidays as given; the rule `every n` recurs every n days."""

    days_off: frozenset[date] = field(default_factory=frozenset)

    def holidays(self, rule: HolidayRule, first: date, last: date) -> frozenset[date]:
        assert rule.country
        return frozenset(day for day in self.days_off if first <= day <= last)

    def recurrences(self, rrule: str, start: date, first: date, last: date) -> tuple[date, ...]:
        step = int(rrule.removeprefix("every "))
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        return tuple(d for d in days if d >= start and (d - start).days % step == 0)


def dates(*days_off: date) -> LocalDates:
    """How calendars are read in Chicago with these days off."""
    return LocalDates(CHICAGO, frozenset(days_off), FakeRules(frozenset(days_off)))


def site(**changes: Any) -> Site:
    """A site with one of everything, open on weekdays from 8 to 12."""
    whole = {
        "id": "clinic",
        "timezone": "America/Chicago",
        "policies": ["clinic-page"],
        "calendars": {
            "day": {"weekly": {"mon-fri": ["08:00-12:00"]}},
            "long": {"weekly": {"mon-fri": ["06:00-18:00"]}},
        },
        "resources": [
            {"id": "suite-1", "kind": "suite", "tags": ["fluoroscopy"], "calendar": "day"},
            {"id": "dr-1", "kind": "proceduralist", "tags": ["spine"], "calendar": "day"},
            {"id": "rn-1", "kind": "sedation", "tags": ["moderate"], "calendar": "long"},
            {"id": "bay", "kind": "bay", "calendar": "long", "count": 2},
        ],
    }
    return Site.model_validate(whole | changes)


def referral(**changes: Any) -> Referral:
    """A vertebroplasty of one level, authored on Monday at 6."""
    whole = {
        "id": "A",
        "patient": "pat",
        "code": "22511",
        "system": "http://www.ama-assn.org/go/cpt",
        "levels": ("L3",),
        "authored": local("11-23 06:00"),
    }
    return Referral.model_validate(whole | changes)


def readiness(**changes: Any) -> Readiness:
    """Ready from Monday noon, assessed on Monday at 8, for 28 days."""
    whole = {
        "referral": "A",
        "patient": "pat",
        "procedure": "vertebroplasty-lumbosacral",
        "assessed_at": local("11-23 08:00"),
        "status": Status.READY,
        "windows": ((local("11-23 12:00"), local("11-23 08:00") + timedelta(days=28)),),
    }
    return Readiness.model_validate(whole | changes)


def hold(**changes: Any) -> HoldPlan:
    """A hold of one drug."""
    whole = {
        "drug": "apixaban",
        "ref": REF,
        "stage": "planned",
        "last_dose": None,
        "ready_at": None,
        "sentence": "off apixaban",
    }
    return HoldPlan.model_validate(whole | changes)


PRICES = {
    "unscheduled": {"emergent": 60000, "urgent": 20000, "soon": 8000, "routine": 4000},
    "wait_per_day": {"emergent": 1200, "urgent": 300, "soon": 80, "routine": 25},
    "late_per_day": {"emergent": 6000, "urgent": 1500, "soon": 400, "routine": 125},
    "off_drug_per_day": 60,
    "move": 150,
    "move_per_day": 40,
    "unbook": 3000,
}


def problem_data(**changes: Any) -> dict[str, Any]:
    """A planning file of one suite, one doctor and one case, as plain data in UTC."""
    whole: dict[str, Any] = {
        "format": "holdfast-planning",
        "version": 1,
        "site": "clinic",
        "timezone": "UTC",
        "now": "2026-11-23T06:00:00+00:00",
        "tick_minutes": 5,
        "horizon": {"start": "2026-11-23T00:00:00+00:00", "end": "2026-11-26T00:00:00+00:00"},
        "objective": PRICES,
        "resources": [
            {
                "id": "suite-1",
                "kind": "suite",
                "tags": ["biplane"],
                "available": [["2026-11-23T08:00:00+00:00", "2026-11-23T12:00:00+00:00"]],
            },
            {
                "id": "dr-1",
                "kind": "proceduralist",
                "available": [["2026-11-23T08:00:00+00:00", "2026-11-23T12:00:00+00:00"]],
            },
        ],
        "cases": [case_data("A")],
    }
    return whole | changes


def case_data(name: str, **changes: Any) -> dict[str, Any]:
    """A case that needs the suite and the doctor for an hour on the 23rd."""
    whole = {
        "id": name,
        "priority": "routine",
        "release": "2026-11-23T06:00:00+00:00",
        "windows": [["2026-11-23T08:00:00+00:00", "2026-11-23T12:00:00+00:00"]],
        "needs": [
            {"role": "suite", "kind": "suite", "from": 0, "minutes": 60},
            {"role": "doctor", "kind": "proceduralist", "from": 0, "minutes": 60},
        ],
    }
    return whole | changes


def booking_data(start: str, **changes: Any) -> dict[str, Any]:
    """A booking on the suite and the doctor."""
    return {"start": start, "assigned": {"suite": "suite-1", "doctor": "dr-1"}} | changes


def problem(**changes: Any) -> PlanningProblem:
    """The problem of `problem_data`."""
    return PlanningProblem.model_validate(problem_data(**changes))
