"""A store of an earlier version: brought up whole or left alone, and restored from its copy."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection

from models.errors import InputError
from scheduler import upgrading
from scheduler.bootstrap import Container, container_over, open_container
from scheduler.copying import restore
from scheduler.records import AuditEntry
from scheduler.settings import Settings
from scheduler.store import migrate
from scheduler.store.copies import dump, look_into
from scheduler.store.engine import Store
from scheduler.upgrading import Upgrade, upgrade
from tests.contract.conftest import _postgres_schema
from tests.contract.department import NOW, at, department_at, seats, with_cases
from tests.contract.older import BEFORE, as_before

TEN = at("10:00", day=1)
SOME = ("A", "B")


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The path or URL of another database, of either engine, with nothing in it."""
    if request.param == "sqlite":
        yield str(tmp_path / "old.sqlite")
        return
    yield from _postgres_schema(request.getfixturevalue("postgres_server"))


@pytest.fixture
def rows(fresh_file: Path, tmp_path: Path) -> Iterator[Container]:
    """A department of today, whose rows the old store gets."""
    path = tmp_path / "now.sqlite"
    path.write_bytes(fresh_file.read_bytes())
    store = Store.at(str(path))
    made = with_cases(department_at(store), *SOME)
    made.book("A", TEN, seats(1, TEN))
    yield made
    store.close()


@pytest.fixture
def old(rows: Container, target: str) -> Iterator[Store]:
    """The store as the program of before left it."""
    assert isinstance(rows.store, Store)
    made = as_before(rows.store, target)
    yield made
    made.close()


@contextmanager
def opened(target: str) -> Iterator[Container]:
    container = open_container(Settings(store=target, actor="ann"))
    yield container
    assert isinstance(container.store, Store)
    container.store.close()


def audited(container: Container) -> list[AuditEntry]:
    return list(container.audit())


def test_a_program_of_today_refuses_the_store_and_names_the_remedy(old: Store, target: str) -> None:
    with pytest.raises(InputError) as refused, opened(target):
        pytest.fail("it was opened")
    assert (refused.value.remedy, BEFORE in refused.value.problem) == ("run holdfast migrate", True)


def test_it_is_brought_up_and_nothing_else_changes(
    old: Store, target: str, rows: Container
) -> None:
    done = upgrade(Settings(store=target, actor="bob"), now=NOW)
    assert done == Upgrade(BEFORE, migrate.head())
    with opened(target) as there:
        *before, last = audited(there)
        assert before == audited(rows)
        assert (last.actor, last.action) == ("bob", "store.migrate")
        assert there.show_case("A").booking == rows.show_case("A").booking
        assert there.department().version == rows.department().version
        assert there.faults() == ()


def test_again_it_does_nothing(old: Store, target: str) -> None:
    upgrade(Settings(store=target), now=NOW)
    with opened(target) as there:
        count = len(audited(there))
        assert not upgrade(Settings(store=target), now=NOW).changed
        assert len(audited(there)) == count


def test_one_that_breaks_off_leaves_the_old_schema(
    old: Store, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = migrate.upgrade

    def breaking(connection: Connection) -> None:
        whole(connection)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(upgrading.migrate, "upgrade", breaking)
        with pytest.raises(KeyboardInterrupt):
            upgrade(Settings(store=target), now=NOW)
    with old.engine.connect() as connection:
        assert migrate.found(connection) == BEFORE
    assert upgrade(Settings(store=target), now=NOW).changed


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    missing = tmp_path / "none.sqlite"
    with pytest.raises(InputError, match="no store here"):
        upgrade(Settings(store=str(missing)), now=NOW)
    assert not missing.exists()
    missing.touch()
    with pytest.raises(InputError, match="no store here"):
        upgrade(Settings(store=str(missing)), now=NOW)


def test_a_copy_of_before_is_brought_up_as_it_is_restored(
    old: Store, rows: Container, tmp_path: Path
) -> None:
    copy, there = tmp_path / "copy", tmp_path / "restored.sqlite"
    dump(old.engine, copy, taken_at=NOW)
    assert look_into(copy).schema == BEFORE
    restore(Settings(store=str(there)), copy, now=NOW)
    store = Store.at(str(there))
    restored = container_over(store, Settings(store=str(there)))
    store.check_schema()
    assert audited(restored)[:-1] == audited(rows)
    assert restored.show_case("A").booking == rows.show_case("A").booking
    assert restored.faults() == ()
    store.close()
