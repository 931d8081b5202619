"""The append-only audit: each row's digest covers the row before it, so a gap or a change shows."""

import json
from collections.abc import Iterator
from datetime import datetime

from pydantic import BaseModel
from sqlalchemy import ColumnElement, Connection, bindparam, insert, or_, select

from scheduler.records import AuditEntry, AuditFilter
from scheduler.store.codec import AnyRow, digest, instant, seconds
from scheduler.store.tables import AuditRow

START = "0" * 64
"""What the first row is chained to."""
ROWS_AT_ONCE = 2000
"""As many are in memory while the chain is followed."""


class SqlAudit:
    """Audit rows of one transaction; they are kept or lost with what they tell of."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        at: datetime,
        actor: str,
        action: str,
        subject: str,
        before: BaseModel | None = None,
        after: BaseModel | None = None,
        detail: str = "",
        on_behalf_of: str | None = None,
    ) -> None:
        """Add a row; of the record before and after only digests are kept."""
        values: dict[str, object] = {
            "at": seconds(at),
            "actor": actor,
            "action": action,
            "subject": subject,
            "before": digest(before) if before else None,
            "after": digest(after) if after else None,
            "detail": detail,
        }
        values |= _for_whom(on_behalf_of)
        last = self._connection.execute(self._last).scalar()
        chain = link(last or START, values)
        self._connection.execute(self._insert, {"chain": chain, **values})

    _last = select(AuditRow.chain).order_by(AuditRow.seq.desc()).limit(1)
    _insert = insert(AuditRow)

    _query = select(
        AuditRow.seq,
        AuditRow.at,
        AuditRow.actor,
        AuditRow.on_behalf_of,
        AuditRow.action,
        AuditRow.subject,
        AuditRow.before,
        AuditRow.after,
        AuditRow.detail,
        AuditRow.chain,
    )
    _newest = _query.order_by(AuditRow.seq.desc()).limit(1)
    _since = (
        _query.where(AuditRow.seq >= bindparam("first"))
        .order_by(AuditRow.seq)
        .limit(bindparam("most"))
    )

    def entries(self, subject: str | None = None) -> tuple[AuditEntry, ...]:
        """All rows (about one subject), oldest first."""
        query = self._query.order_by(AuditRow.seq)
        if subject is not None:
            query = query.where(AuditRow.subject == subject)
        return tuple(map(_entry, self._connection.execute(query)))

    def newest(self) -> AuditEntry | None:
        """The last row; None in a store that nobody has changed yet."""
        row = self._connection.execute(self._newest).one_or_none()
        return _entry(row) if row else None

    def since(self, seq: int, limit: int) -> tuple[AuditEntry, ...]:
        """The row of that number and those after it, oldest first, at most so many."""
        rows = self._connection.execute(self._since, {"first": seq, "most": limit})
        return tuple(map(_entry, rows))

    def search(self, wanted: AuditFilter, *, after: int = 0, limit: int) -> tuple[AuditEntry, ...]:
        """The rows that are wanted, after the one of a number, oldest first, at most so many."""
        query = self._query.where(AuditRow.seq > after, *_conditions(wanted))
        rows = self._connection.execute(query.order_by(AuditRow.seq).limit(limit))
        return tuple(map(_entry, rows))

    def first_break(self) -> int | None:
        """The first row that does not follow from the one before it; None when all do."""
        last, seq = START, 0
        while page := self.since(seq + 1, ROWS_AT_ONCE):
            for entry in page:
                if link(last, _chained(entry)) != entry.chain:
                    return entry.seq
                last, seq = entry.chain, entry.seq
        return None


def _conditions(wanted: AuditFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.subject is not None:
        yield AuditRow.subject == wanted.subject
    if wanted.actor is not None:
        yield AuditRow.actor == wanted.actor
    if wanted.action is not None:
        below = AuditRow.action.startswith(wanted.action + ".", autoescape=True)
        yield or_(AuditRow.action == wanted.action, below)
    if wanted.since is not None:
        yield AuditRow.at >= seconds(wanted.since)
    if wanted.until is not None:
        yield AuditRow.at < seconds(wanted.until)


def link(last: str, values: dict[str, object]) -> str:
    """The digest of a row and of the chain up to it."""
    return digest(last + json.dumps(values, sort_keys=True, ensure_ascii=False))


def _for_whom(person: str | None) -> dict[str, object]:
    """Nothing where it is nobody: rows from before there was this member keep their link."""
    return {} if person is None else {"on_behalf_of": person}


def _chained(entry: AuditEntry) -> dict[str, object]:
    return {
        **_for_whom(entry.on_behalf_of),
        **entry.model_dump(include={"actor", "action", "subject", "before", "after", "detail"}),
        "at": seconds(entry.at),
    }


def _entry(row: AnyRow) -> AuditEntry:
    return AuditEntry(
        seq=row.seq,
        at=instant(row.at),
        actor=row.actor,
        on_behalf_of=row.on_behalf_of,
        action=row.action,
        subject=row.subject,
        before=row.before,
        after=row.after,
        detail=row.detail,
        chain=row.chain,
    )
