"""Repository of emergencies in which somebody took more permissions."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from models.errors import NotFoundError
from scheduler.records_identity import GlassGrant
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables_identity import GlassGrantRow


class SqlGlass:
    """Emergencies in which somebody took more permissions."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, grant: str) -> GlassGrant:
        """One of them."""
        row = self._connection.execute(select(*_GRANT).where(GlassGrantRow.id == grant))
        found = row.one_or_none()
        if found is None:
            raise NotFoundError("there is no such emergency", remedy="look at the list")
        return _grant(found)

    def open_for(self, subject: str, now: datetime) -> GlassGrant | None:
        """The one that somebody has at a moment."""
        query = select(*_GRANT).where(
            GlassGrantRow.subject == subject, GlassGrantRow.expires_at > seconds(now)
        )
        row = self._connection.execute(query.order_by(GlassGrantRow.expires_at.desc())).first()
        return None if row is None else _grant(row)

    def all(self) -> tuple[GlassGrant, ...]:
        """Every one, by id."""
        query = select(*_GRANT).order_by(GlassGrantRow.id)
        return tuple(map(_grant, self._connection.execute(query)))

    def add(self, grant: GlassGrant) -> None:
        """Keep a new one."""
        self._connection.execute(insert(GlassGrantRow).values(**_grant_values(grant)))

    def change(self, grant: GlassGrant) -> GlassGrant:
        """Write one back with the next version."""
        after = grant.model_copy(update={"version": grant.version + 1})
        done = self._connection.execute(
            update(GlassGrantRow)
            .where(GlassGrantRow.id == grant.id, GlassGrantRow.version == grant.version)
            .values(**_grant_values(after))
        )
        one_changed(done.rowcount, "emergency", grant.id)
        return after


_GRANT = (
    GlassGrantRow.id,
    GlassGrantRow.subject,
    GlassGrantRow.reason,
    GlassGrantRow.granted_at,
    GlassGrantRow.expires_at,
    GlassGrantRow.reviewed_at,
    GlassGrantRow.reviewed_by,
    GlassGrantRow.finding,
    GlassGrantRow.version,
)


def _grant(row: AnyRow) -> GlassGrant:
    return GlassGrant(
        id=row.id,
        subject=row.subject,
        reason=row.reason,
        granted_at=instant(row.granted_at),
        expires_at=instant(row.expires_at),
        reviewed_at=maybe_instant(row.reviewed_at),
        reviewed_by=row.reviewed_by,
        finding=row.finding,
        version=row.version,
    )


def _grant_values(grant: GlassGrant) -> dict[str, object]:
    times = {
        "granted_at": seconds(grant.granted_at),
        "expires_at": seconds(grant.expires_at),
        "reviewed_at": maybe_seconds(grant.reviewed_at),
    }
    return grant.model_dump() | times
