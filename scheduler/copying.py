"""Backup and restore of a whole department, with everything checked before it counts."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from models.errors import InputError
from scheduler.bootstrap import Container, container_over
from scheduler.services import integrity
from scheduler.services.desk import Desk
from scheduler.settings import Settings
from scheduler.store import copies
from scheduler.store.copies import CopyFacts
from scheduler.store.engine import Store
from scheduler.store.unit_of_work import SqlUnitOfWork


def back_up(department: Container, path: Path) -> CopyFacts:
    """Write a copy of the store to a new file; the store can be used meanwhile.

    Who took it is written into the audit first, and so is part of the copy.

    Raises:
        InputError: there is a file already, or it cannot be written.
    """
    store = department.store
    if not isinstance(store, Store):
        raise InputError("only a database can be copied", place="store")
    department.write(lambda desk: desk.audit("store.backup", desk.uow.sites.get().id))
    return copies.dump(store.engine, path, taken_at=department.clock.now())


def restore(settings: Settings, path: Path, *, now: datetime | None = None) -> CopyFacts:
    """Put a copy into an empty store, or leave that as it was.

    What was put back is counted; its audit must be unbroken and its claims those of what is held.

    Raises:
        ConflictError: the store is not empty.
        InputError: the copy is damaged, of a newer version, or does not fit together.
    """
    facts = copies.look_into(path)
    store = Store.at(settings.store)
    department = container_over(store, settings)
    moment = now or department.clock.now()
    made = _missing_file(store)
    try:
        store.change_whole(lambda c: _put_back(c, department, path, facts, moment))
    except BaseException:
        store.close()
        if made is not None:
            made.unlink(missing_ok=True)
        raise
    store.close()
    return facts


def _missing_file(store: Store) -> Path | None:
    """The file of a SQLite store that is not there yet."""
    url = store.engine.url
    if url.get_backend_name() != "sqlite":
        return None
    file = Path(url.database or "")
    return None if file.exists() else file


def _put_back(
    connection: Connection, department: Container, path: Path, facts: CopyFacts, now: datetime
) -> None:
    copies.load(connection, path, facts)
    desk = Desk(
        uow=SqlUnitOfWork(connection, lambda _point: None),
        departments=department.departments,
        ids=department.ids,
        now=now,
        actor=department.actor,
    )
    faults = integrity.faults(desk)
    if faults:
        raise InputError(
            f"the copy does not fit together: {faults[0]}",
            place=str(path),
            remedy="take another copy, or see the runbook",
        )
    site = desk.uow.sites.find()
    desk.audit("store.restore", site.id if site else "store", detail=f"copy {facts.digest}")
