"""The site as callers read and change it: its document, resources, calendars and closures."""
# ruff: noqa: A005  # imported as `api.schemas.site`; the standard module is never used here

from datetime import datetime, time
from typing import Any, Self

from pydantic import Field, field_validator

from api.schemas.board import ClosureOut, SpanOut
from models.base import Frozen, Id, Instant
from models.calendars import Calendar
from models.procedures import ProcedureType
from models.resources import SiteResource
from models.site import Site
from scheduler.records import SiteRecord
from scheduler.services.disruptions import Disruption
from scheduler.services.scene import Scene

FIRST_YEAR, LAST_YEAR = 2000, 2200


def example_site() -> dict[str, Any]:
    """A small site document, for the OpenAPI document."""
    return {
        "id": "demo",
        "timezone": "America/Chicago",
        "policies": ["SIR2019-high"],
        "calendars": {"weekdays": {"weekly": {"mon": [{"start": "08:00:00", "end": "17:00:00"}]}}},
        "resources": [
            {"id": "suite", "kind": "suite", "tags": ["fluoroscopy"], "calendar": "weekdays"}
        ],
    }


class SiteOut(Frozen):
    """The site with its whole document, as it was accepted."""

    id: str = Field(examples=["demo"])
    version: int = Field(description="Rises with every change; the `ETag` holds it too.")
    document: Site = Field(examples=[example_site()])

    @classmethod
    def of(cls, record: SiteRecord) -> Self:
        """A site as it is kept."""
        document = Site.model_validate_json(record.document)
        return cls(id=record.id, version=record.version, document=document)


class ResourceOut(Frozen):
    """A suite, scanner, person, bay or piece of equipment."""

    id: str = Field(examples=["suite-1"])
    kind: str = Field(examples=["suite"])
    label: str = Field(description="What people call it.", examples=["Suite 1"])
    tags: tuple[str, ...] = Field(examples=[["fluoroscopy", "biplane"]])
    calendar: str = Field(description="The calendar it follows.", examples=["weekdays"])

    @classmethod
    def of(cls, resource: SiteResource) -> Self:
        """A resource of the site's document."""
        known = resource.model_dump(include={"id", "kind", "tags", "calendar"})
        return cls(label=resource.name, **known)


class OpenResourceOut(ResourceOut):
    """A resource, with the times at which it is there."""

    open: tuple[SpanOut, ...] = Field(description="Over the site's horizon, without closures.")
    closures: tuple[ClosureOut, ...]

    @classmethod
    def at(cls, scene: Scene, resource: SiteResource) -> Self:
        """A resource of a site, from today on."""
        found = scene.resources[resource.id]
        horizon = scene.department.site.horizon(scene.now)
        return cls(
            **dict(ResourceOut.of(resource)),
            open=tuple(SpanOut(start=a, end=b) for a, b in found.available if b > horizon.start),
            closures=tuple(ClosureOut.of(c) for c in scene.closures if c.resource == resource.id),
        )


class CalendarOut(Frozen):
    """Opening hours that resources share."""

    id: str = Field(examples=["weekdays"])
    hours: Calendar
    followed_by: tuple[str, ...] = Field(description="Resources and arrival slots.")

    @classmethod
    def all_of(cls, site: Site) -> tuple[Self, ...]:
        """The calendars of a site, by name."""
        users = [(r.calendar, r.id) for r in site.resources]
        users += [(slots.calendar, slots.id) for slots in site.arrivals]
        return tuple(
            cls(
                id=name,
                hours=calendar,
                followed_by=tuple(sorted(user for followed, user in users if followed == name)),
            )
            for name, calendar in sorted(site.calendars.items())
        )


class ProcedureOut(Frozen):
    """A procedure that the site offers, with its figures."""

    key: str = Field(examples=["vertebroplasty"])
    label: str = Field(examples=["Vertebroplasty"])
    codes: tuple[str, ...] = Field(description="CPT codes.", examples=[["22510", "22511"]])
    bleeding_risk: str = Field(examples=["high"])
    sedation: str = Field(examples=["moderate"])
    preparation_minutes: int
    turnover_minutes: int
    recovery_minutes: int

    @classmethod
    def of(cls, kind: ProcedureType) -> Self:
        """A procedure as the site offers it."""
        members = {
            "key",
            "label",
            "bleeding_risk",
            "sedation",
            "preparation_minutes",
            "turnover_minutes",
            "recovery_minutes",
        }
        return cls(codes=kind.cpt, **kind.model_dump(include=members))


class DepartmentOut(Frozen):
    """What must be known of the department to work with it."""

    site: str = Field(examples=["demo"])
    version: int
    timezone: str = Field(examples=["America/Chicago"])
    now: datetime
    horizon: SpanOut = Field(description="The days that are planned.")
    tick_minutes: int = Field(examples=[5])
    notice_hours: float = Field(description="What patients are told ahead.", examples=[24])
    freeze_hours: float = Field(description="From when on the night leaves a booking alone.")
    reservation_minutes: int = Field(examples=[15])
    night_at: time = Field(description="Local time of the nightly run.")
    policies: tuple[str, ...] = Field(examples=[["SIR2019-high"]])
    clinical_rules: str = Field(description="Version of the rules beside the policies.")
    catalogue: str = Field(description="Version of the procedure catalogue.")
    procedures: tuple[ProcedureOut, ...]

    @classmethod
    def of(cls, scene: Scene) -> Self:
        """The department at a moment."""
        department = scene.department
        site = department.site
        horizon = site.horizon(scene.now)
        return cls(
            site=site.id,
            version=department.version,
            now=scene.now.astimezone(site.tz),
            horizon=SpanOut(
                start=horizon.start.astimezone(site.tz), end=horizon.end.astimezone(site.tz)
            ),
            freeze_hours=site.freeze.hours,
            clinical_rules=department.book.rules.version,
            catalogue=department.catalogue.version,
            procedures=tuple(map(ProcedureOut.of, department.catalogue.procedures)),
            **site.model_dump(
                include={
                    "timezone",
                    "tick_minutes",
                    "notice_hours",
                    "reservation_minutes",
                    "night_at",
                    "policies",
                }
            ),
        )


class ClosureIn(Frozen):
    """A resource to take out of use."""

    resource: Id = Field(
        description="A resource, or arrival slots by their id.", examples=["suite-1"]
    )
    start: Instant = Field(examples=["2026-11-24T12:00:00-06:00"])
    end: Instant = Field(examples=["2026-11-24T17:00:00-06:00"])
    reason: str = Field(min_length=1, max_length=500, examples=["tube change"])

    @field_validator("start", "end")
    @classmethod
    def _imaginable(cls, given: datetime) -> datetime:
        """Calendars end somewhere, and a slip of the pen lies beyond these years."""
        if not FIRST_YEAR <= given.year <= LAST_YEAR:
            msg = f"a year from {FIRST_YEAR} to {LAST_YEAR} is needed"
            raise ValueError(msg)
        return given


class TroubledOut(Frozen):
    """A booking that can no longer stand as it is."""

    case: str = Field(examples=["referral-7"])
    start: datetime
    trouble: tuple[str, ...] = Field(examples=[["suite-1 is not available Tue 24 Nov 12:00-13:15"]])


class DisruptionOut(Frozen):
    """What a closure, or its end, has touched."""

    what: str = Field(examples=["suite-1 is closed: tube change"])
    closure: ClosureOut
    troubled: tuple[TroubledOut, ...]
    released: tuple[str, ...] = Field(description="Cases whose reservation was let go.")

    @classmethod
    def of(cls, found: Disruption) -> Self:
        """What a closure has touched."""
        assert found.closure is not None  # noqa: S101 - closures and their ends have one
        return cls(
            what=found.what,
            closure=ClosureOut.of(found.closure),
            troubled=tuple(
                TroubledOut(case=b.case, start=b.held.start, trouble=b.trouble)
                for b in found.troubled
            ),
            released=found.released,
        )
