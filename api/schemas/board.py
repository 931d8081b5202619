"""The board as callers read it: resources by time, with all that holds them."""

from datetime import date, datetime
from typing import Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from models.base import Frozen
from models.problem import Resource
from models.windows import Window
from scheduler.records import BookingRecord, Closure
from scheduler.services.occupancy import Occupied, Use, resources_in

GONE = "gone"
"""Kind of a resource that bookings still hold and the site no longer has."""


class SpanOut(Frozen):
    """A time from start to end; the end itself is not in it."""

    start: datetime = Field(examples=["2026-11-24T08:00:00-06:00"])
    end: datetime = Field(examples=["2026-11-24T17:00:00-06:00"])


class UseOut(Frozen):
    """What holds a resource for a time."""

    case: str = Field(examples=["referral-7"])
    kind: Literal["booking", "reservation"]
    role: str = Field(description="What the resource is needed as.", examples=["suite"])
    start: datetime = Field(examples=["2026-11-24T09:00:00-06:00"])
    end: datetime = Field(examples=["2026-11-24T10:15:00-06:00"])
    state: str = Field(
        description="Of a booking `provisional` or `confirmed`; of a reservation `live`.",
        examples=["confirmed"],
    )
    locked: bool = Field(default=False, description="Whether the booking stays where it is.")
    troubled: bool = Field(default=False, description="Whether it can no longer stand as it is.")
    version: int | None = Field(default=None, description="Of the booking, as in its `ETag`.")

    @classmethod
    def of(cls, use: Use, tz: ZoneInfo) -> Self:
        """One use by the site's clock."""
        begin, end = use.begin.astimezone(tz), use.end.astimezone(tz)
        known: dict[str, Any] = {"case": use.by.case, "role": use.role, "start": begin, "end": end}
        if isinstance(use.by, BookingRecord):
            return cls(
                kind="booking",
                state=use.by.state,
                locked=use.by.locked,
                troubled=bool(use.by.trouble),
                version=use.by.version,
                **known,
            )
        return cls(kind="reservation", state=use.by.state, **known)


class ClosureOut(Frozen):
    """A resource out of use for a while."""

    id: str = Field(examples=["closure-4f1c2a90b7d3e855"])
    resource: str = Field(examples=["suite-1"])
    start: datetime = Field(examples=["2026-11-24T12:00:00-06:00"])
    end: datetime = Field(examples=["2026-11-24T17:00:00-06:00"])
    reason: str = Field(examples=["tube change"])
    created_at: datetime
    created_by: str = Field(examples=["ann"])
    version: str = Field(description="As in its `ETag`.", examples=["5f2b8c1e0a9d4c37"])

    @classmethod
    def of(cls, closure: Closure) -> Self:
        """A closure as it is kept."""
        return cls(version=closure.version, **dict(closure))


class BoardRowOut(Frozen):
    """One resource with its time."""

    resource: str = Field(examples=["suite-1"])
    kind: str = Field(examples=["suite"])
    tags: tuple[str, ...] = Field(examples=[["fluoroscopy"]])
    open: tuple[SpanOut, ...] = Field(description="When it is there, closures taken away.")
    uses: tuple[UseOut, ...]


class BoardOut(Frozen):
    """What is held between two local days."""

    site: str = Field(examples=["demo"])
    timezone: str = Field(examples=["America/Chicago"])
    first: date = Field(description="The first local day.", examples=["2026-11-24"])
    last: date = Field(description="The last local day, itself included.", examples=["2026-11-24"])
    start: datetime
    end: datetime
    resources: tuple[BoardRowOut, ...]
    closures: tuple[ClosureOut, ...]
    version: str = Field(description="The same for the same content; the `ETag` holds it too.")


def board_rows(found: Occupied, *, kinds: frozenset[str]) -> tuple[BoardRowOut, ...]:
    """The rows of the kinds asked for; slots that come in hundreds only where they are used."""
    uses: dict[str, list[Use]] = {}
    for use in found.uses:
        uses.setdefault(use.resource, []).append(use)
    resources = resources_in(found.scene, found.span)
    lasting = found.scene.department.site.resource_by_id
    gone = {name: Resource(id=name, kind=GONE, available=()) for name in uses}
    return tuple(
        _row(resource, found.span, uses.get(name, []), found.scene.department.site.tz)
        for name, resource in sorted((gone | dict(resources)).items())
        if (not kinds or resource.kind in kinds) and (name in lasting or name in uses)
    )


def _row(resource: Resource, span: Window, uses: list[Use], tz: ZoneInfo) -> BoardRowOut:
    return BoardRowOut(
        resource=resource.id,
        kind=resource.kind,
        tags=tuple(sorted(resource.tags)),
        open=tuple(
            SpanOut(start=max(a, span.start).astimezone(tz), end=min(b, span.end).astimezone(tz))
            for a, b in resource.available
            if a < span.end and span.start < b
        ),
        uses=tuple(UseOut.of(use, tz) for use in uses),
    )
