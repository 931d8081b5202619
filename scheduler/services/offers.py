"""Proposals with ids: kept when they are made, and good until they expire or the case changes.

They hold nothing. What is offered may be taken by others in the meantime, and every rule is asked
again when an offer is taken up.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from models.errors import ExpiredError, NotFoundError, RefusedError, StaleError
from models.plan import Placement
from scheduler.records import BookingRecord, Reservation
from scheduler.records_promises import OfferedMove, OfferRecord
from scheduler.services import booking, reserving, rooming
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk

KEPT_AFTER = timedelta(days=1)
"""How long an offer that has expired is still told from one that never was."""


@dataclass(frozen=True, slots=True)
class ToOffer:
    """A placement that is to get an id."""

    placement: Placement
    mark: str
    """`mark_of` the case that it was found for."""
    moves: tuple[OfferedMove, ...] = ()
    """Bookings of others that have to move for it."""


def mark_of(file: CaseFile, site_version: int) -> str:
    """A digest of all that an offer for a case rests on, but for what others hold."""
    return hashlib.sha256(f"{site_version}:{file.mark}".encode()).hexdigest()


def keep(desk: Desk, offered: Iterable[ToOffer]) -> tuple[OfferRecord, ...]:
    """Give each proposal an id, in their order."""
    expires = desk.now + timedelta(minutes=desk.department.site.reservation_minutes)
    records = tuple(
        OfferRecord(
            id=desk.ids.new("proposal"),
            case=one.placement.case,
            start=one.placement.start,
            assigned=dict(one.placement.assigned),
            moved=one.moves,
            mark=one.mark,
            expires_at=expires,
            created_at=desk.now,
            created_by=desk.actor,
        )
        for one in offered
    )
    desk.uow.promises.offers.forget_before(desk.now - KEPT_AFTER)
    desk.uow.promises.offers.add(records)
    return records


def standing(desk: Desk, case: str, offer: str) -> OfferRecord:
    """An offer of a case that can still be taken up.

    Raises:
        NotFoundError: there is no such case, or no such proposal for it.
        ExpiredError: its time is over.
        StaleError: something has become known of the case since, or its booking has changed.
    """
    file = open_file(desk, case)
    found = desk.uow.promises.offers.find(offer)
    if found is None or found.case != case:
        raise NotFoundError("no proposal of the case has this id", place=f"case {case}")
    if found.expires_at <= desk.now:
        raise ExpiredError(
            f"the proposal ended at {desk.local(found.expires_at)}",
            place=f"case {case}",
            remedy="ask for proposals again",
        )
    if found.mark != mark_of(file, desk.department.version):
        raise StaleError(
            "the case has changed since the proposal was made",
            place=f"case {case}",
            remedy="ask for proposals again",
        )
    return found


def reserve(desk: Desk, case: str, offer: str) -> Reservation:
    """Reserve what an offer offers.

    Raises:
        NotFoundError, ExpiredError, StaleError: as `standing`.
        RefusedError: bookings of others have to move for it, or a rule forbids it.
        ConflictError: somebody else holds some of it.
    """
    found = standing(desk, case, offer)
    if found.moved:
        raise RefusedError(
            "other bookings have to move for this proposal",
            place=f"case {case}",
            remedy="book it, which moves them",
        )
    return reserving.reserve(desk, case, found.start, found.assigned)


def book(desk: Desk, case: str, offer: str, *, firm: bool = False) -> BookingRecord:
    """Book what an offer offers; bookings that have to move for it are moved, or nothing is done.

    Raises:
        NotFoundError, ExpiredError, StaleError: as `standing`; stale too where one of the bookings
            that have to move has changed.
        RefusedError: a rule forbids it, or one of the moves.
        ConflictError: the case is booked already, or somebody else holds some of it.
    """
    found = standing(desk, case, offer)
    rooming.lift(desk, found.moved)
    kept = booking.book(desk, case, found.start, found.assigned, firm=firm)
    rooming.put(desk, found.moved)
    return kept


def move(desk: Desk, case: str, offer: str, *, version: int | None = None) -> BookingRecord:
    """Move a booking to what an offer offers.

    Raises:
        NotFoundError, ExpiredError, StaleError: as `standing`, or the booking is at another
            version than the caller has seen.
        RefusedError: it is locked, has begun, or a rule forbids it or one of the moves.
        ConflictError: somebody else holds some of it.
    """
    found = standing(desk, case, offer)
    booking.standing(desk, case, version)
    rooming.lift(desk, found.moved)
    kept = booking.move(desk, case, found.start, found.assigned, version=version)
    rooming.put(desk, found.moved)
    return kept
