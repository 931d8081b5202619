"""What hands in the audit can do: each of these is to be seen by whoever verifies it."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, delete, func, insert, select, update

from benchmarks.faults.small import NOW
from scheduler.services.chain import Head
from scheduler.store.audit import SqlAudit
from scheduler.store.engine import Store
from scheduler.store.tables import AuditRow

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
    """The numbers of all rows, in order."""
    return list(connection.execute(select(AuditRow.seq).order_by(AuditRow.seq)).scalars())


def content(connection: Connection, seq: int) -> dict[str, object]:
    """What a row says, by column."""
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
        SqlAudit(connection).add(at=NOW, actor="eve", action="look", subject="A-0")


ATTACKS = (edit, take_out, exchange, put_in, cut_off, write_anew)


def holds(audit: SqlAudit, head: Head) -> bool:
    """Whether the audit still has the row of an exported head."""
    row = next(iter(audit.since(head.seq, 1)), None)
    return row is not None and (row.seq, row.chain) == (head.seq, head.chain)
