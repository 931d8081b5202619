"""Prepared stores of two sites, from which each cell of the matrix gets stores that are as new."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, NullPool, create_engine, inspect

from scheduler.store.engine import Store


class Prepared(Protocol):
    """The stores of sites, by name."""

    def first(self, name: str) -> str:
        """The path or URL of an empty store with the newest schema, to be prepared."""
        ...

    def copy(self, name: str, folder: Path) -> str:
        """The path or URL of a store as it was prepared."""
        ...

    def spoil(self) -> None:
        """Say that what was given out last has been written to."""
        ...


@dataclass(frozen=True)
class Files:
    """SQLite files: each cell gets copies."""

    empty: Path
    folder: Path

    def first(self, name: str) -> str:
        """A file to be prepared."""
        return shutil.copyfile(self.empty, str(self.folder / f"{name}.sqlite"))

    def copy(self, name: str, folder: Path) -> str:
        """A copy of the file."""
        return shutil.copyfile(self.folder / f"{name}.sqlite", str(folder / f"{name}.sqlite"))

    def spoil(self) -> None:
        """Nothing: no copy is used twice."""


@dataclass
class Schemas:
    """PostgreSQL schemas: rows are put back once something was written, as a superuser may."""

    server: str
    prefix: str = field(default_factory=lambda: f"matrix_{secrets.token_hex(4)}")
    _tables: dict[str, list[str]] = field(default_factory=dict)
    """Of each schema whose rows are kept in another."""
    _spoilt: set[str] = field(default_factory=set)

    def first(self, name: str) -> str:
        """A schema to be prepared."""
        self._run(f"CREATE SCHEMA {self.prefix}_{name}")
        store = Store.at(self._url(name))
        store.migrate()
        store.close()
        return self._url(name)

    def copy(self, name: str, folder: Path) -> str:
        """The schema, with the rows that it had when it was first asked for."""
        del folder
        if name not in self._tables:
            self._keep(name)
        elif name in self._spoilt:
            self._restore(name)
        return self._url(name)

    def spoil(self) -> None:
        """The rows are to be put back."""
        self._spoilt |= set(self._tables)

    def close(self) -> None:
        """Remove all of them."""
        for name in sorted(self._tables):
            used = f"{self.prefix}_{name}"
            self._run(f"DROP SCHEMA {used} CASCADE", f"DROP SCHEMA {used}_kept CASCADE")

    def _keep(self, name: str) -> None:
        used = f"{self.prefix}_{name}"
        with _connected(self.server) as connection:
            self._tables[name] = inspect(connection).get_table_names(schema=used)
        copies = (f"CREATE TABLE {used}_kept.{t} AS TABLE {used}.{t}" for t in self._tables[name])
        self._run(f"CREATE SCHEMA {used}_kept", *copies)

    def _restore(self, name: str) -> None:
        used = f"{self.prefix}_{name}"
        gone, back = [], []
        for table in self._tables[name]:
            gone.append(f"DELETE FROM {used}.{table}")  # noqa: S608 - names made here
            source = f"SELECT * FROM {used}_kept.{table}"  # noqa: S608 - names made here
            back.append(f"INSERT INTO {used}.{table} {source}")
        # without the triggers of references and of the audit, which lets nobody delete rows
        self._run("SET LOCAL session_replication_role = replica", *gone, *back)
        self._spoilt.discard(name)

    def _url(self, name: str) -> str:
        mark = "&" if "?" in self.server else "?"
        return f"{self.server}{mark}options=-csearch_path%3D{self.prefix}_{name}"

    def _run(self, *statements: str) -> None:
        with _connected(self.server) as connection:
            connection.exec_driver_sql("; ".join(statements))


@contextmanager
def _connected(server: str) -> Iterator[Connection]:
    engine = create_engine(server, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


@contextmanager
def schemas(server: str) -> Iterator[Schemas]:
    """Schemas of a server, removed at the end."""
    made = Schemas(server)
    try:
        yield made
    finally:
        made.close()
