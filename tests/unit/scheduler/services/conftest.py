"""A small department on a file of its own."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from tests.contract.conftest import fresh_file
from tests.contract.department import department_at, with_cases

__all__ = ["fresh_file"]


@pytest.fixture
def store(tmp_path: Path, fresh_file: Path) -> Iterator[Store]:
    """A store with the newest schema."""
    path = tmp_path / "store.sqlite"
    shutil.copyfile(fresh_file, path)
    opened = Store.at(str(path))
    yield opened
    opened.close()


@pytest.fixture
def small(store: Store) -> Container:
    """One open case, nothing held."""
    return with_cases(department_at(store), "A")
