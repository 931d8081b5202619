"""The schema is what the tables say, and the database itself guards what must never change."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError, IntegrityError

from models.errors import InputError
from scheduler.records import MoveState
from scheduler.records_nights import RunState
from scheduler.store.engine import Store, store_url
from scheduler.store.tables import Base
from tests.contract.data import NINE, add_case, booking, held
from tests.contract.older import upgrade_to


def test_migrations_arrive_at_the_tables(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_moves_of_earlier_revisions_are_decided_as_these_were(store_target: str) -> None:
    store = Store.at(store_target)
    upgrade_to(store, "0001")
    document = '{"moves": [{"case": "A", "change": "placed"}]}'
    with store.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO run VALUES ('r1', 'night', 'done', 'f', 0, 60, 0, 'clock', 60, 'done')"
            )
        )
        for name, state in (("v1", "refused"), ("v2", "proposed")):
            connection.execute(
                text(
                    "INSERT INTO revision (id, run_id, fingerprint, state, cost_before, cost_after,"
                    " document, created_at, decided_by, version)"
                    " VALUES (:name, 'r1', 'f', :state, 2, 1, :document, 0, 'ann', 1)"
                ),
                {"name": name, "state": state, "document": document},
            )
    store.migrate()
    kept = [store.read(lambda uow, n=name: uow.revisions.get(n)) for name in ("v1", "v2")]
    run = store.read(lambda uow: uow.runs.get("r1"))
    store.close()
    assert (run.night, run.state, run.order.seconds) == ("on request r1", RunState.DONE, 60)
    assert [(m.case, m.state, m.mark) for record in kept for m in record.moves] == [
        ("A", MoveState.REJECTED, ""),
        ("A", MoveState.PROPOSED, ""),
    ]


def test_migrating_again_changes_nothing(store: Store) -> None:
    store.write(lambda uow: add_case(uow, "A"))
    store.migrate()
    store.check_schema()
    assert store.read(lambda uow: uow.cases.get("A")).id == "A"


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'eve'", "DELETE FROM audit"])
def test_the_database_refuses_to_change_audit_rows(store: Store, change: str) -> None:
    store.write(lambda uow: uow.audit.add(at=NINE, actor="ann", action="look", subject="A"))
    with pytest.raises(DatabaseError, match="only ever added"), store.engine.begin() as connection:
        connection.execute(text(change))
    assert [row.actor for row in store.read(lambda uow: uow.audit.entries())] == ["ann"]


def test_the_database_refuses_a_second_standing_booking_of_a_case(store: Store) -> None:
    store.write(lambda uow: (add_case(uow, "A"), uow.bookings.add(booking("A", held()))))
    with pytest.raises(IntegrityError):
        store.write(lambda uow: uow.bookings.add(booking("A", held(), name="another")))


def test_the_database_refuses_a_start_between_cells(store: Store) -> None:
    crooked = held(NINE.replace(minute=1))
    with pytest.raises(IntegrityError):
        store.write(lambda uow: (add_case(uow, "A"), uow.bookings.add(booking("A", crooked))))


def test_a_missing_store_is_refused_and_not_created(tmp_path: Path) -> None:
    path = tmp_path / "none.sqlite"
    with pytest.raises(InputError, match="run holdfast init"):
        Store.at(str(path)).check_schema()
    assert not path.exists()


def test_an_empty_database_is_refused(store_target: str) -> None:
    if "://" not in store_target:
        Path(store_target).touch()
    empty = Store.at(store_target)
    with pytest.raises(InputError, match="there is no store here"):
        empty.check_schema()
    empty.close()


def test_a_newer_store_is_refused(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(InputError, match="schema 9999"):
        store.check_schema()


@pytest.mark.parametrize("target", ["mysql://host/db", "sqlite://", "://"])
def test_other_databases_are_refused(target: str) -> None:
    with pytest.raises(InputError, match=r"not supported|not a store URL|in memory"):
        store_url(target)


def test_a_new_store_can_be_read_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    opened = Store.at(str(path))
    opened.migrate()
    opened.close()
    assert path.stat().st_mode & 0o077 == 0


def test_a_store_of_a_newer_program_names_its_schema(store: Store) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9998'"))
    with pytest.raises(InputError, match="schema 9998"):
        store.migrate()
    with pytest.raises(InputError, match="the version of Holdfast that made it"):
        store.check_schema()
