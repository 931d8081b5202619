"""Keeping a proposal for the person on the phone: a reservation with a token that expires."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from models.errors import ExpiredError, RefusedError
from scheduler.records import Reservation, ReservationState
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import checked, claim
from scheduler.services.readiness import refresh


def reserve(desk: Desk, case: str, start: datetime, assigned: Mapping[str, str]) -> Reservation:
    """Hold a placement until the site's reservation time is over; an earlier one of the case ends.

    Raises:
        NotFoundError: there is no such case.
        RefusedError: a rule forbids the placement, or the case is booked already.
        ConflictError: somebody else holds some of it.
    """
    file = refresh(desk, open_file(desk, case))
    if file.booking:
        raise RefusedError(
            f"the case is booked for {desk.local(file.booking.held.start)}",
            place=f"case {case}",
            remedy="move the booking instead",
        )
    held = checked(desk, file, start, assigned)
    end_reservation(desk, file, ReservationState.RELEASED)
    reservation = Reservation(
        id=desk.ids.new("reservation"),
        case=case,
        token=desk.ids.token(),
        held=held,
        state=ReservationState.LIVE,
        expires_at=desk.now + timedelta(minutes=desk.department.site.reservation_minutes),
        created_at=desk.now,
        created_by=desk.actor,
    )
    claim(desk, {reservation.id: held})
    desk.uow.reservations.add(reservation)
    desk.audit("reservation.add", case, after=reservation)
    return reservation


def release(desk: Desk, token: str) -> Reservation:
    """Give a reservation up before it expires.

    Raises:
        NotFoundError: no reservation has the token.
        ExpiredError: it has ended already.
    """
    reservation = live(desk, token)
    return _end(desk, reservation, ReservationState.RELEASED)


def live(desk: Desk, token: str) -> Reservation:
    """The reservation of a token while it can still be used.

    Once its time is over it is gone, even if nobody has taken its cells yet.

    Raises:
        NotFoundError: no reservation has the token.
        ExpiredError: it has ended.
    """
    reservation = desk.uow.reservations.by_token(token)
    if reservation.state != ReservationState.LIVE or reservation.expires_at <= desk.now:
        how = (
            f"ended at {desk.local(reservation.expires_at)}"
            if reservation.state in {ReservationState.LIVE, ReservationState.EXPIRED}
            else f"is {reservation.state}"
        )
        raise ExpiredError(
            f"the reservation {how}", place=f"case {reservation.case}", remedy="reserve it again"
        )
    return reservation


def end_reservation(desk: Desk, file: CaseFile, state: ReservationState) -> None:
    """Let go of what is reserved for a case, if anything is."""
    if file.reservation:
        _end(desk, file.reservation, state)


def _end(desk: Desk, reservation: Reservation, state: ReservationState) -> Reservation:
    desk.uow.claims.release([reservation.id])
    ended = desk.uow.reservations.end(reservation, state)
    desk.audit(f"reservation.{state}", reservation.case, before=reservation, after=ended)
    return ended
