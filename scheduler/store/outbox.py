"""Messages on their way out: written with a change, addressed later, sent until they arrive."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, delete, exists, func, insert, select, update
from sqlalchemy.orm import aliased

from scheduler.records_notices import Backlog, Message, Sending
from scheduler.store.codec import AnyRow, instant, seconds
from scheduler.store.tables_notices import DeliveryRow, OutboxRow

ERROR_LENGTH = 200

_Query = Select[*tuple[Any, ...]]

_MESSAGE = (
    OutboxRow.seq,
    OutboxRow.id,
    OutboxRow.kind,
    OutboxRow.subject,
    OutboxRow.body,
    OutboxRow.created_at,
)


class SqlOutbox:
    """The outbox in one transaction.

    Writers take turns on both engines, so the order of `seq` is the order of commits.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, message: Message) -> None:
        """Keep a message; it gets its place in the order."""
        values = message.model_dump(exclude={"seq", "created_at"})
        created = seconds(message.created_at)
        self._connection.execute(self._insert, {"created_at": created, **values})

    _insert = insert(OutboxRow)

    def newest(self, kind: str, subject: str | None = None) -> Message | None:
        """The last message of a kind (about one subject)."""
        query = select(*_MESSAGE).where(OutboxRow.kind == kind)
        if subject is not None:
            query = query.where(OutboxRow.subject == subject)
        return next(iter(self._messages(query.order_by(OutboxRow.seq.desc()).limit(1))), None)

    def since(self, seq: int, limit: int) -> tuple[Message, ...]:
        """The message of that place and those after it, oldest first, at most so many."""
        query = select(*_MESSAGE).where(OutboxRow.seq >= seq)
        return self._messages(query.order_by(OutboxRow.seq).limit(limit))

    def unaddressed(self, limit: int) -> tuple[Message, ...]:
        """Messages that have not been addressed yet, oldest first."""
        query = select(*_MESSAGE).where(OutboxRow.spread_at.is_(None))
        return self._messages(query.order_by(OutboxRow.seq).limit(limit))

    def address(self, to: Mapping[int, Collection[str]], now: datetime) -> None:
        """Say to which destinations messages go, by place; to none, where there are none."""
        fresh = {"due_at": seconds(now), "attempts": 0, "delivered_at": None, "error": ""}
        rows = [
            {"seq": seq, "destination": name, **fresh}
            for seq, names in sorted(to.items())
            for name in sorted(names)
        ]
        if rows:
            self._connection.execute(insert(DeliveryRow), rows)
        done = update(OutboxRow).where(OutboxRow.seq.in_(list(to)))
        self._connection.execute(done.values(spread_at=seconds(now)))

    def take(
        self, destination: str, now: datetime, until: datetime, limit: int
    ) -> tuple[Sending, ...]:
        """What is due at a destination, in order, kept from others until a moment."""
        earlier, told = aliased(DeliveryRow), aliased(OutboxRow)
        held_up = exists(
            select(earlier.seq)
            .join(told, told.seq == earlier.seq)
            .where(
                earlier.destination == destination,
                earlier.delivered_at.is_(None),
                earlier.due_at > seconds(now),
                earlier.seq < DeliveryRow.seq,
                told.subject == OutboxRow.subject,
            )
        )
        query = (
            select(*_MESSAGE, DeliveryRow.attempts)
            .join(DeliveryRow, DeliveryRow.seq == OutboxRow.seq)
            .where(
                DeliveryRow.destination == destination,
                DeliveryRow.delivered_at.is_(None),
                DeliveryRow.due_at <= seconds(now),
                ~held_up,
            )
            .order_by(DeliveryRow.seq)
            .limit(limit)
        )
        rows = self._connection.execute(query).all()
        self._set_due(destination, [row.seq for row in rows], until)
        return tuple(
            Sending(message=_message(row), destination=destination, attempts=row.attempts)
            for row in rows
        )

    def arrived(self, destination: str, seqs: Collection[int], now: datetime) -> None:
        """Say that messages have arrived."""
        if seqs:
            change = update(DeliveryRow).where(*_these(destination, seqs))
            values = {"delivered_at": seconds(now), "error": ""}
            self._connection.execute(change.values(attempts=DeliveryRow.attempts + 1, **values))

    def postpone(self, destination: str, seq: int, due_at: datetime, error: str) -> None:
        """Say that a message was tried in vain, and when it is tried again."""
        change = update(DeliveryRow).where(*_these(destination, [seq]))
        values = {"due_at": seconds(due_at), "error": error[:ERROR_LENGTH]}
        self._connection.execute(change.values(attempts=DeliveryRow.attempts + 1, **values))

    def give_back(self, destination: str, seqs: Collection[int], now: datetime) -> None:
        """Let go of messages that were taken and not tried."""
        self._set_due(destination, seqs, now)

    def _set_due(self, destination: str, seqs: Collection[int], due_at: datetime) -> None:
        if seqs:
            change = update(DeliveryRow).where(*_these(destination, seqs))
            self._connection.execute(change.values(due_at=seconds(due_at)))

    def backlog(self) -> tuple[Backlog, ...]:
        """What waits, by destination."""
        query = (
            select(
                DeliveryRow.destination,
                func.count().label("waiting"),
                func.count().filter(DeliveryRow.error != "").label("failing"),
                func.min(OutboxRow.created_at).label("oldest_at"),
                func.max(DeliveryRow.error).label("error"),
            )
            .join(OutboxRow, OutboxRow.seq == DeliveryRow.seq)
            .where(DeliveryRow.delivered_at.is_(None))
            .group_by(DeliveryRow.destination)
            .order_by(DeliveryRow.destination)
        )
        return tuple(
            Backlog(
                destination=row.destination,
                waiting=row.waiting,
                failing=row.failing,
                oldest_at=instant(row.oldest_at),
                error=row.error,
            )
            for row in self._connection.execute(query)
        )

    def unaddressed_count(self) -> int:
        """How many messages have not been addressed yet."""
        query = select(func.count()).where(OutboxRow.spread_at.is_(None))
        return self._connection.execute(query).scalar_one()

    def forget_before(self, moment: datetime) -> int:
        """Drop older messages, arrived or not; how many there were."""
        old = OutboxRow.created_at < seconds(moment)
        of_old = DeliveryRow.seq.in_(select(OutboxRow.seq).where(old))
        self._connection.execute(delete(DeliveryRow).where(of_old))
        return self._connection.execute(delete(OutboxRow).where(old)).rowcount

    def _messages(self, query: _Query) -> tuple[Message, ...]:
        return tuple(map(_message, self._connection.execute(query)))


def _these(destination: str, seqs: Collection[int]) -> tuple[Any, ...]:
    return (
        DeliveryRow.destination == destination,
        DeliveryRow.seq.in_(list(seqs)),
        DeliveryRow.delivered_at.is_(None),
    )


def _message(row: AnyRow) -> Message:
    return Message(
        seq=row.seq,
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        body=row.body,
        created_at=instant(row.created_at),
    )
