"""The site's resources as rules, and what they come to in a planning problem.

Capacity n is n resources: `count` spreads one entry, and arrival slots become one resource per time
of day and place.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from models.base import Frozen, Id
from models.calendars import (
    Calendar,
    Clock,
    DatedSpan,
    LocalDates,
    RecurringBlock,
    open_windows,
)
from models.problem import Resource
from models.timegrid import at_local_or_after, local_day
from models.windows import Window, WindowSet


class SiteResource(Frozen):
    """A suite, scanner, person, bay or piece of equipment."""

    id: Id
    kind: Id
    label: str = ""
    """What people call it; the id when left out."""
    tags: tuple[Id, ...] = ()
    calendar: Id
    """The name of one of the site's calendars."""
    blocks: tuple[RecurringBlock, ...] = ()
    openings: tuple[DatedSpan, ...] = ()
    closures: tuple[DatedSpan, ...] = ()
    absences: tuple[DatedSpan, ...] = ()
    recurring_closures: tuple[RecurringBlock, ...] = ()
    minutes_per_day: NonNegativeInt | dict[date, NonNegativeInt] | None = None
    open_cost: NonNegativeInt = 0
    suite_change_cost: NonNegativeInt = 0
    overflow: bool = False
    """Kept for deliberate overbooking: no proposal and no plan uses it, only a person may."""
    count: PositiveInt = 1
    """How many alike; above 1 the ids become `id-1`, `id-2`, ..."""

    @property
    def name(self) -> str:
        """What people call it."""
        return self.label or self.id

    def units(self) -> tuple["SiteResource", ...]:
        """One resource for each of `count`."""
        if self.count == 1:
            return (self,)
        return tuple(
            self.model_copy(
                update={
                    "id": f"{self.id}-{n}",
                    "label": f"{self.label} {n}" if self.label else "",
                    "count": 1,
                }
            )
            for n in range(1, self.count + 1)
        )

    @property
    def follows_calendar(self) -> bool:
        """Whether nothing sets it apart from its calendar."""
        return not (
            self.blocks
            or self.openings
            or self.closures
            or self.absences
            or self.recurring_closures
        )

    def own_calendar(self, shared: Calendar) -> Calendar:
        """The shared calendar with what is special to this resource."""
        return shared.model_copy(
            update={
                "blocks": shared.blocks + self.blocks,
                "openings": shared.openings + self.openings,
                "closures": shared.closures + self.closures + self.absences,
                "recurring_closures": shared.recurring_closures + self.recurring_closures,
            }
        )


class ArrivalSlots(Frozen):
    """Outpatient arrivals: so many patients at each of a day's times."""

    id: Id = "arrival"
    kind: Id = "outpatient-slot"
    tags: tuple[Id, ...] = ()
    calendar: Id
    first: Clock
    last: Clock
    """The last time offered, itself included."""
    every_minutes: PositiveInt = 30
    minutes: PositiveInt | None = Field(default=None)
    """How long a slot lasts; until the next time when left out."""
    per_time: PositiveInt = 1

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.last < self.first:
            msg = f"the last time {self.last:%H:%M} lies before the first, {self.first:%H:%M}"
            raise ValueError(msg)
        return self

    @property
    def length(self) -> timedelta:
        """How long a slot lasts."""
        return timedelta(minutes=self.minutes or self.every_minutes)

    def starts(self, day: date, dates: LocalDates) -> tuple[datetime, ...]:
        """The slots' starts on one day by the wall clock, whether the calendar is open or not."""
        first, last = (60 * t.hour + t.minute for t in (self.first, self.last))
        clocks = (time(*divmod(m, 60)) for m in range(first, last + 1, self.every_minutes))
        return tuple(sorted({at_local_or_after(day, clock, dates.tz) for clock in clocks}))


def free_windows(
    resource: SiteResource, shared: Calendar, span: Window, dates: LocalDates
) -> WindowSet:
    """When a resource is there, by its site's rules."""
    return open_windows(resource.own_calendar(shared), span, dates)


def to_planning_resource(resource: SiteResource, free: WindowSet, dates: LocalDates) -> Resource:
    """A resource of the planning file, free in the given windows; local offsets for readers."""
    return Resource(
        id=resource.id,
        kind=resource.kind,
        tags=resource.tags,
        available=tuple((w.start.astimezone(dates.tz), w.end.astimezone(dates.tz)) for w in free),
        minutes_per_day=resource.minutes_per_day,
        open_cost=resource.open_cost,
        suite_change_cost=resource.suite_change_cost,
    )


def arrival_resources(
    slots: ArrivalSlots, open_at: WindowSet, span: Window, dates: LocalDates
) -> Iterator[Resource]:
    """One resource per arrival slot that lies wholly within the opening hours and the span."""
    windows = list(open_at.clip(span.start, span.end))
    day = local_day(span.start, dates.tz)
    while day <= local_day(span.end, dates.tz):
        for start in slots.starts(day, dates):
            end = start + slots.length
            if any(w.start <= start and end <= w.end for w in windows):
                yield from _places(slots, start.astimezone(dates.tz), end.astimezone(dates.tz))
        day += timedelta(days=1)


def _places(slots: ArrivalSlots, start: datetime, end: datetime) -> Iterator[Resource]:
    for place in range(1, slots.per_time + 1):
        yield Resource(
            id=f"{slots.id}-{start:%Y-%m-%d-%H%M}-{place}",
            kind=slots.kind,
            tags=slots.tags,
            available=((start, end),),
        )
