"""What every service is given: the transaction, the department, the time and who asks."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from pydantic import BaseModel

from scheduler.ports import Ids, UnitOfWork
from scheduler.services.department import Department, Departments
from scheduler.services.scene import Scene


@dataclass(frozen=True)
class Desk:
    """One transaction of one actor at one moment."""

    uow: UnitOfWork
    departments: Departments
    ids: Ids
    now: datetime
    actor: str
    on_behalf_of: str | None = None
    """The person for whom the actor, a system, acts."""

    @cached_property
    def scene(self) -> Scene:
        """The department when the transaction first asked; it outlives the transaction."""
        return Scene(self.departments, self.uow.sites.get(), self.uow.closures.all(), self.now)

    @property
    def department(self) -> Department:
        """The site with its policies and catalogue."""
        return self.scene.department

    def local(self, instant: datetime) -> str:
        """An instant by the site's clock, as a person says it."""
        return self.scene.local(instant)

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
            on_behalf_of=self.on_behalf_of,
        )
