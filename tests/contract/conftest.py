"""The engines that every promise of the store is tested on."""

import os
import secrets
import shutil
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
    server = os.environ.get(POSTGRES)
    if not server:
        pytest.skip(f"{POSTGRES} names no server to test on")
    yield from _postgres_schema(server)


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
def store(store_target: str, fresh_file: Path) -> Iterator[Store]:
    """A store with the newest schema."""
    opened = Store.at(store_target)
    if "://" in store_target:
        opened.migrate()
    else:
        shutil.copyfile(fresh_file, store_target)
    yield opened
    opened.close()
