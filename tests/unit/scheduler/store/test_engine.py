"""Where a store may be, and which errors are worth another try."""

from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from models.errors import InputError
from scheduler.store.dialects import is_busy
from scheduler.store.engine import Store, open_engine, store_url


class ServerError(Exception):
    """A driver's error with the state that the server named."""

    def __init__(self, sqlstate: str) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize("sqlstate", ["40001", "40P01", "55P03"])
def test_a_transaction_that_lost_a_race_may_be_tried_again(sqlstate: str) -> None:
    assert is_busy(OperationalError("x", None, ServerError(sqlstate)))


def test_a_broken_constraint_is_not_tried_again() -> None:
    assert not is_busy(OperationalError("x", None, ServerError("23505")))


def test_a_path_is_a_sqlite_file() -> None:
    assert store_url("a/b.sqlite").render_as_string() == "sqlite:///a/b.sqlite"


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(InputError, match=r"no driver for postgresql\+nobody"):
        open_engine(store_url("postgresql+nobody://host/db"))


def test_a_store_in_a_folder_that_is_not_there_cannot_be_opened(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "none" / "store.sqlite"))
    with pytest.raises(InputError, match="cannot be opened"):
        store.read(lambda uow: uow.sites.find())


def test_a_file_that_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("not a database, but long enough to be looked at as one: " * 40)
    with pytest.raises(InputError, match="cannot be opened"):
        Store.at(str(path)).check_schema()
