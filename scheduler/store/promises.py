"""Repositories of offers, and of the last change of each booking."""

from collections.abc import Iterable
from datetime import datetime
from functools import cached_property

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy import text as sql

from scheduler.records import BookingRecord
from scheduler.records_promises import BookingChange, OfferRecord
from scheduler.store.bookings import newest_booking
from scheduler.store.codec import instant, read_document, seconds, text
from scheduler.store.tables_promises import BookingChangeRow, OfferRow

# Portable as it stands: both engines know this form of writing over what is there.
_PUT_CHANGE = sql(
    'INSERT INTO booking_change (case_id, action, "before", version, at, "by") '
    "VALUES (:case, :action, :before, :version, :at, :by) "
    "ON CONFLICT (case_id) DO UPDATE SET action = excluded.action, "
    '"before" = excluded."before", version = excluded.version, '
    'at = excluded.at, "by" = excluded."by"'
)


class SqlOffers:
    """Offers kept in one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, offers: Iterable[OfferRecord]) -> None:
        """Keep new ones."""
        rows = [
            {
                "id": offer.id,
                "case_id": offer.case,
                "document": text(offer),
                "expires_at": seconds(offer.expires_at),
            }
            for offer in offers
        ]
        if rows:
            self._connection.execute(insert(OfferRow), rows)

    def find(self, offer: str) -> OfferRecord | None:
        """The offer of an id, expired or not."""
        query = select(OfferRow.document).where(OfferRow.id == offer)
        document = self._connection.execute(query).scalar()
        return None if document is None else read_document(OfferRecord, document)

    def forget_before(self, moment: datetime) -> int:
        """Drop those that expired before a moment; how many there were."""
        old = delete(OfferRow).where(OfferRow.expires_at < seconds(moment))
        return self._connection.execute(old).rowcount


class SqlChanges:
    """The last change of each booking."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, case: str) -> BookingChange | None:
        """The last change of the booking of a case."""
        query = select(
            BookingChangeRow.action,
            BookingChangeRow.before,
            BookingChangeRow.version,
            BookingChangeRow.at,
            BookingChangeRow.by,
        ).where(BookingChangeRow.case_id == case)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return BookingChange(
            case=case,
            action=row.action,
            before=None if row.before is None else read_document(BookingRecord, row.before),
            version=row.version,
            at=instant(row.at),
            by=row.by,
        )

    def put(self, change: BookingChange) -> None:
        """Keep a change in place of the one before it."""
        self._connection.execute(
            _PUT_CHANGE,
            {
                "case": change.case,
                "action": change.action,
                "before": None if change.before is None else text(change.before),
                "version": change.version,
                "at": seconds(change.at),
                "by": change.by,
            },
        )

    def newest(self, case: str) -> BookingRecord | None:
        """The last booking of a case, cancelled or not."""
        return newest_booking(self._connection, case)


class SqlPromises:
    """Offers and changes of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @cached_property
    def offers(self) -> SqlOffers:
        """Proposals with ids."""
        return SqlOffers(self._connection)

    @cached_property
    def changes(self) -> SqlChanges:
        """What was there before."""
        return SqlChanges(self._connection)
