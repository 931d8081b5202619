"""The repository of calendar feeds."""

from sqlalchemy import Connection, insert, select, update

from models.errors import NotFoundError
from scheduler.records_plan import Feed
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables_plan import FeedRow


class SqlFeeds:
    """Calendars that people subscribe to."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _query = select(FeedRow.__table__)

    def get(self, feed: str) -> Feed:
        """A feed."""
        row = self._connection.execute(self._query.where(FeedRow.id == feed)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no feed {feed}", remedy="list them")
        return _feed(row)

    def by_digest(self, digest: str) -> Feed | None:
        """The feed of a secret."""
        row = self._connection.execute(self._query.where(FeedRow.digest == digest)).one_or_none()
        return None if row is None else _feed(row)

    def all(self) -> tuple[Feed, ...]:
        """Every feed, by id."""
        return tuple(map(_feed, self._connection.execute(self._query.order_by(FeedRow.id))))

    def add(self, feed: Feed) -> None:
        """Keep a new feed."""
        self._connection.execute(insert(FeedRow).values(**_values(feed)))

    def change(self, feed: Feed) -> Feed:
        """Write one back with the next version."""
        after = feed.model_copy(update={"version": feed.version + 1})
        done = self._connection.execute(
            update(FeedRow)
            .where(FeedRow.id == feed.id, FeedRow.version == feed.version)
            .values(**_values(after))
        )
        one_changed(done.rowcount, "feed", feed.id)
        return after


def _values(feed: Feed) -> dict[str, object]:
    return {
        **dict(feed),
        "created_at": seconds(feed.created_at),
        "revoked_at": maybe_seconds(feed.revoked_at),
    }


def _feed(row: AnyRow) -> Feed:
    return Feed(
        id=row.id,
        digest=row.digest,
        resource=row.resource,
        label=row.label,
        created_at=instant(row.created_at),
        created_by=row.created_by,
        revoked_at=maybe_instant(row.revoked_at),
        revoked_by=row.revoked_by,
        version=row.version,
    )
