"""A small department on a file of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.department import department_at, with_cases


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store with the newest schema."""
    opened = Store.at(str(tmp_path / "store.sqlite"))
    opened.migrate()
    yield opened
    opened.close()


@pytest.fixture
def small(store: Store) -> Container:
    """One open case, nothing held."""
    return with_cases(department_at(store), "A")
