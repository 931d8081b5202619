"""Undoing the last change of a booking: by a change of its own, for a while, if it still fits."""

from datetime import timedelta

from models.errors import NotFoundError, RefusedError, StaleError
from scheduler.records import BookingRecord, BookingState, ReservationState
from scheduler.records_promises import BookingChange
from scheduler.services.booking import change, end_booking
from scheduler.services.case_files import open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import checked, claim
from scheduler.services.readiness import assess_now, refresh
from scheduler.services.reserving import end_reservation

ACTION = "booking.undo"
SMALL = frozenset({"booking.lock", "booking.unlock", "booking.told"})
"""Changes that leave the place as it is."""


def undo(desk: Desk, case: str, *, version: int | None = None) -> BookingRecord:
    """Take back the last change of a booking; to undo that again brings the change back.

    What the booking had is claimed again and every rule is asked again. What the patient had been
    told then is what they know again.

    Raises:
        NotFoundError: there is no such case, or nothing of its booking was changed.
        StaleError: the booking is at another version than the caller has seen.
        RefusedError: it is too late, the procedure has begun, or a rule forbids it by now.
        ConflictError: somebody else holds some of it by now.
    """
    desk.uow.cases.get(case)
    last, now = desk.uow.promises.changes.find(case), desk.uow.promises.changes.newest(case)
    if last is None or now is None:
        raise NotFoundError("no booking of it was ever changed", place=f"case {case}")
    if version is not None and now.version != version:
        raise StaleError(
            f"the booking is at version {now.version}, not {version}",
            place=f"case {case}",
            remedy="look again, then repeat",
        )
    _refuse_late(desk, last, now)
    before = last.before
    if before is None or before.state == BookingState.CANCELLED:
        return end_booking(desk, now, f"undo of {last.action}")
    if last.action in SMALL:
        told = {"told_at": before.told_at, "stops_told_at": before.stops_told_at}
        return change(desk, now, ACTION, {"locked": before.locked, **told})
    return _restored(desk, now, before)


def _refuse_late(desk: Desk, last: BookingChange, now: BookingRecord) -> None:
    minutes = desk.department.site.undo_minutes
    if desk.now > last.at + timedelta(minutes=minutes) or not minutes:
        raise RefusedError(
            f"its last change, at {desk.local(last.at)}, can be undone for {minutes} minutes only",
            place=f"case {now.case}",
            remedy="make the change that you want",
        )
    places = [now, last.before] if last.before else [now]
    if any(place.held.start < desk.now for place in places):
        raise RefusedError("the procedure has begun", place=f"case {now.case}")


def _restored(desk: Desk, now: BookingRecord, before: BookingRecord) -> BookingRecord:
    """The booking as it was before, with the needs of this moment."""
    present = open_file(desk, now.case)
    as_before = present.with_booking(before)
    readiness = assess_now(desk.scene, as_before)
    file = as_before.with_readiness(present.record.model_copy(update={"readiness": readiness}))
    held = checked(desk, file, before.held.start, before.held.assigned)
    end_reservation(desk, present, ReservationState.RELEASED)
    desk.uow.claims.release([now.id])
    claim(desk, {now.id: held})
    waiting = file.waiting_for(held.start)
    change(
        desk,
        now,
        ACTION,
        {
            "held": held,
            "state": BookingState.PROVISIONAL if waiting else BookingState.CONFIRMED,
            "waiting_for": waiting,
            "trouble": (),
            "locked": before.locked,
            "reason": before.reason,
            "placed_at": before.placed_at,
            "told_at": before.told_at,
            "stops_told_at": before.stops_told_at,
        },
    )
    refreshed = refresh(desk, open_file(desk, now.case)).booking
    return refreshed or desk.uow.bookings.get(now.case)
