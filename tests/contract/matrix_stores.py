"""Prepared stores of two sites, from which each cell of the matrix gets stores that are as new."""

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from sqlalchemy import NullPool, create_engine, make_url, text

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
class Databases:
    """PostgreSQL databases: a copy costs a tenth of a second, so it is used until it is spoilt."""

    server: str
    prefix: str = field(default_factory=lambda: f"matrix_{secrets.token_hex(4)}")
    _made: set[str] = field(default_factory=set)
    _used: set[str] = field(default_factory=set)

    def first(self, name: str) -> str:
        """A database to be prepared."""
        target = self._create(f"{self.prefix}_{name}", "template1")
        store = Store.at(target)
        store.migrate()
        store.close()
        return target

    def copy(self, name: str, folder: Path) -> str:
        """A copy of the database; the one given out before, if nothing was written to it."""
        del folder
        used = f"{self.prefix}_{name}_used"
        if used not in self._used:
            self._drop(used)
            self._create(used, f"{self.prefix}_{name}")
            self._used.add(used)
        return self._url(used)

    def spoil(self) -> None:
        """The next copies are new ones."""
        self._used.clear()

    def close(self) -> None:
        """Remove all of them."""
        for name in sorted(self._made):
            self._drop(name)

    def _create(self, name: str, template: str) -> str:
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made.add(name)
        return self._url(name)

    def _drop(self, name: str) -> None:
        self._run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _url(self, name: str) -> str:
        return make_url(self.server).set(database=name).render_as_string(hide_password=False)

    def _run(self, statement: str) -> None:
        engine = create_engine(self.server, poolclass=NullPool, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))


@contextmanager
def databases(server: str) -> Iterator[Databases]:
    """Databases of a server, removed at the end."""
    made = Databases(server)
    try:
        yield made
    finally:
        made.close()
