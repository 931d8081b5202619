"""What is held in a store, kept from one question to the next and caught up by the audit.

Whatever changes the site, a closure, a booking or a reservation writes an audit row in the same
transaction, and writers come one after another. So the rows after the one that was last seen tell
which cases to read again. They are believed only when that last row is still there with the same
chain, which no other history of the store could give; and a row of a kind that is not known here
says nothing, so everything is read anew.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from models.held import Held
from scheduler.records import AuditEntry, BookingRecord, Closure, Reservation, SiteRecord
from scheduler.services.desk import Desk

MOST_ROWS = 64
"""With more audit rows than these it is quicker to read everything."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

HARMLESS = frozenset({"case", "patient", "run"})
"""What actions of these kinds change holds no resource; the case in question is always read."""
HOLDING = frozenset({"booking", "reservation"})
"""Actions of these kinds change what is held for the case that is their subject."""


@dataclass(frozen=True)
class Holdings:
    """The site and everything that is held, as of one row of the audit."""

    last: AuditEntry
    since: datetime
    """Bookings are those that start from here on."""
    site: SiteRecord
    closures: tuple[Closure, ...]
    bookings: Mapping[str, BookingRecord]
    """By case."""
    reservations: Mapping[str, tuple[Reservation, ...]]
    """Those that nobody has ended, by case, in order of their ids; some may be overdue."""

    @cached_property
    def booked(self) -> Mapping[str, Held]:
        """What the bookings hold, by case."""
        return {case: booking.held for case, booking in self.bookings.items()}

    def live(self, now: datetime) -> tuple[Reservation, ...]:
        """The reservations that still hold something, in order of their ids."""
        found = (r for kept in self.reservations.values() for r in kept if r.expires_at > now)
        return tuple(sorted(found, key=lambda reservation: reservation.id))


def read_holdings(desk: Desk) -> Holdings | None:
    """Everything that is held now; None in a store without audit rows."""
    last = desk.uow.audit.newest()
    if last is None:
        return None
    since = _since(desk, desk.scene.site_record)
    reserved: dict[str, tuple[Reservation, ...]] = {}
    for reservation in desk.uow.reservations.live(EPOCH):
        reserved[reservation.case] = (*reserved.get(reservation.case, ()), reservation)
    return Holdings(
        last=last,
        since=since,
        site=desk.scene.site_record,
        closures=desk.scene.closures,
        bookings=desk.uow.bookings.standing(since=since),
        reservations=reserved,
    )


def caught_up(known: Holdings, desk: Desk) -> Holdings | None:
    """The same holdings as they are now; everything is read where that cannot be told otherwise."""
    rows = desk.uow.audit.since(known.last.seq, MOST_ROWS + 1)
    cases = _changed(rows[1:])
    continues = bool(rows) and rows[0] == known.last and len(rows) <= MOST_ROWS
    if cases is None or not continues or known.since != _since(desk, known.site):
        return read_holdings(desk)
    if len(rows) == 1:
        return known
    bookings, reservations = dict(known.bookings), dict(known.reservations)
    for case in cases:
        bookings.pop(case, None)
        reservations.pop(case, None)
        booking = desk.uow.bookings.find(case)
        if booking is not None and booking.held.start >= known.since:
            bookings[case] = booking
        if reserved := desk.uow.reservations.live(EPOCH, case):
            reservations[case] = reserved
    return replace(known, last=rows[-1], bookings=bookings, reservations=reservations)


def _since(desk: Desk, site: SiteRecord) -> datetime:
    return desk.departments.of(site).span(desk.now).start


def _changed(rows: Iterable[AuditEntry]) -> list[str] | None:
    """The cases of which something may be held or no longer be held; None when anything may be."""
    cases = set()
    for row in rows:
        kind = row.action.partition(".")[0]
        if kind in HOLDING:
            cases.add(row.subject)
        elif kind not in HARMLESS:
            return None
    return sorted(cases)
