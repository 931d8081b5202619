"""Where a store may be, and which errors are worth another try."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from models.errors import AwayError, InputError
from scheduler.store.dialects import CONNECT_SECONDS, Trouble, connect_options, trouble_of
from scheduler.store.engine import Store, open_engine, store_url
from scheduler.store.unit_of_work import SqlUnitOfWork


class ServerError(Exception):
    """A driver's error with the state that the server named."""

    def __init__(self, sqlstate: str | None) -> None:
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "trouble"),
    [
        ("40001", Trouble.BUSY),
        ("40P01", Trouble.BUSY),
        ("55P03", Trouble.BUSY),
        ("57P01", Trouble.LOST),  # it is being shut down
        ("57P03", Trouble.LOST),  # it is starting
        ("08006", Trouble.LOST),
        (None, Trouble.LOST),  # the line was dropped, and nothing said
        ("53100", Trouble.FULL),
        ("42P01", None),  # there is no such table
    ],
)
def test_what_a_server_says_tells_what_to_do(sqlstate: str | None, trouble: Trouble | None) -> None:
    assert trouble_of(OperationalError("x", None, ServerError(sqlstate))) is trouble


@pytest.mark.parametrize(
    ("name", "trouble"),
    [
        ("SQLITE_BUSY_SNAPSHOT", Trouble.BUSY),
        ("SQLITE_IOERR_FSYNC", Trouble.LOST),
        ("SQLITE_FULL", Trouble.FULL),
        ("SQLITE_ERROR", None),
    ],
)
def test_what_a_file_says_tells_what_to_do(name: str, trouble: Trouble | None) -> None:
    error = sqlite3.OperationalError()
    error.sqlite_errorname = name
    assert trouble_of(OperationalError("x", None, error)) is trouble


def test_a_broken_constraint_is_no_trouble_of_the_store() -> None:
    assert trouble_of(IntegrityError("x", None, ServerError("23505"))) is None


def test_a_server_has_some_seconds_to_answer_unless_the_url_says_otherwise() -> None:
    url = "postgresql+psycopg://host/db"
    assert connect_options(store_url(url)) == {"connect_timeout": CONNECT_SECONDS}
    assert connect_options(store_url(f"{url}?connect_timeout=60")) == {}


def test_a_path_is_a_sqlite_file() -> None:
    assert store_url("a/b.sqlite").render_as_string() == "sqlite:///a/b.sqlite"


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(InputError, match=r"no driver for postgresql\+nobody"):
        open_engine(store_url("postgresql+nobody://host/db"))


def test_whoever_starts_is_told_which_store_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "none" / "store.sqlite"
    with pytest.raises(InputError, match=f"{path}: the store cannot be opened"):
        Store.at(str(path)).migrate()


def test_whoever_works_is_told_no_address(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "none" / "store.sqlite"))
    with pytest.raises(AwayError) as caught:
        store.read(lambda uow: uow.sites.find())
    assert str(caught.value) == "store: it cannot be used now; try again in a moment"


def test_what_was_lost_while_it_was_committed_is_not_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store.at(str(tmp_path / "store.sqlite"))
    store.migrate()
    worked: list[str] = []

    def torn(_connection: object) -> None:
        error = sqlite3.OperationalError("disk I/O error")
        error.sqlite_errorname = "SQLITE_IOERR_FSYNC"
        raise error

    monkeypatch.setattr(store.engine.dialect, "do_commit", torn)
    with pytest.raises(AwayError, match="may have been kept"):
        store.write(lambda _uow: worked.append("once"))
    assert worked == ["once"]


def test_a_line_lost_before_the_commit_is_tried_again_some_times(tmp_path: Path) -> None:
    store = Store.at(str(tmp_path / "store.sqlite"))
    store.migrate()
    worked: list[str] = []

    def work(_uow: SqlUnitOfWork) -> str:
        worked.append("again")
        if len(worked) < 3:
            raise OperationalError("x", None, ServerError("57P01"))
        return "done"

    assert store.write(work) == "done"
    assert len(worked) == 3


def test_a_file_that_is_no_database_cannot_be_opened(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("not a database, but long enough to be looked at as one: " * 40)
    with pytest.raises(InputError, match="cannot be opened"):
        Store.at(str(path)).check_schema()
