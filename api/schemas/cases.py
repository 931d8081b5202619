"""Cases as callers see them, and what they send about patients."""

from datetime import datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints

from api.schemas.bookings import BookingOut
from api.schemas.moments import Moment
from api.schemas.readiness import ReadinessOut
from models.base import Frozen, Priority
from models.clinical.readiness import Status
from models.patients import ExposureStatus, Lab, LabCode, PatientFacts, Sex
from models.site import Site
from models.timegrid import local_day
from scheduler.intake.faults import IntakeFault
from scheduler.records import AuditEntry, CaseRecord, CaseState, Reservation
from scheduler.services.case_files import CaseFile
from scheduler.services.facts import Noted
from scheduler.services.taking_in import TakenIn

Drug = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Value = Annotated[float, Field(ge=0, le=1_000_000, allow_inf_nan=False)]
TAKEN = "2026-11-23T07:30:00-06:00"


class LabIn(Frozen):
    """A laboratory result; each code has one unit, as the glossary says."""

    code: LabCode = Field(examples=["INR"])
    value: Value = Field(examples=[1.2])
    taken_at: Moment = Field(examples=[TAKEN])

    def lab(self) -> Lab:
        """The result as the rules read it."""
        return Lab(code=self.code, value=self.value, taken_at=self.taken_at)


class DoseIn(Frozen):
    """When the patient last took a drug."""

    drug: Drug = Field(description="As the case lists it.", examples=["apixaban"])
    last_dose: Moment = Field(examples=[TAKEN])


class FactsIn(Frozen):
    """What has become known of the patient of a case."""

    labs: tuple[LabIn, ...] = Field(default=(), max_length=50)
    doses: tuple[DoseIn, ...] = Field(default=(), max_length=50)


class FaultOut(Frozen):
    """Something in a document that could not be read; the rest was taken."""

    line: int | None = Field(description="Which of several bundles, from 1.", examples=[1])
    kind: str = Field(examples=["Observation"])
    id: str = Field(examples=["lab-3"])
    reason: str = Field(examples=["a value without a unit"])

    @classmethod
    def of(cls, fault: IntakeFault) -> Self:
        """A fault as the reader found it."""
        return cls(
            line=fault.line, kind=fault.resource_type, id=fault.resource_id, reason=fault.reason
        )


class IntakeOut(Frozen):
    """What was taken from the documents, and how the cases stand that they touched."""

    patients_added: int
    patients_changed: int
    cases_added: int
    cases_changed: int
    cases_closed: int
    unchanged: int
    cases: tuple[str, ...] = Field(description="Cases that are new, or were assessed anew.")
    ready: int
    conditional: int
    blocked: int
    troubled: tuple[str, ...] = Field(description="Cases whose booking can no longer stand.")
    faults: tuple[FaultOut, ...]
    refused: tuple[str, ...] = Field(description="Referrals that were not taken, and why.")

    @classmethod
    def of(cls, taken: TakenIn, faults: tuple[IntakeFault, ...]) -> Self:
        """A report as the services give it."""
        report, assessed = taken.report, taken.assessed
        return cls(
            patients_added=report.patients_added,
            patients_changed=report.patients_changed,
            cases_added=report.cases_added,
            cases_changed=report.cases_changed,
            cases_closed=report.cases_closed,
            unchanged=report.unchanged,
            cases=taken.cases,
            ready=assessed.ready,
            conditional=assessed.conditional,
            blocked=assessed.blocked,
            troubled=assessed.troubled,
            faults=tuple(map(FaultOut.of, faults)),
            refused=report.faults,
        )


class CaseSummary(Frozen):
    """A case in a list."""

    id: str = Field(examples=["referral-7"])
    patient: str = Field(examples=["patient-3"])
    procedure: str = Field(examples=["vertebroplasty"])
    priority: str = Field(description="As the referrer sent it.", examples=["urgent"])
    state: CaseState
    status: Status | None = Field(description="None until it is assessed.")
    booking: BookingOut | None
    version: int

    @classmethod
    def of(cls, seen: tuple[CaseRecord, BookingOut | None]) -> Self:
        """A case with its booking."""
        record, booking = seen
        readiness = record.readiness
        return cls(
            id=record.id,
            patient=record.referral.patient,
            procedure=readiness.procedure if readiness else record.referral.code,
            priority=record.referral.priority,
            state=record.state,
            status=readiness.status if readiness else None,
            booking=booking,
            version=record.version,
        )


class ReferralOut(Frozen):
    """What was asked for."""

    code: str = Field(examples=["22511"])
    system: str = Field(examples=["http://www.ama-assn.org/go/cpt"])
    display: str
    priority: str = Field(examples=["urgent"])
    levels: tuple[str, ...] = Field(examples=[["L3"]])
    reasons: tuple[str, ...]
    flags: tuple[str, ...]
    authored: datetime | None


class ExposureOut(Frozen):
    """A drug of the patient."""

    drug: str = Field(examples=["apixaban"])
    known: bool = Field(description="False where no rule can know the drug.")
    status: ExposureStatus
    last_dose: datetime | None


class LabOut(Frozen):
    """The latest result of one code."""

    code: LabCode
    value: float
    taken_at: datetime


class PatientOut(Frozen):
    """What the rules know of the patient, in short; names are not kept here."""

    id: str
    age: int | None
    sex: Sex
    drugs: tuple[ExposureOut, ...]
    labs: tuple[LabOut, ...]
    conditions: tuple[str, ...]
    allergies: tuple[str, ...]
    has_escort: bool | None
    unreadable: tuple[str, ...] = Field(description="Records of which the content is unknown.")

    @classmethod
    def of(cls, facts: PatientFacts, site: Site, now: datetime) -> Self:
        """A summary of facts at a moment."""
        found = (facts.latest(code) for code in LabCode)
        return cls(
            id=facts.id,
            age=facts.age_on(local_day(now, site.tz)),
            sex=facts.sex,
            drugs=tuple(
                ExposureOut(**e.model_dump(include=set(ExposureOut.model_fields)))
                for e in facts.exposures
            ),
            labs=tuple(LabOut(**lab.model_dump()) for lab in found if lab is not None),
            conditions=tuple(finding.name for finding in facts.conditions),
            allergies=tuple(finding.name for finding in facts.allergies),
            has_escort=facts.has_escort,
            unreadable=facts.unreadable,
        )


class KeptOut(Frozen):
    """A reservation as everybody sees it: only who made it has the token."""

    start: datetime
    assigned: dict[str, str]
    expires_at: datetime
    by: str = Field(examples=["ann"])

    @classmethod
    def of(cls, record: Reservation) -> Self:
        """A reservation without its token."""
        return cls(
            start=record.held.start,
            assigned=record.held.assigned,
            expires_at=record.expires_at,
            by=record.created_by,
        )


class CaseOut(Frozen):
    """A case with all that belongs to it."""

    id: str = Field(examples=["referral-7"])
    state: CaseState
    priority: Priority | None = Field(description="By the site's rules; none where unknown to it.")
    received_at: datetime
    referral: ReferralOut
    patient: PatientOut
    status: Status | None
    booking: BookingOut | None
    reservation: KeptOut | None
    version: int

    @classmethod
    def of(cls, file: CaseFile, site: Site, now: datetime) -> Self:
        """A case as it is kept."""
        record, referral = file.record, file.referral
        return cls(
            id=file.id,
            state=record.state,
            priority=site.priorities.get(referral.priority),
            received_at=record.received_at,
            referral=ReferralOut(
                reasons=tuple(finding.name for finding in referral.reasons),
                flags=tuple(sorted(referral.flags)),
                **referral.model_dump(
                    include={"code", "system", "display", "priority", "levels", "authored"}
                ),
            ),
            patient=PatientOut.of(file.patient.facts, site, now),
            status=record.readiness.status if record.readiness else None,
            booking=BookingOut.of(file.booking) if file.booking else None,
            reservation=KeptOut.of(file.reservation) if file.reservation else None,
            version=record.version,
        )


class AssessedOut(Frozen):
    """A case after something became known: what the rules say now, and whether the booking stands.

    Other cases of the same patient are assessed with it.
    """

    readiness: ReadinessOut
    booking: BookingOut | None
    released: tuple[str, ...] = Field(description="Cases whose reservation was let go.")
    troubled: tuple[str, ...] = Field(description="Cases whose booking can no longer stand.")

    @classmethod
    def of(cls, noted: Noted) -> Self:
        """A case as it stands afterwards."""
        booking = noted.file.booking
        return cls(
            readiness=ReadinessOut.of(noted.file.readiness),
            booking=BookingOut.of(booking) if booking else None,
            released=noted.released,
            troubled=tuple(other.case for other in noted.troubled),
        )


class ChangeOut(Frozen):
    """One row of the record of changes."""

    seq: int
    at: datetime
    actor: str = Field(examples=["ann"])
    on_behalf_of: str | None = Field(
        description="For whom a system did it, where it said so.", examples=[None]
    )
    action: str = Field(examples=["booking.move"])
    subject: str = Field(examples=["referral-7"])
    detail: str
    reason: str = Field(
        description="What was typed about it, for as long as the booking keeps it.", default=""
    )
    before: str | None = Field(description="A digest of what was before.")
    after: str | None = Field(description="A digest of what is since.")

    @classmethod
    def of(cls, entry: AuditEntry, reason: str) -> Self:
        """A row as it is kept, with what the record that it tells of says of the reason."""
        return cls(**entry.model_dump(include=set(cls.model_fields)), reason=reason)
