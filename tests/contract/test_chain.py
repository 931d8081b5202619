"""The audit's chain: no row is changed, taken, put in, moved or cut off unseen."""

import random

import pytest
from sqlalchemy import delete, text, update

from benchmarks.faults.attacks import ATTACKS, WITHOUT_GUARD, cut_off, holds, tampered
from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.services import chain
from scheduler.services.chain import Head
from scheduler.store.engine import Store
from scheduler.store.tables import AuditRow
from scheduler.store.unit_of_work import SqlUnitOfWork
from tests.contract.data import NINE
from tests.contract.department import department_at

ROWS = 40
ROUNDS = {"sqlite": 1000, "postgresql": 100}


@pytest.fixture
def filled(store: Store) -> Container:
    """A site with some forty rows, and triggers that somebody with the file has taken away."""
    container = department_at(store)

    def write(uow: SqlUnitOfWork) -> None:
        for number in range(ROWS):
            uow.audit.add(at=NINE, actor="ann", action="look", subject=f"A-{number % 5}")

    store.write(write)
    with store.engine.begin() as connection:
        for statement in WITHOUT_GUARD[store.engine.dialect.name]:
            connection.execute(text(statement))
    return container


def test_every_mutation_is_detected(filled: Container, store: Store) -> None:
    head = filled.read(chain.head)
    missed = []
    for number in range(ROUNDS[store.engine.dialect.name]):
        attack = ATTACKS[number % len(ATTACKS)]
        rng = random.Random(number)
        with tampered(store, lambda c, a=attack, r=rng: a(c, r)) as audit:  # type: ignore[misc]
            if audit.first_break() is None and holds(audit, head):
                missed.append((attack.__name__, number))
    assert missed == []
    assert filled.read(lambda desk: chain.verify(desk, head)).whole


def test_without_an_exported_head_a_cut_is_not_seen(filled: Container, store: Store) -> None:
    # the control: it is the head that shows it, and nothing else could
    with tampered(store, lambda c: cut_off(c, random.Random(1))) as audit:
        assert audit.first_break() is None


def test_a_verdict_names_the_row(filled: Container, store: Store) -> None:
    kept = filled.read(chain.head)
    with store.engine.begin() as connection:
        connection.execute(update(AuditRow).where(AuditRow.seq == 7).values(actor="eve"))
        connection.execute(delete(AuditRow).where(AuditRow.seq > 30))
    found = filled.read(lambda desk: chain.verify(desk, kept))
    assert found.faults == (
        "row 7 does not follow from the row before it",
        f"row {kept.seq} is not there as it was when the head was exported",
    )


def test_a_head_of_another_site_is_refused(filled: Container) -> None:
    other = Head(site="elsewhere", seq=1, chain="x")
    with pytest.raises(InputError, match="of site elsewhere"):
        filled.read(lambda desk: chain.verify(desk, other))


def test_a_head_of_a_store_without_rows_says_nothing(filled: Container) -> None:
    assert filled.read(lambda desk: chain.verify(desk, Head(site="small", seq=0))).whole
