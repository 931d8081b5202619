"""What goes in comes out, stale writes are refused, and the audit cannot be bent unseen."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from models.clinical.facts import Decision
from models.errors import BusyError, InputError, NotFoundError, StaleError
from models.held import Held
from models.patients import PatientFacts, Referral
from scheduler.records import (
    BookingState,
    CaseState,
    Closure,
    ReservationState,
    RevisionRecord,
    RevisionState,
)
from scheduler.records_nights import RunRecord, RunState
from scheduler.store.codec import read_document
from scheduler.store.engine import Store, open_engine, store_url
from scheduler.store.unit_of_work import SqlUnitOfWork
from tests.contract.data import NINE, add_case, booking, held, reservation

HOUR = timedelta(hours=1)


def test_a_booking_comes_back_as_it_was_kept(store: Store) -> None:
    kept = booking("A", held()).model_copy(
        update={"told_at": NINE, "waiting_for": ("Dr B must agree",), "trouble": ("closed",)}
    )
    store.write(lambda uow: (add_case(uow, "A"), uow.bookings.add(kept)))
    assert store.read(lambda uow: uow.bookings.get("A")) == kept


def test_a_referral_comes_back_with_its_flags(store: Store) -> None:
    referral = Referral(
        id="A", patient="p", code="22514", system="cpt", flags=frozenset({"corset", "ct-guidance"})
    )
    store.write(
        lambda uow: (uow.patients.add(PatientFacts(id="p"), NINE), uow.cases.add(referral, NINE))
    )
    assert store.read(lambda uow: uow.cases.get("A")).referral == referral


def test_a_write_on_an_old_version_is_refused(store: Store) -> None:
    store.write(lambda uow: add_case(uow, "A"))
    first = store.read(lambda uow: uow.cases.get("A"))
    closed = first.model_copy(update={"state": CaseState.CLOSED})
    assert store.write(lambda uow: uow.cases.change(closed)).version == 2
    with pytest.raises(StaleError, match="case A has changed"):
        store.write(lambda uow: uow.cases.change(first))
    assert store.read(lambda uow: uow.cases.get("A")).state == CaseState.CLOSED


def test_a_cancelled_booking_makes_room_for_another(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        add_case(uow, "A")
        uow.bookings.add(booking("A", held()))
        cancelled = uow.bookings.get("A").model_copy(update={"state": BookingState.CANCELLED})
        uow.bookings.change(cancelled)
        uow.bookings.add(booking("A", held(), name="second"))

    store.write(work)
    assert store.read(lambda uow: uow.bookings.get("A")).id == "second"


def test_a_reservation_is_live_until_its_end_and_ends_once(store: Store) -> None:
    kept = reservation("A", held(), expires_at=NINE + HOUR)
    store.write(lambda uow: (add_case(uow, "A"), uow.reservations.add(kept)))
    assert store.read(lambda uow: uow.reservations.live(NINE, "A")) == (kept,)
    assert store.read(lambda uow: uow.reservations.live(NINE + HOUR)) == ()
    assert store.read(lambda uow: uow.reservations.overdue(NINE + HOUR)) == (kept,)
    store.write(lambda uow: uow.reservations.end(kept, ReservationState.BOOKED))
    with pytest.raises(StaleError):
        store.write(lambda uow: uow.reservations.end(kept, ReservationState.EXPIRED))
    assert store.read(lambda uow: uow.reservations.overdue(NINE + HOUR)) == ()


def test_decisions_come_back_oldest_first(store: Store) -> None:
    first = Decision(
        rule="p/r1", kind="review", accepted=False, by="dr-b", at=NINE, reason="too young"
    )
    later = first.model_copy(update={"accepted": True, "at": NINE + HOUR, "reason": "agreed"})

    def work(uow: SqlUnitOfWork) -> None:
        add_case(uow, "A")
        uow.decisions.add("d1", "A", later)
        uow.decisions.add("d2", "A", first)

    store.write(work)
    assert store.read(lambda uow: uow.decisions.by_case("A")) == {"A": (first, later)}


def test_a_lifted_closure_is_gone(store: Store) -> None:
    closure = Closure(
        id="c1",
        resource="suite-1",
        start=NINE,
        end=NINE + HOUR,
        reason="broken",
        created_at=NINE,
        created_by="ann",
    )
    store.write(lambda uow: uow.closures.add(closure))
    assert store.read(lambda uow: uow.closures.all()) == (closure,)
    store.write(lambda uow: uow.closures.remove("c1"))
    assert store.read(lambda uow: uow.closures.all()) == ()
    with pytest.raises(NotFoundError):
        store.write(lambda uow: uow.closures.remove("c1"))


def a_run(name: str = "r1") -> RunRecord:
    return RunRecord(
        id=name,
        job="night",
        night="2026-11-16",
        state=RunState.RUNNING,
        requested_at=NINE,
        requested_by="clock",
    )


def test_a_run_ends_once(store: Store) -> None:
    done = a_run().model_copy(update={"state": RunState.DONE, "finished_at": NINE + HOUR})
    store.write(lambda uow: (uow.runs.add(a_run()), uow.runs.change(done, was=RunState.RUNNING)))
    assert store.read(lambda uow: uow.runs.latest()) == (done,)
    with pytest.raises(StaleError):
        store.write(lambda uow: uow.runs.change(done, was=RunState.RUNNING))


def test_a_revision_is_decided_once(store: Store) -> None:
    revision = RevisionRecord(
        id="v1",
        run="r1",
        fingerprint="f",
        state=RevisionState.PROPOSED,
        cost_before=10,
        cost_after=7,
        bound=None,
        document="{}",
        created_at=NINE,
    )
    store.write(lambda uow: (uow.runs.add(a_run()), uow.revisions.add(revision)))
    applied = revision.model_copy(update={"state": RevisionState.APPLIED, "decided_by": "ann"})
    store.write(lambda uow: uow.revisions.change(applied))
    with pytest.raises(StaleError):
        store.write(lambda uow: uow.revisions.change(applied))
    assert store.read(lambda uow: uow.revisions.latest(state=RevisionState.PROPOSED)) == ()
    assert store.read(lambda uow: uow.revisions.get("v1")).decided_by == "ann"


def audit_twice(uow: SqlUnitOfWork) -> None:
    uow.audit.add(at=NINE, actor="ann", action="book", subject="A", after=held())
    uow.audit.add(at=NINE, actor="bob", action="cancel", subject="A", before=held())


def test_audit_rows_form_a_chain(store: Store) -> None:
    store.write(audit_twice)
    first, second = store.read(lambda uow: uow.audit.entries("A"))
    assert first.after == second.before
    assert first.after is not None
    assert len(first.after) == 64
    assert store.read(lambda uow: uow.audit.first_break()) is None


@pytest.mark.parametrize(
    "bend",
    ["UPDATE audit SET actor = 'eve' WHERE actor = 'bob'", "DELETE FROM audit WHERE actor = 'ann'"],
)
def test_a_bent_chain_is_found_even_with_the_guard_taken_away(store: Store, bend: str) -> None:
    store.write(audit_twice)
    bob = store.read(lambda uow: uow.audit.entries())[1].seq
    with store.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            connection.execute(text("DROP TRIGGER audit_no_update"))
            connection.execute(text("DROP TRIGGER audit_no_delete"))
        else:
            connection.execute(text("DROP TRIGGER audit_only_added ON audit"))
        connection.execute(text(bend))
    assert store.read(lambda uow: uow.audit.first_break()) == bob


def test_audit_rows_go_with_the_transaction_that_failed(store: Store) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        audit_twice(uow)
        msg = "the power failed"
        raise OSError(msg)

    with pytest.raises(OSError, match="the power failed"):
        store.write(work)
    assert store.read(lambda uow: uow.audit.entries()) == ()


def test_a_store_held_by_another_writer_is_busy_after_some_retries(tmp_path: Path) -> None:
    url = store_url(f"{tmp_path}/store.sqlite")
    pauses: list[float] = []
    holder = Store(open_engine(url))
    holder.migrate()
    waiter = Store(open_engine(url, busy_seconds=0), pause=pauses.append)

    def hold(_uow: SqlUnitOfWork) -> None:
        with pytest.raises(BusyError, match="try again"):
            waiter.write(lambda uow: uow.sites.find())

    holder.write(hold)
    # six tries have five pauses between them, each at most twice the one before it could be
    assert len(pauses) == 5
    assert all(pause <= 0.02 * 2**turn for turn, pause in enumerate(pauses))
    assert waiter.write(lambda uow: uow.sites.find()) is None


def test_settings_of_every_sqlite_connection(tmp_path: Path) -> None:
    store = Store.at(f"{tmp_path}/store.sqlite")
    with store.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    # synchronous 2 is FULL
    assert found == {
        "journal_mode": "delete",
        "synchronous": 2,
        "foreign_keys": 1,
        "busy_timeout": 5000,
    }


def test_a_document_of_another_version_is_one_clear_error() -> None:
    with pytest.raises(InputError, match=r"store: a kept Held cannot be read: .*; open it with"):
        read_document(Held, '{"shelf": 1}')
