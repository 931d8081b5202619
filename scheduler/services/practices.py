"""The department of a store as what-if needs it: one frozen value, to be edited and run apart.

What is kept for a short while for somebody on the phone, and what is booked for cases that are no
longer open, is no part of it.
"""

from models.patients import Referral
from scenarios.practice import Known, OutOfUse, Practice, Promise
from scheduler.records import BookingRecord, CaseState, Closure
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.desk import Desk


def practice_of(desk: Desk) -> Practice:
    """The site, every open case with its facts and booking, and what is out of use."""
    return Practice(
        site=desk.department.site,
        now=desk.now,
        known=tuple(_known(file) for file in all_files(desk, state=CaseState.OPEN)),
        out_of_use=tuple(_out_of_use(closure) for closure in desk.scene.closures),
    )


def _known(file: CaseFile) -> Known:
    return Known(
        patient=file.patient.facts,
        referral=_dated(file),
        decisions=file.decisions,
        promise=_promise(file.booking) if file.booking else None,
    )


def _dated(file: CaseFile) -> Referral:
    """The referral; one that does not say when it was written counts from when it came in."""
    referral = file.referral
    if referral.authored is not None:
        return referral
    return referral.model_copy(update={"authored": file.record.received_at})


def _promise(booking: BookingRecord) -> Promise:
    held = booking.held
    return Promise(
        start=held.start,
        assigned=held.assigned,
        needs=held.needs,
        locked=booking.locked,
        placed_at=booking.placed_at,
        told_at=booking.told_at,
        stops_told_at=booking.stops_told_at,
    )


def _out_of_use(closure: Closure) -> OutOfUse:
    return OutOfUse(resource=closure.resource, start=closure.start, end=closure.end)
