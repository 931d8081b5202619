"""A store on each engine, with the same ids and a clock that is set by hand."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import BaseModel
from sqlalchemy import Connection, text

from benchmarks.faults import inspection, servers, world
from benchmarks.peers.first_fit import first_fit_plan
from models.checks.scorecard import score
from models.problem import PlanningProblem
from scheduler.bootstrap import Container
from scheduler.services.night import Answer
from scheduler.store.claims import SqlClaims
from scheduler.store.engine import Store
from scheduler.store.tables import Base
from scheduler.store.unit_of_work import SqlUnitOfWork

CELL_SECONDS = 300


class HandClock:
    """A clock that is set."""

    def __init__(self) -> None:
        self.instant = world.NOW

    def now(self) -> datetime:
        """The instant it shows."""
        return self.instant.astimezone(UTC)


class CountedIds:
    """Names in order, the same on both engines."""

    def __init__(self) -> None:
        self._count: Counter[str] = Counter()

    def new(self, kind: str) -> str:
        """The next name of a kind."""
        self._count[kind] += 1
        return f"{kind}-{self._count[kind]:05}"

    def token(self) -> str:
        """The next token."""
        return self.new("token")


def first_fit(problem: PlanningProblem, seconds: int, seed: int) -> Answer:  # noqa: ARG001 - as asked
    """A search that always finds the same: the first plan that fits."""
    plan = first_fit_plan(problem)
    return Answer(plan, score(problem, plan).cost, None)


@dataclass
class Twin:
    """A store of the department on one engine."""

    engine: str
    store: Store
    base: Container
    clock: HandClock
    site: Container

    def begin(self) -> None:
        """Go back to the beginning: only the department and its cases."""
        with self.store.engine.begin() as connection:
            _restore(connection)
        self.clock.instant = world.NOW
        self.site = replace(self.base, ids=CountedIds())

    def faults(self) -> list[str]:
        """Cells that nothing holds, things without their cells, and cells held twice."""
        with self.store.engine.connect() as connection:
            rows = connection.execute(
                text(
                    "SELECT id, case_id, held FROM booking WHERE state <> 'cancelled' UNION ALL "
                    "SELECT id, case_id, held FROM reservation WHERE state = 'live'"
                )
            )
            held = [inspection.booked(name, case, json.loads(what)) for name, case, what in rows]
            cells = connection.execute(text("SELECT resource_id, cell, owner_id FROM claim_cell"))
            owned = {tuple(row) for row in cells}
            connection.rollback()
        wanted = {
            (resource, cell, one.id)
            for one in held
            for resource, begin, end in one.spans
            for cell in _cells(begin, end)
        }
        found = [f"{cell} is nobody's" for cell in sorted(owned - wanted)]
        found += [f"{cell} is not claimed" for cell in sorted(wanted - owned)]
        return found[:3] + inspection.doubles(held)[:3]


def _cells(begin: datetime, end: datetime) -> range:
    return range(int(begin.timestamp()) // CELL_SECONDS, -(-int(end.timestamp()) // CELL_SECONDS))


@contextmanager
def opened(engine: str, cases: int, *, sown: bool = False) -> Iterator[Twin]:
    """A twin on an engine; with a fault in it if one is to be sown."""
    with servers.database(engine) as target:
        store = (Forgetful if sown else Store).at(target)
        store.migrate()
        clock = HandClock()
        site = replace(world.services(store, clock=clock), search=first_fit)
        world.fill(site, cases)
        with store.engine.begin() as connection:
            _keep(connection)
        yield Twin(engine, store, site, clock, site)
        store.close()


class Forgetful(Store):
    """Lets go of a booking, and forgets one of its cells."""

    def write(self, work: Any) -> Any:
        """Do work; what is released is not released whole."""

        def forgetful(uow: SqlUnitOfWork) -> Any:
            uow.claims = _Sticky(uow.claims)
            return work(uow)

        return super().write(forgetful)


class _Sticky(SqlClaims):
    def __init__(self, real: SqlClaims) -> None:
        super().__init__(real._connection)  # noqa: SLF001 - a broken copy of it

    def release(self, owners: Iterable[str]) -> None:
        names = sorted(owners)
        kept = self.owned()
        super().release(names)
        for name in names:
            for resource, cell in sorted(kept.get(name, ()))[-1:]:
                self._connection.execute(
                    text("INSERT INTO claim_cell VALUES (:r, :c, :o)"),
                    {"r": resource, "c": cell, "o": name},
                )


def _tables() -> list[str]:
    return [table.name for table in Base.metadata.sorted_tables]


def _keep(connection: Connection) -> None:
    """Put a copy of every table aside."""
    for name in _tables():
        copy = f'CREATE TABLE "kept_{name}" AS SELECT * FROM "{name}"'  # noqa: S608 - our own tables
        connection.execute(text(copy))


def _restore(connection: Connection) -> None:
    """Make every table what its copy is; the audit may be cut short here and nowhere else."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        triggers = connection.execute(
            text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        ).all()
        for name, _ in triggers:
            connection.execute(text(f'DROP TRIGGER "{name}"'))
    else:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
    for name in reversed(_tables()):
        connection.execute(text(f'DELETE FROM "{name}"'))  # noqa: S608 - names of our own tables
    for name in _tables():
        connection.execute(
            text(f'INSERT INTO "{name}" SELECT * FROM "kept_{name}"')  # noqa: S608 - the same
        )
    if sqlite:
        for _, sql in triggers:
            connection.exec_driver_sql(sql)


def seats(unit: int, start: datetime) -> dict[str, str]:
    """The unit-th of everything, and the arrival of a start."""
    arrival = (start - timedelta(hours=1)).astimezone(world.ZONE)
    return {
        "suite": f"suite-{unit}",
        "proceduralist": f"dr-{unit}",
        "sedation": f"rn-{unit}",
        "preparation": f"bay-{2 * unit - 1}",
        "recovery": f"bay-{2 * unit}",
        "arrival": f"arrival-{arrival:%Y-%m-%d-%H%M}-{unit}",
    }


def plain(value: object) -> object:
    """Anything a service returns as values that can be compared."""
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, dict):
        return {str(key): plain(what) for key, what in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    if isinstance(value, (set, frozenset)):
        return sorted(map(repr, value))
    return value if isinstance(value, (str, int, float, type(None))) else repr(value)
