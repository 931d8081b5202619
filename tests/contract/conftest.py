"""The engines that every promise of the store is tested on."""

import os
import secrets
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


@pytest.fixture
def store(store_target: str) -> Iterator[Store]:
    """A store with the newest schema."""
    opened = Store.at(store_target)
    opened.migrate()
    yield opened
    opened.close()
