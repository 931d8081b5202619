"""The audit's chain: no row is changed, taken, put in, moved or cut off unseen."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update

from models.errors import InputError
from scheduler.bootstrap import Container
from scheduler.services import chain
from scheduler.services.chain import Head
from scheduler.store.audit import SqlAudit
from scheduler.store.engine import Store
from scheduler.store.tables import AuditRow
from scheduler.store.unit_of_work import SqlUnitOfWork
from tests.contract.data import NINE
from tests.contract.department import department_at

ROWS = 40
ROUNDS = {"sqlite": 1000, "postgresql": 100}
COLUMNS = (
    "at",
    "actor",
    "on_behalf_of",
    "action",
    "subject",
    "before",
    "after",
    "detail",
    "chain",
)


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


WITHOUT_GUARD = {
    "sqlite": ("DROP TRIGGER audit_no_UPDATE", "DROP TRIGGER audit_no_DELETE"),
    "postgresql": ("DROP TRIGGER audit_only_added ON audit",),
}


@contextmanager
def tampered(store: Store, attack: Callable[[Connection], None]) -> Iterator[SqlAudit]:
    """The audit after an attack, which is undone afterwards."""
    with store.engine.connect() as connection:
        transaction = connection.begin()
        try:
            attack(connection)
            yield SqlAudit(connection)
        finally:
            transaction.rollback()


def numbers(connection: Connection) -> list[int]:
    return list(connection.execute(select(AuditRow.seq).order_by(AuditRow.seq)).scalars())


def content(connection: Connection, seq: int) -> dict[str, object]:
    columns = [getattr(AuditRow, name) for name in COLUMNS]
    row = connection.execute(select(*columns).where(AuditRow.seq == seq)).one()
    return dict(zip(COLUMNS, row, strict=True))


def edit(connection: Connection, rng: random.Random) -> None:
    """One column of one row has another value."""
    seq, name = rng.choice(numbers(connection)), rng.choice(COLUMNS)
    old = content(connection, seq)[name]
    new: object = f"{old}x"[-64:] if name != "at" else int(str(old)) + rng.choice((-1, 1))
    connection.execute(update(AuditRow).where(AuditRow.seq == seq).values({name: new}))


def take_out(connection: Connection, rng: random.Random) -> None:
    """A row that is not the last one is gone."""
    seq = rng.choice(numbers(connection)[:-1])
    connection.execute(delete(AuditRow).where(AuditRow.seq == seq))


def exchange(connection: Connection, rng: random.Random) -> None:
    """Two rows have changed places."""
    one, other = rng.sample(numbers(connection), 2)
    first, second = content(connection, one), content(connection, other)
    connection.execute(update(AuditRow).where(AuditRow.seq == one).values(**second))
    connection.execute(update(AuditRow).where(AuditRow.seq == other).values(**first))


def put_in(connection: Connection, rng: random.Random) -> None:
    """A row is there twice, the second time at the end."""
    copied = content(connection, rng.choice(numbers(connection)))
    last = connection.execute(select(func.max(AuditRow.seq))).scalar_one()
    connection.execute(insert(AuditRow).values(seq=last + 1, **copied))


def cut_off(connection: Connection, rng: random.Random) -> None:
    """The last rows are gone; only an exported head shows that."""
    seq = rng.choice(numbers(connection)[1:])
    connection.execute(delete(AuditRow).where(AuditRow.seq >= seq))


def write_anew(connection: Connection, rng: random.Random) -> None:
    """The last rows are others with a chain of their own; only an exported head shows that."""
    cut_off(connection, rng)
    for _ in range(rng.randint(1, 60)):
        SqlAudit(connection).add(at=NINE, actor="eve", action="look", subject="A-0")


ATTACKS = (edit, take_out, exchange, put_in, cut_off, write_anew)


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


def holds(audit: SqlAudit, head: Head) -> bool:
    row = next(iter(audit.since(head.seq, 1)), None)
    return row is not None and (row.seq, row.chain) == (head.seq, head.chain)


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
