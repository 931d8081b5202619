"""Repository of alerts."""

from datetime import datetime

from sqlalchemy import Connection, delete, insert, select, update

from models.errors import NotFoundError
from scheduler.records_notices import AlertLevel, AlertRecord
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables_notices import AlertRow

_ALERT = (
    AlertRow.id,
    AlertRow.kind,
    AlertRow.subject,
    AlertRow.about,
    AlertRow.level,
    AlertRow.detail,
    AlertRow.raised_at,
    AlertRow.changed_at,
    AlertRow.ended_at,
)


class SqlAlerts:
    """What a person must see to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, alert: str) -> AlertRecord:
        """An alert."""
        query = select(*_ALERT).where(AlertRow.id == alert)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("there is no such alert", remedy="look at the list")
        return _alert(row)

    def find_open(self, kind: str, subject: str, about: str = "") -> AlertRecord | None:
        """The open alert of that sort."""
        query = select(*_ALERT).where(
            AlertRow.kind == kind,
            AlertRow.subject == subject,
            AlertRow.about == about,
            AlertRow.ended_at.is_(None),
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _alert(row)

    def open(self, kind: str | None = None) -> tuple[AlertRecord, ...]:
        """All open alerts (of a kind), oldest first."""
        query = select(*_ALERT).where(AlertRow.ended_at.is_(None))
        if kind is not None:
            query = query.where(AlertRow.kind == kind)
        rows = self._connection.execute(query.order_by(AlertRow.raised_at, AlertRow.id))
        return tuple(map(_alert, rows))

    def add(self, alert: AlertRecord) -> None:
        """Keep a new alert."""
        self._connection.execute(insert(AlertRow).values(id=alert.id, **_values(alert)))

    def change(self, alert: AlertRecord) -> None:
        """Write an open alert back."""
        mine = update(AlertRow).where(AlertRow.id == alert.id, AlertRow.ended_at.is_(None))
        done = self._connection.execute(mine.values(**_values(alert)))
        one_changed(done.rowcount, "alert", alert.id)

    def forget_before(self, moment: datetime) -> int:
        """Drop alerts that ended before a moment; how many there were."""
        old = delete(AlertRow).where(AlertRow.ended_at < seconds(moment))
        return self._connection.execute(old).rowcount


def _values(alert: AlertRecord) -> dict[str, object]:
    return {
        "kind": alert.kind,
        "subject": alert.subject,
        "about": alert.about,
        "level": alert.level,
        "detail": alert.detail,
        "raised_at": seconds(alert.raised_at),
        "changed_at": seconds(alert.changed_at),
        "ended_at": maybe_seconds(alert.ended_at),
    }


def _alert(row: AnyRow) -> AlertRecord:
    return AlertRecord(
        id=row.id,
        kind=row.kind,
        subject=row.subject,
        about=row.about,
        level=AlertLevel(row.level),
        detail=row.detail,
        raised_at=instant(row.raised_at),
        changed_at=instant(row.changed_at),
        ended_at=maybe_instant(row.ended_at),
    )
