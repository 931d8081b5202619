"""Bringing a store to the schema of this program; site, bookings and audit stay as they are."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from models.errors import InputError
from scheduler.bootstrap import Container, container_over
from scheduler.services.desk import Desk
from scheduler.settings import Settings
from scheduler.store import migrate
from scheduler.store.engine import Store
from scheduler.store.unit_of_work import SqlUnitOfWork


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The schema that a store had, and the one it has."""

    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether there was anything to do."""
        return self.before != self.after


def upgrade(settings: Settings, *, now: datetime | None = None) -> Upgrade:
    """Run the migrations that a store has not seen, and say so in its audit: all, or nothing.

    Raises:
        InputError: there is no store there, or it is of a newer program.
    """
    store = Store.at(settings.store)
    try:
        store.check_there()
        department = container_over(store, settings)
        moment = now or department.clock.now()
        return store.change_whole(lambda c: _brought_up(c, department, moment))
    finally:
        store.close()


def _brought_up(connection: Connection, department: Container, now: datetime) -> Upgrade:
    before = migrate.found(connection)
    if before is None:
        raise InputError("there is no store here", place="store", remedy="run holdfast init SITE")
    migrate.upgrade(connection)
    done = Upgrade(before, migrate.head())
    if done.changed:
        uow = SqlUnitOfWork(connection, lambda _point: None)
        desk = Desk(uow, department.departments, department.ids, now, department.actor)
        site = uow.sites.find()
        told = f"schema {done.before} to {done.after}"
        desk.audit("store.migrate", site.id if site else "store", detail=told)
    return done
