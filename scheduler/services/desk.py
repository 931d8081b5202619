"""What every service is given: the transaction, the department, the time and who asks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from pydantic import BaseModel

from models.problem import Resource
from models.timegrid import local_day
from scheduler.ports import Ids, UnitOfWork
from scheduler.records import Closure, SiteRecord
from scheduler.services.department import Department, Departments


@dataclass(frozen=True)
class Desk:
    """One transaction of one actor at one moment."""

    uow: UnitOfWork
    departments: Departments
    ids: Ids
    now: datetime
    actor: str

    @cached_property
    def site_record(self) -> SiteRecord:
        """The stored site."""
        return self.uow.sites.get()

    @cached_property
    def department(self) -> Department:
        """The site with its policies and catalogue."""
        return self.departments.of(self.site_record)

    @cached_property
    def closures(self) -> tuple[Closure, ...]:
        """What was out of use when the transaction first asked."""
        return self.uow.closures.all()

    @cached_property
    def resources(self) -> Mapping[str, Resource]:
        """Resources by id, open around the horizon, closures taken away."""
        span = self.department.span(self.now)
        return self.departments.resources(self.site_record, span, self.closures)

    def fresh(self) -> "Desk":
        """The same desk after a change of site or closures: what it had read is read again."""
        return replace(self)

    def audit(
        self,
        action: str,
        subject: str,
        *,
        before: BaseModel | None = None,
        after: BaseModel | None = None,
        detail: str = "",
    ) -> None:
        """Record a change of this transaction."""
        self.uow.audit.add(
            at=self.now,
            actor=self.actor,
            action=action,
            subject=subject,
            before=before,
            after=after,
            detail=detail,
        )

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
