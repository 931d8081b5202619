"""The department at one moment, without any transaction: what pure questions are asked of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from models.department import Moment
from models.freezing import Closures
from models.problem import Resource
from scheduler.records import Closure, SiteRecord
from scheduler.services.department import Department, Departments, closed_times


@dataclass(frozen=True)
class Scene(Moment):
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
    def closed(self) -> Closures:
        """What is out of use besides the site file's own closures."""
        return closed_times(self.closures)

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Resources by id, open around the horizon, closures taken away."""
        span = self.department.span(self.now)
        return self.departments.resources(self.site_record, span, self.closures)
