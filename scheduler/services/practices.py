"""The department of a store as what-if needs it: one frozen value, to be edited and run apart.

What is kept for a short while for somebody on the phone, and what is booked for cases that are no
longer open, is no part of it. Closed cases are there as what referrals to come are drawn from.
"""

from collections.abc import Iterator

from models.patients import PatientFacts, Referral
from scenarios.inflow import Received, looked_back, with_inflow
from scenarios.practice import Known, OutOfUse, Practice, Promise
from scheduler.records import BookingRecord, CaseRecord, CaseState, Closure
from scheduler.services.case_files import CaseFile, all_files
from scheduler.services.desk import Desk


def practice_of(desk: Desk) -> Practice:
    """The site, every open case with its facts and booking, what is out of use, and who comes in.

    How many referrals come in, and of which kinds, is counted over the last weeks, whatever the
    state of the cases. Where too little was received for that, no number by weekday is given.
    """
    practice = Practice(
        site=desk.department.site,
        now=desk.now,
        known=tuple(_known(file) for file in all_files(desk, state=CaseState.OPEN)),
        out_of_use=tuple(_out_of_use(closure) for closure in desk.scene.closures),
    )
    opened = desk.uow.cases.first_received()
    if opened is None:
        return practice
    received = _received(desk, desk.uow.cases.received_since(looked_back(practice)))
    return with_inflow(practice, received, opened=opened, rules=desk.department.rules)


def _received(desk: Desk, records: tuple[CaseRecord, ...]) -> Iterator[Received]:
    patients = desk.uow.patients.by_id(record.referral.patient for record in records)
    for record in records:
        facts = patients[record.referral.patient].facts
        settled = record.state != CaseState.OPEN
        yield Received(
            known=Known(patient=facts, referral=record.referral),
            at=record.received_at,
            forgotten=settled and facts == PatientFacts(id=facts.id),
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
