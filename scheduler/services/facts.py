"""Facts that become known: results and doses noted, and every case of the patient assessed anew."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.errors import InputError
from models.patients import Lab
from scheduler.records import BookingRecord, Note, ReservationState
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.readiness import assess_now, refresh_patient
from scheduler.services.reserving import end_reservation


@dataclass(frozen=True, slots=True)
class Dose:
    """When a patient last took a drug."""

    drug: str
    last_dose: datetime


@dataclass(frozen=True, slots=True)
class Noted:
    """A case as it stands after something became known, and what that touched."""

    file: CaseFile
    troubled: tuple[BookingRecord, ...] = ()
    """Bookings of the patient that can no longer stand as they are."""
    released: tuple[str, ...] = ()
    """Cases whose reservation was let go."""


def note(desk: Desk, case: str, *, labs: Iterable[Lab] = (), doses: Iterable[Dose] = ()) -> Noted:
    """Note results and last doses of the patient of a case, all or nothing.

    Raises:
        NotFoundError: there is no such case.
        InputError: nothing was given, it lies in the future, or the patient takes no such drug.
    """
    file = open_file(desk, case)
    notes = (*_results(desk, case, labs), *_doses(desk, file, doses))
    if not notes:
        raise InputError("nothing was given to note", place=f"case {case}", remedy="give a fact")
    before = file.patient
    noted = before.model_copy(update={"notes": (*before.notes, *notes)})
    after = desk.uow.patients.change(noted, desk.now)
    desk.audit("patient.note", after.id, before=before, after=after)
    files = refresh_patient(desk, after)
    # What was reserved on the old facts is offered anew: a reservation lasts minutes only.
    released = tuple(let_go(desk, f) for f in files if f.reservation)
    asked = next((f for f in files if f.id == case), None) or _as_known(desk, case)
    return Noted(asked, troubled(files), released)


def _results(desk: Desk, case: str, labs: Iterable[Lab]) -> Iterable[Note]:
    for lab in labs:
        _past(desk, case, lab.taken_at, "the result")
        yield Note(at=desk.now, by=desk.actor, lab=lab)


def _doses(desk: Desk, file: CaseFile, doses: Iterable[Dose]) -> Iterable[Note]:
    drugs = {exposure.drug for exposure in file.patient.facts.exposures}
    for dose in doses:
        if dose.drug not in drugs:
            raise InputError(
                "the patient takes no drug of this name",
                place=f"case {file.id}",
                remedy="name a drug as the case lists it",
            )
        _past(desk, file.id, dose.last_dose, "the dose")
        yield Note(at=desk.now, by=desk.actor, drug=dose.drug, last_dose=dose.last_dose)


def _past(desk: Desk, case: str, instant: datetime, what: str) -> None:
    if instant > desk.now:
        raise InputError(f"{what} lies in the future", place=f"case {case}")


def _as_known(desk: Desk, case: str) -> CaseFile:
    """A case that is no longer open is not kept anew, but it is told what the rules say."""
    file = open_file(desk, case)
    readiness = assess_now(desk.scene, file)
    return file.with_readiness(file.record.model_copy(update={"readiness": readiness}))


def troubled(files: Iterable[CaseFile]) -> tuple[BookingRecord, ...]:
    """The bookings of some cases that can no longer stand."""
    return tuple(file.booking for file in files if file.booking and file.booking.trouble)


def let_go(desk: Desk, file: CaseFile) -> str:
    """End the reservation of a case; its id."""
    end_reservation(desk, file, ReservationState.RELEASED)
    return file.id
