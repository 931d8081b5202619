"""All that differs between SQLite and PostgreSQL; every other module speaks portable SQL.

SQLite: a rollback journal and full synchronisation (the write-ahead log of versions before 3.51.3
can corrupt a database when it is reset), foreign keys on, and BEGIN IMMEDIATE for everything that
writes, so that a check and the write that relies on it see the same state. PostgreSQL: one
transaction-long advisory lock for writers gives the same order of writes; readers see a snapshot.
"""

from collections.abc import Callable
from enum import Enum
from sqlite3 import Connection as SQLiteConnection
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError

BUSY_SECONDS = 5
"""How long SQLite waits for another writer before it reports the store busy."""

WRITERS_LOCK = 0x484F4C44  # any constant of our own: "HOLD"
CONNECT_SECONDS = 5
"""How long a PostgreSQL server may take to answer a new connection."""
READS_ONLY = "holdfast_reads_only"

_SQLITE_APPEND_ONLY = """
CREATE TRIGGER audit_no_{verb} BEFORE {verb} ON audit
BEGIN SELECT RAISE(ABORT, 'audit rows are only ever added'); END
"""
_POSTGRES_APPEND_ONLY = (
    """
CREATE FUNCTION audit_only_added() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'audit rows are only ever added'; END $$
""",
    """
CREATE TRIGGER audit_only_added BEFORE UPDATE OR DELETE OR TRUNCATE ON audit
FOR EACH STATEMENT EXECUTE FUNCTION audit_only_added()
""",
)

# The cells come as one JSON list of [resource, cell, owner], sorted; those that are free are taken
# by one statement, and told.
_CLAIM = """
INSERT INTO claim_cell (resource_id, cell, owner_id) {rows}
ON CONFLICT DO NOTHING RETURNING resource_id, cell
"""
_SQLITE_CLAIM = text(
    _CLAIM.format(
        rows="SELECT value ->> 0, value ->> 1, value ->> 2 FROM json_each(:rows) WHERE true"
    )
)
_POSTGRES_CLAIM = text(
    _CLAIM.format(
        rows="SELECT value ->> 0, CAST(value ->> 1 AS bigint), value ->> 2"
        " FROM json_array_elements(CAST(:rows AS json))"
    )
)


def claim_cells(connection: Connection) -> TextClause:
    """The statement that takes the free ones among the cells of `rows` and returns them."""
    return _SQLITE_CLAIM if connection.dialect.name == "sqlite" else _POSTGRES_CLAIM


def connect_options(url: URL) -> dict[str, int]:
    """What a driver is told on connecting, beyond what the URL says itself."""
    left = "psycopg" not in url.drivername or "connect_timeout" in url.query
    return {} if left else {"connect_timeout": CONNECT_SECONDS}


def prepare(engine: Engine, *, busy_seconds: float = BUSY_SECONDS) -> None:
    """Attach what the engine's dialect needs on connecting and on beginning."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _sqlite_connect(busy_seconds))
        event.listen(engine, "begin", _sqlite_begin)
    else:
        event.listen(engine, "begin", _postgres_begin)


def _sqlite_connect(busy_seconds: float) -> Callable[[SQLiteConnection, Any], None]:
    def configure(connection: SQLiteConnection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in (
            f"busy_timeout={round(busy_seconds * 1000)}",
            "journal_mode=DELETE",
            "synchronous=FULL",
            "foreign_keys=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")

    return configure


def _reads_only(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get(READS_ONLY))


def _sqlite_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reads_only(connection) else "BEGIN IMMEDIATE")


def _postgres_begin(connection: Connection) -> None:
    if _reads_only(connection):
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({WRITERS_LOCK})")


class Trouble(Enum):
    """What can go wrong with a store that is in order."""

    BUSY = "busy"
    """Another transaction was first; this one was undone."""
    LOST = "lost"
    """The server or the disk does not answer. A commit so answered may have been kept."""
    FULL = "full"
    """There is no space for what was to be kept; it was undone."""


# PostgreSQL: Appendix A of its manual. SQLite: names of result codes, by how they begin.
_POSTGRES_TROUBLES = (
    (Trouble.BUSY, ("40001", "40P01", "55P03")),
    (Trouble.LOST, ("08", "57P01", "57P02", "57P03", "58030")),
    (Trouble.FULL, ("53100",)),
)
_SQLITE_TROUBLES = (
    (Trouble.BUSY, ("SQLITE_BUSY", "SQLITE_LOCKED")),
    (Trouble.LOST, ("SQLITE_IOERR", "SQLITE_CANTOPEN")),
    (Trouble.FULL, ("SQLITE_FULL",)),
)


def trouble_of(error: DBAPIError) -> Trouble | None:
    """What an error tells of the store; None for a fault of the statement."""
    if error.connection_invalidated:
        return Trouble.LOST
    name = getattr(error.orig, "sqlite_errorname", None)
    state = getattr(error.orig, "sqlstate", None)
    if name is None and state is None:  # a dropped line has no state
        return Trouble.LOST if isinstance(error, OperationalError) else None
    known = _POSTGRES_TROUBLES if name is None else _SQLITE_TROUBLES
    said = str(name or state)
    return next((trouble for trouble, starts in known if said.startswith(starts)), None)


def forbid_audit_changes(connection: Connection) -> None:
    """Let the database itself refuse to change or delete audit rows."""
    if connection.dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            connection.exec_driver_sql(_SQLITE_APPEND_ONLY.format(verb=verb))
    else:
        for statement in _POSTGRES_APPEND_ONLY:
            connection.exec_driver_sql(statement)
