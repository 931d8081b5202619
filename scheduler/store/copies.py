"""Copies of a whole store in one file, readable into an empty store of either engine.

A copy is gzipped lines of JSON: a header, the rows of each table in the order in which they can be
put back, and an end line with the counts and a digest of all before it. It is taken from one
consistent state: of SQLite by its online backup, of PostgreSQL in one repeatable-read transaction.
"""

import gzip
import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select, text
from sqlalchemy.engine import URL

from models.errors import ConflictError, InputError
from scheduler.store import migrate
from scheduler.store.dialects import READS_ONLY
from scheduler.store.engine import open_engine

FORMAT = "holdfast-copy"
VERSION = 1
VERSIONS_TABLE = "alembic_version"
AT_ONCE = 1000
_GO_ON = """
SELECT setval(pg_get_serial_sequence('{table}', '{column}'), max("{column}")) FROM "{table}"
"""


@dataclass(frozen=True, slots=True)
class CopyFacts:
    """What a copy says of itself."""

    schema: str
    taken_at: str
    rows: dict[str, int]
    """How many of each table."""
    digest: str

    @property
    def total(self) -> int:
        """How many rows of all tables."""
        return sum(self.rows.values())


def dump(engine: Engine, path: Path, *, taken_at: datetime) -> CopyFacts:
    """Write a copy of a store to a new file that only its owner can read.

    Raises:
        InputError: there is a file already, or it cannot be written.
    """
    if path.exists():
        raise InputError("there is a file already", place=str(path), remedy="name another")
    try:
        with tempfile.TemporaryDirectory(prefix=".holdfast-", dir=path.parent) as folder:
            with _snapshot(engine, Path(folder)) as connection:
                facts = _write(connection, Path(folder) / "copy", taken_at)
            os.link(Path(folder) / "copy", path)
    except OSError as error:
        raise InputError(
            "the copy cannot be written", place=str(path), remedy="check the folder"
        ) from error
    _sync_folder(path.parent)
    return facts


@contextmanager
def _snapshot(engine: Engine, folder: Path) -> Iterator[Connection]:
    """A connection to one consistent state that nobody's writes change."""
    sqlite = engine.dialect.name == "sqlite"
    source = _beside(engine, folder / "snapshot.sqlite") if sqlite else engine
    try:
        with source.connect() as connection:
            connection.execution_options(**{READS_ONLY: True})
            with connection.begin() as transaction:
                yield connection
                transaction.rollback()
    finally:
        if sqlite:
            source.dispose()


def _beside(engine: Engine, path: Path) -> Engine:
    """An engine on a copy of a SQLite file made by its online backup; writers wait meanwhile."""
    copy = open_engine(URL.create("sqlite", database=str(path)))
    source, target = engine.raw_connection(), copy.raw_connection()
    try:
        _driver(source).backup(_driver(target))
    finally:
        source.close()
        target.close()
    return copy


def _driver(connection: Any) -> Any:
    return connection.driver_connection


def _write(connection: Connection, path: Path, taken_at: datetime) -> CopyFacts:
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    digest = hashlib.sha256()
    with os.fdopen(handle, "wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as out:

        def line(document: object) -> None:
            content = _json(document) + b"\n"
            digest.update(content)
            out.write(content)

        schema = migrate.found(connection)
        line({"format": FORMAT, "version": VERSION, "schema": schema, "taken_at": str(taken_at)})
        rows = {table.name: _write_table(connection, table, line) for table in _tables(connection)}
        out.write(_json({"rows": rows, "digest": digest.hexdigest()}) + b"\n")
    with path.open("rb") as written:
        os.fsync(written.fileno())
    return CopyFacts(schema or "", str(taken_at), rows, digest.hexdigest())


def _json(document: object) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _tables(connection: Connection) -> list[Table]:
    """All tables of the store, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(bind=connection)
    return [table for table in metadata.sorted_tables if table.name != VERSIONS_TABLE]


def _write_table(connection: Connection, table: Table, line: Callable[[object], None]) -> int:
    line({"table": table.name, "columns": [column.name for column in table.columns]})
    query = select(*table.columns).order_by(*table.primary_key.columns)
    count = 0
    for row in connection.execution_options(yield_per=AT_ONCE).execute(query):
        line(list(row))
        count += 1
    return count


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def look_into(path: Path) -> CopyFacts:
    """What a copy says of itself, once all of it has been read and is as it was written.

    Raises:
        InputError: there is no such file, it is no copy, or it is damaged.
    """
    digest, last, header = hashlib.sha256(), b"", {}
    try:
        with gzip.open(path, "rb") as lines:
            for content in lines:
                if last:
                    digest.update(last)
                else:
                    header = json.loads(content)
                last = content
        end = json.loads(last)
        same = header["format"] == FORMAT and header["version"] == VERSION
        whole = same and end["digest"] == digest.hexdigest()
        facts = CopyFacts(header["schema"], header["taken_at"], end["rows"], end["digest"])
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path) from error
    if not whole:
        raise _damaged(path)
    return facts


def _damaged(path: Path) -> InputError:
    return InputError("it is no whole copy of a store", place=str(path), remedy="take another copy")


def load(connection: Connection, path: Path, facts: CopyFacts) -> None:
    """Put the rows of a copy into an empty database, in the caller's transaction.

    The schema is made as it was when the copy was taken, and then brought to this version.

    Raises:
        ConflictError: the database is not empty.
        InputError: the copy is of a newer version, or its rows do not arrive as they were.
    """
    if inspect(connection).get_table_names():
        raise ConflictError(
            "the store is not empty", place="store", remedy="restore into a new one"
        )
    migrate.upgrade(connection, facts.schema)
    tables = {table.name: table for table in _tables(connection)}
    with gzip.open(path, "rb") as lines:
        _put_back(connection, tables, (json.loads(line) for line in lines))
    counted = {name: _count(connection, table) for name, table in tables.items()}
    if counted != facts.rows:
        raise InputError(
            "the rows did not arrive as they were", place=str(path), remedy="take another copy"
        )
    _continue_counting(connection, tables)
    migrate.upgrade(connection)


def _put_back(connection: Connection, tables: dict[str, Table], lines: Iterator[Any]) -> None:
    next(lines)  # the header
    table, names, waiting = None, (), []
    for content in lines:
        if isinstance(content, list):
            waiting.append(dict(zip(names, content, strict=True)))
            if len(waiting) < AT_ONCE:
                continue
        if table is not None and waiting:
            connection.execute(insert(table), waiting)
            waiting = []
        if isinstance(content, dict) and "table" in content:
            table, names = tables[content["table"]], content["columns"]


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(text(f'SELECT count(*) FROM "{table.name}"')).scalar_one())  # noqa: S608  # a name that the database gave


def _continue_counting(connection: Connection, tables: Iterable[str]) -> None:
    """PostgreSQL counts beside the table: let it go on after the highest number."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in inspect(connection).get_columns(table):
            if "nextval" in str(column["default"]):
                connection.execute(text(_GO_ON.format(table=table, column=column["name"])))
