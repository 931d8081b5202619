"""What the clinical rules say of each case now, and whether the bookings made still stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from models.clinical.booked import assess_booked, not_offered, refused
from models.clinical.facts import Facts
from models.clinical.readiness import Readiness
from models.placing import unavailable
from scheduler.records import BookingRecord, BookingState, CaseState, PatientRecord
from scheduler.services.case_files import CaseFile, files_of_patient, open_file
from scheduler.services.desk import Desk
from scheduler.services.notices import notify, notify_booking
from scheduler.services.scene import Scene


@dataclass(frozen=True, slots=True)
class AssessReport:
    """How the open cases stand after an assessment."""

    ready: int = 0
    conditional: int = 0
    blocked: int = 0
    troubled: tuple[str, ...] = ()
    """Cases whose booking can no longer stand as it is."""

    def __add__(self, other: "AssessReport") -> "AssessReport":
        return AssessReport(
            self.ready + other.ready,
            self.conditional + other.conditional,
            self.blocked + other.blocked,
            (*self.troubled, *other.troubled),
        )


def assess_some(desk: Desk, cases: Iterable[str]) -> AssessReport:
    """Assess some open cases anew and look at their bookings again.

    A case that is no longer open by then is passed over.
    """
    counts: dict[str, int] = {}
    troubled = []
    for case in cases:
        file = open_file(desk, case)
        if file.record.state != CaseState.OPEN:
            continue
        refreshed = refresh(desk, file)
        status = refreshed.readiness.status.value
        counts[status] = counts.get(status, 0) + 1
        if refreshed.troubled:
            troubled.append(case)
    return AssessReport(troubled=tuple(troubled), **counts)


def refresh_patient(desk: Desk, patient: PatientRecord) -> tuple[CaseFile, ...]:
    """All open cases of a patient assessed anew, as something has become known of them."""
    files = tuple(refresh(desk, file) for file in files_of_patient(desk, patient))
    for file in files:
        notify(desk, "case.note", file.id, status=file.readiness.status)
    return files


def refresh(desk: Desk, file: CaseFile) -> CaseFile:
    """A case with the readiness and the booking of this moment; kept where they changed."""
    readiness = assess_now(desk.scene, file)
    if readiness != file.record.readiness:
        changed = file.record.model_copy(update={"readiness": readiness})
        file = file.with_readiness(desk.uow.cases.change(changed))
    return file.with_booking(recheck(desk, file)) if file.booking else file


def assess_now(scene: Scene, file: CaseFile) -> Readiness:
    """The rules' answer at this moment.

    A procedure that is not offered is a requirement; who is booked is assessed as planned then.
    """
    facts = facts_of(scene, file)
    if facts is None:
        return not_offered(file.referral, scene.department.catalogue.version, scene.now)
    return assess_booked(facts, scene.department.book, scene.now, file.booking)


def facts_of(scene: Scene, file: CaseFile) -> Facts | None:
    """Everything the rules look at; None when the procedure is not offered."""
    kind = scene.department.procedure(file.referral)
    if kind is None:
        return None
    return scene.department.facts(file.patient.facts, file.referral, kind, file.decisions)


def recheck(desk: Desk, file: CaseFile) -> BookingRecord | None:
    """The booking with its state and trouble of this moment, kept when they changed."""
    booking = file.booking
    if booking is None or booking.held.start < desk.now:
        return booking  # what has begun can no longer be helped
    if booking.held.start >= desk.department.site.horizon(desk.now).end:
        return booking  # nothing can be said of it yet
    waiting = file.waiting_for(booking.held.start)
    checked = booking.model_copy(
        update={
            "state": BookingState.PROVISIONAL if waiting else BookingState.CONFIRMED,
            "waiting_for": waiting,
            "trouble": (
                *forbidden(desk.scene, file, booking.held.start),
                *unavailable(desk.scene, booking.held),
            ),
        }
    )
    if checked == booking:
        return booking
    changed = desk.uow.bookings.change(checked.model_copy(update={"updated_at": desk.now}))
    desk.audit("booking.recheck", booking.case, before=booking, after=changed)
    notify_booking(desk, "booking.recheck", changed)
    return changed


def forbidden(scene: Scene, file: CaseFile, start: datetime) -> tuple[str, ...]:
    """Why the rules forbid a start, one sentence each; empty when they permit it.

    This is the rules' pointwise form, independent of the windows that the search was given. For a
    booked patient it allows what `assess_now` allows.
    """
    facts = facts_of(scene, file)
    if facts is None:
        return tuple(r.sentence for r in file.readiness.requirements)
    promised = None if file.readiness.blocks else file.booking
    found = refused(facts, scene.department.book, scene.now, start, promised)
    return tuple(refusal.sentence for refusal in found)
