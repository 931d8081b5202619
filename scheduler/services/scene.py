"""The department at one moment, without any transaction: what pure questions are asked of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.problem import Resource
from models.timegrid import local_day
from scheduler.records import Closure, SiteRecord
from scheduler.services.department import Department, Departments


@dataclass(frozen=True)
class Scene:
    """A site with its closures at a moment."""

    departments: Departments
    site_record: SiteRecord
    closures: tuple[Closure, ...]
    now: datetime

    @cached_property
    def department(self) -> Department:
        """The site with its policies and catalogue."""
        return self.departments.of(self.site_record)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Resources by id, open around the horizon, closures taken away."""
        span = self.department.span(self.now)
        return self.departments.resources(self.site_record, span, self.closures)

    @cached_property
    def planned(self) -> Mapping[str, Resource]:
        """Those that proposals and plans may use: all but what is for deliberate overbooking."""
        overflow = self.department.site.overflow
        return {name: found for name, found in self.resources.items() if name not in overflow}

    def local(self, instant: datetime) -> str:
        """An instant by the site's clock, as a person says it."""
        tz = self.department.site.tz
        shown = instant.astimezone(tz)
        day = "" if local_day(instant, tz) == local_day(self.now, tz) else f"{shown:%a %d %b} "
        return f"{day}{shown:%H:%M}"

    def local_span(self, begin: datetime, end: datetime) -> str:
        """A span by the site's clock; the day is said once where it is one."""
        tz = self.department.site.tz
        same = local_day(begin, tz) == local_day(end, tz)
        until = f"{end.astimezone(tz):%H:%M}" if same else self.local(end)
        return f"{self.local(begin)}-{until}"
