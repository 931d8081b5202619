"""Booking, cancelling and moving: each claims what it needs and lets go of the rest at once.

No booking is firm while a firm requirement is open (an approval, a result, a review): it is then
*provisional*. It holds its resources all the same, lists what it waits for, and becomes *confirmed*
by itself when the last requirement is met.
"""

from collections.abc import Mapping
from datetime import datetime

from models.clinical.booked import told_after_move
from models.errors import ConflictError, InputError, RefusedError, StaleError
from models.held import Held
from scheduler.records import BookingRecord, BookingState, ReservationState
from scheduler.records_promises import BookingChange
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import checked, claim
from scheduler.services.notices import notify_booking
from scheduler.services.readiness import refresh
from scheduler.services.reserving import end_reservation, live

WITH_REASON = "with a reason"
"""What the audit says in place of what somebody typed."""


def book_reserved(desk: Desk, case: str, token: str, *, firm: bool = False) -> BookingRecord:
    """Book what a reservation holds. The rules are asked again: facts may have changed since.

    Raises:
        NotFoundError: no such case, or no reservation has the token.
        ExpiredError: the reservation has ended.
        RefusedError: a rule forbids it, or `firm` was asked for and a requirement is open.
    """
    reservation = live(desk, token)
    if reservation.case != case:
        raise InputError("the token is of another case", place=f"case {case}")
    return book(desk, case, reservation.held.start, reservation.held.assigned, firm=firm)


def book(
    desk: Desk,
    case: str,
    start: datetime,
    assigned: Mapping[str, str],
    *,
    firm: bool = False,
    overbook: str = "",
) -> BookingRecord:
    """Book a placement; whatever was reserved for the case is used up or let go.

    Args:
        desk: the transaction.
        case: id of an open case without a booking.
        start: start of the procedure.
        assigned: a resource for each role.
        firm: refuse to book provisionally.
        overbook: the reason for naming what is kept for deliberate overbooking.

    Raises:
        NotFoundError: there is no such case.
        RefusedError: a rule forbids it, or `firm` was asked for and a requirement is open.
        ConflictError: the case is booked already, or somebody else holds some of it.
    """
    file = refresh(desk, open_file(desk, case))
    if file.booking:
        raise ConflictError(
            f"the case is booked already, for {desk.local(file.booking.held.start)}",
            place=f"case {case}",
            remedy="move the booking instead",
        )
    waiting = file.waiting_for(start)
    if firm and waiting:
        raise RefusedError(
            f"no firm booking yet: {'; '.join(waiting)}",
            place=f"case {case}",
            remedy="meet the requirements, or book provisionally",
        )
    held = checked(desk, file, start, assigned, overbook=bool(overbook))
    end_reservation(desk, file, ReservationState.BOOKED)
    booking = new_booking(desk, file, held, overbook)
    claim(desk, {booking.id: held})
    return keep_booking(desk, booking)


def new_booking(desk: Desk, file: CaseFile, held: Held, reason: str = "") -> BookingRecord:
    """A booking of a placement that nobody has been told of, as firm as the requirements allow."""
    waiting = file.waiting_for(held.start)
    return BookingRecord(
        id=desk.ids.new("booking"),
        case=file.id,
        held=held,
        state=BookingState.PROVISIONAL if waiting else BookingState.CONFIRMED,
        waiting_for=waiting,
        reason=reason,
        placed_at=desk.now,
        created_at=desk.now,
        updated_at=desk.now,
    )


def keep_booking(desk: Desk, booking: BookingRecord) -> BookingRecord:
    """Keep a new booking whose cells are claimed."""
    kept = desk.uow.bookings.add(booking)
    desk.audit("booking.add", kept.case, after=kept, detail=_said(kept))
    remember(desk, "booking.add", None, kept)
    notify_booking(desk, "booking.add", kept)
    return kept


def standing(desk: Desk, case: str, version: int | None = None) -> BookingRecord:
    """The booking of a case, at the version the caller has seen.

    Raises:
        NotFoundError: there is no such case, or it has no booking.
        StaleError: it is at another version by now.
    """
    desk.uow.cases.get(case)  # an unknown case is told apart from one without a booking
    booking = desk.uow.bookings.get(case)
    if version is not None and booking.version != version:
        raise StaleError(
            f"the booking is at version {booking.version}, not {version}",
            place=f"case {case}",
            remedy="look again, then repeat",
        )
    return booking


def cancel(desk: Desk, case: str, *, reason: str, version: int | None = None) -> BookingRecord:
    """Give up a booking and all it holds; the case waits again.

    Raises:
        NotFoundError: there is no such case, or it has no booking.
        StaleError: the booking is at another version than the caller has seen.
    """
    return end_booking(desk, standing(desk, case, version), reason=reason)


def end_booking(
    desk: Desk, booking: BookingRecord, told: str = "", *, reason: str = ""
) -> BookingRecord:
    """Cancel a booking and let go of its cells.

    Args:
        desk: the transaction.
        booking: as it stands.
        told: why, for the audit; never what somebody typed.
        reason: why, as somebody typed it.
    """
    desk.uow.claims.release([booking.id])
    update = {"state": BookingState.CANCELLED, "reason": reason, "updated_at": desk.now}
    ended = desk.uow.bookings.change(booking.model_copy(update=update))
    detail = told or _said(ended)
    desk.audit("booking.cancel", booking.case, before=booking, after=ended, detail=detail)
    remember(desk, "booking.cancel", booking, ended)
    notify_booking(desk, "booking.cancel", ended)
    return ended


def move(
    desk: Desk,
    case: str,
    start: datetime,
    assigned: Mapping[str, str],
    *,
    version: int | None = None,
    overbook: str = "",
) -> BookingRecord:
    """Move a booking: let go and claim in one transaction, or leave it exactly where it is.

    Args:
        desk: the transaction.
        case: id of a case with a booking.
        start: start of the procedure.
        assigned: a resource for each role.
        version: the version of the booking that the caller has seen.
        overbook: the reason for naming what is kept for deliberate overbooking.

    Raises:
        NotFoundError: there is no such case, or it has no booking.
        RefusedError: it is locked, has begun, or a rule forbids the new placement.
        ConflictError: somebody else holds some of it.
        StaleError: the booking is at another version than the caller has seen.
    """
    booking = standing(desk, case, version)
    if booking.locked:
        raise RefusedError("the booking is locked", place=f"case {case}", remedy="unlock it first")
    if booking.held.start < desk.now:
        raise RefusedError("the procedure has begun", place=f"case {case}")
    file = refresh(desk, open_file(desk, case))
    held = checked(desk, file, start, assigned, overbook=bool(overbook))
    desk.uow.claims.release([booking.id])
    claim(desk, {booking.id: held})
    return keep_move(desk, file, held, overbook)


def keep_move(desk: Desk, file: CaseFile, held: Held, reason: str = "") -> BookingRecord:
    """Write down the new place of a booking whose cells are claimed; the patient is to be told."""
    before = desk.uow.bookings.get(file.id)
    waiting = file.waiting_for(held.start)
    after = desk.uow.bookings.change(
        before.model_copy(
            update={
                "held": held,
                **told_after_move(before, held.start, desk.now),
                "trouble": (),
                "state": BookingState.PROVISIONAL if waiting else BookingState.CONFIRMED,
                "waiting_for": waiting,
                "reason": reason,
                "updated_at": desk.now,
            }
        )
    )
    desk.audit("booking.move", file.id, before=before, after=after, detail=_said(after))
    remember(desk, "booking.move", before, after)
    notify_booking(desk, "booking.move", after)
    return after


def _said(booking: BookingRecord) -> str:
    """Whether a reason was typed, for the audit: the words may name a patient and stay out."""
    return WITH_REASON if booking.reason else ""


def set_lock(desk: Desk, case: str, *, locked: bool, version: int | None = None) -> BookingRecord:
    """Pin a booking to its place, or free it for the night to move.

    Raises:
        NotFoundError: there is no such case, or it has no booking.
        StaleError: the booking is at another version than the caller has seen.
    """
    action = "booking.lock" if locked else "booking.unlock"
    return change(desk, standing(desk, case, version), action, {"locked": locked})


def tell(desk: Desk, case: str, *, version: int | None = None) -> BookingRecord:
    """Note that the patient has been told the time of the booking.

    Raises:
        NotFoundError: there is no such case, or it has no booking.
        StaleError: the booking is at another version than the caller has seen.
    """
    return change(desk, standing(desk, case, version), "booking.told", {"told_at": desk.now})


def change(
    desk: Desk, before: BookingRecord, action: str, update: dict[str, object]
) -> BookingRecord:
    """Write down changed members of a booking, which can be undone for a while."""
    after = desk.uow.bookings.change(before.model_copy(update={**update, "updated_at": desk.now}))
    desk.audit(action, after.case, before=before, after=after)
    remember(desk, action, before, after)
    notify_booking(desk, action, after)
    return after


def remember(desk: Desk, action: str, before: BookingRecord | None, after: BookingRecord) -> None:
    """Keep what there was before a change, until the next one."""
    desk.uow.promises.changes.put(
        BookingChange(
            case=after.case,
            action=action,
            before=before,
            version=after.version,
            at=desk.now,
            by=desk.actor,
        )
    )
