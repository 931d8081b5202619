"""Backup and restore: on each engine, from one to the other, under load, and nothing by halves."""

import gzip
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from models.errors import ConflictError, HoldfastError, InputError
from scheduler.bootstrap import Container, container_over
from scheduler.copying import back_up, restore
from scheduler.settings import Settings
from scheduler.store.copies import look_into
from scheduler.store.engine import Store
from tests.contract.conftest import _postgres_schema
from tests.contract.department import (
    NOW,
    HandClock,
    at,
    cells_of_all,
    department_at,
    seats,
    with_cases,
)

TEN = at("10:00", day=1)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The path or URL of another database, of either engine, with nothing in it."""
    if request.param == "sqlite":
        yield str(tmp_path / "other.sqlite")
        return
    yield from _postgres_schema(request.getfixturevalue("postgres_server"))


@pytest.fixture
def small(store: Store) -> Container:
    """Two cases, one booked and one reserved; an answer, an alert, messages."""
    container = with_cases(department_at(store), "A", "B")
    container.book("A", TEN, seats(1, TEN))
    container.reserve("B", TEN, seats(2, TEN))
    return container


def opened(target: str) -> tuple[Store, Container]:
    store = Store.at(target)
    return store, container_over(store, Settings(store=target, actor="ann"), HandClock(NOW))


def test_a_copy_comes_back_whole_on_either_engine(
    small: Container, store: Store, empty_target: str, tmp_path: Path
) -> None:
    taken = back_up(small, tmp_path / "copy")
    restore(Settings(store=empty_target, actor="bob"), tmp_path / "copy", now=NOW)
    other, there = opened(empty_target)
    rows = small.audit()
    assert there.audit()[:-1] == rows
    last = there.audit()[-1]
    assert (last.actor, last.action, last.detail) == (
        "bob",
        "store.restore",
        f"copy {taken.digest}",
    )
    assert there.faults() == ()
    assert cells_of_all(other) == cells_of_all(store)
    assert there.list_cases() == small.list_cases()
    # it goes on from there: new rows get new numbers
    there.cancel("A", reason="elsewhere")
    assert [row.seq for row in there.audit()] == list(range(1, len(rows) + 3))
    other.close()


def test_a_copy_is_for_its_owner_only_and_overwrites_nothing(
    small: Container, tmp_path: Path
) -> None:
    path = tmp_path / "copy"
    back_up(small, path)
    assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(InputError, match="a file already"):
        back_up(small, path)
    with pytest.raises(InputError, match="cannot be written"):
        back_up(small, tmp_path / "missing" / "copy")
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".holdfast")) == []


def test_a_store_that_is_not_empty_is_left_alone(
    small: Container, store_target: str, tmp_path: Path
) -> None:
    back_up(small, tmp_path / "copy")
    rows = small.audit()
    with pytest.raises(ConflictError, match="not empty"):
        restore(Settings(store=store_target), tmp_path / "copy")
    assert small.audit() == rows


def damaged(path: Path, change: str) -> None:
    content = gzip.decompress(path.read_bytes())
    if change == "cut":
        path.write_bytes(path.read_bytes()[:-20])
    elif change == "word":
        path.write_bytes(gzip.compress(content.replace(b'"confirmed"', b'"cancelled"', 1)))
    elif change == "line":
        lines = content.splitlines(keepends=True)
        path.write_bytes(gzip.compress(b"".join(lines[:5] + lines[6:])))
    else:
        path.write_bytes(b"something else")


@pytest.mark.parametrize("change", ["cut", "word", "line", "other"])
def test_a_damaged_copy_leaves_no_store(tmp_path: Path, fresh_file: Path, change: str) -> None:
    store = Store.at(str(tmp_path / "a.sqlite"))
    store.migrate()
    small = with_cases(department_at(store), "A")
    small.book("A", TEN, seats(1, TEN))
    path = tmp_path / "copy"
    back_up(small, path)
    damaged(path, change)
    with pytest.raises(InputError, match="no whole copy"):
        restore(Settings(store=str(tmp_path / "b.sqlite")), path)
    assert not (tmp_path / "b.sqlite").exists()
    store.close()


def test_a_copy_that_does_not_fit_together_leaves_no_store(
    small: Container, store: Store, empty_target: str, tmp_path: Path
) -> None:
    booked = small.show_case("A").booking
    assert booked is not None
    small.write(lambda desk: desk.uow.claims.release([booked.id]))  # cells lost on the way
    back_up(small, tmp_path / "copy")
    with pytest.raises(InputError, match="does not fit together"):
        restore(Settings(store=empty_target), tmp_path / "copy")
    if "://" not in empty_target:
        assert not Path(empty_target).exists()
    # nothing was kept: the same place takes a good copy
    small.write(lambda desk: desk.uow.claims.claim({booked.id: booked.held}))
    back_up(small, tmp_path / "good")
    restore(Settings(store=empty_target), tmp_path / "good")


def test_a_copy_under_load_is_some_moment_of_the_past(small: Container, tmp_path: Path) -> None:
    """Bookings come and go while copies are taken: each is a prefix of what happened."""
    done = threading.Event()
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for turn in range(10_000):
                if done.is_set():
                    return
                start = TEN + timedelta(minutes=15 * (turn % 8))
                small.move("A", start, seats(1, start))
        except HoldfastError as error:
            faults.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(3):
            back_up(small, tmp_path / f"copy-{number}")
    finally:
        done.set()
        worker.join()
    assert faults == []
    whole = small.audit()
    for number in range(3):
        target = str(tmp_path / f"restored-{number}.sqlite")
        restore(Settings(store=target), tmp_path / f"copy-{number}", now=NOW)
        other, there = opened(target)
        kept = there.audit()[:-1]
        assert kept == whole[: len(kept)]
        assert there.faults() == ()
        other.close()


def test_a_copy_says_what_is_in_it(small: Container, tmp_path: Path) -> None:
    back_up(small, tmp_path / "copy")
    facts = look_into(tmp_path / "copy")
    assert facts.rows["referral_case"] == 2
    assert facts.rows["booking"] == 1
    assert facts.total == sum(facts.rows.values())
