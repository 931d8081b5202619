"""What the clinical rules say of each case now, and whether the bookings made still stand."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.base import HoldStage
from models.clinical.assess import assess
from models.clinical.facts import Facts
from models.clinical.permitted import permitted
from models.clinical.readiness import HoldPlan, Readiness, Requirement, RuleRef, Status
from models.windows import Window, WindowSet
from scheduler.records import BookingRecord, BookingState, CaseState, Held, PatientRecord
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
        if refreshed.booking and refreshed.booking.trouble:
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

    A procedure that is not offered is a requirement. A patient who was booked stops their drugs as
    planned then: from the booked start on, what was permitted when the hold was planned still is.
    """
    facts = facts_of(scene, file)
    if facts is None:
        return _not_offered(scene, file)
    fresh = assess(facts, scene.department.book, scene.now)
    booking = file.booking
    if booking is None or booking.held.start < scene.now or fresh.blocks:
        return fresh
    planned = assess(facts, scene.department.book, planned_from(scene, booking))
    return _on_plan(scene, booking, fresh, planned)


def facts_of(scene: Scene, file: CaseFile) -> Facts | None:
    """Everything the rules look at; None when the procedure is not offered."""
    kind = scene.department.procedure(file.referral)
    if kind is None:
        return None
    return scene.department.facts(file.patient.facts, file.referral, kind, file.decisions)


def planned_from(scene: Scene, booking: BookingRecord) -> datetime:
    """The moment as of which the holds of a booking count as planned.

    It is when the place was chosen, if the patient was told within the site's notice; else as much
    later as they were told too late. Who has not been told yet can be told now at the earliest.
    """
    setting = scene.department.site.setting
    notice = timedelta(hours=setting.notice_hours + setting.approval_lead_hours)
    return max(booking.placed_at, (_stops_told(booking) or scene.now) - notice)


def _stops_told(booking: BookingRecord) -> datetime | None:
    """When the patient was told to stop drugs, for this start or for an earlier one."""
    return booking.stops_told_at or booking.told_at


def _on_plan(
    scene: Scene, booking: BookingRecord, fresh: Readiness, planned: Readiness
) -> Readiness:
    start = booking.held.start
    kept = planned.window_set - WindowSet.between(planned.assessed_at, start)
    windows = fresh.window_set | kept
    return fresh.model_copy(
        update={
            "windows": tuple((w.start, w.end) for w in windows),
            "status": fresh.status if fresh.windows else planned.status,
            "holds": tuple(_staged(scene, booking, hold) for hold in planned.holds),
        }
    )


def _staged(scene: Scene, booking: BookingRecord, hold: HoldPlan) -> HoldPlan:
    """A hold is planned once the patient was told, and begun once they should have stopped."""
    recorded = hold.stage not in {HoldStage.NONE, HoldStage.PLANNED}
    if recorded or _stops_told(booking) is None or hold.ready_at is None or hold.last_dose is None:
        return hold
    latest_dose = booking.held.start - (hold.ready_at - hold.last_dose)
    stage = HoldStage.STARTED if latest_dose <= scene.now else HoldStage.PLANNED
    return hold.model_copy(update={"stage": stage})


def _not_offered(scene: Scene, file: CaseFile) -> Readiness:
    referral = file.referral
    asked = f"{referral.display or 'the procedure'} ({referral.code})"
    requirement = Requirement(
        kind="unknown-procedure",
        ref=RuleRef(
            rule="catalogue/unknown-procedure",
            policy="catalogue",
            version=scene.department.catalogue.version,
            source="the site's procedure catalogue",
            evidence="site",
        ),
        sentence=f"{asked} is not offered here; ask the referrer for one of the catalogue",
        closes_windows=True,
    )
    return Readiness(
        referral=referral.id,
        patient=referral.patient,
        procedure=referral.code,
        assessed_at=scene.now,
        status=Status.CONDITIONAL,
        windows=(),
        requirements=(requirement,),
    )


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
    book = scene.department.book
    refused = permitted(facts, book, scene.now, start)
    booking = file.booking
    if (
        refused
        and booking
        and scene.now <= booking.held.start <= start
        and not file.readiness.blocks
    ):
        refused = permitted(facts, book, planned_from(scene, booking), start)
    return tuple(refusal.sentence for refusal in refused)


def unavailable(scene: Scene, held: Held) -> tuple[str, ...]:
    """Which resources are not there for all of their need, one sentence each."""
    found = []
    for span in held.spans():
        resource = scene.resources.get(span.resource)
        free = WindowSet(Window(a, b) for a, b in resource.available) if resource else WindowSet()
        if not any(w.start <= span.begin and span.end <= w.end for w in free):
            shown = scene.local_span(span.begin, span.end)
            found.append(f"{span.resource} is not available {shown}")
    return tuple(found)
