"""A case with all that belongs to it, read in one go."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from models.clinical.facts import Decision
from models.clinical.readiness import Readiness, Requirement
from models.errors import RefusedError
from models.night_cases import off_drug_as_told
from models.patients import Referral
from scheduler.records import (
    BookingRecord,
    CaseRecord,
    CaseState,
    PatientRecord,
    Reservation,
)
from scheduler.services.desk import Desk


def requirement_key(requirement: Requirement) -> str:
    """The name by which a requirement is decided: its kind, the rule that asks, and the drug."""
    drug = f":{requirement.drug}" if requirement.drug else ""
    return f"{requirement.kind}:{requirement.ref.rule}{drug}"


@dataclass(frozen=True, slots=True)
class CaseFile:
    """A case, its patient, what was decided, and what is held for it."""

    record: CaseRecord
    patient: PatientRecord
    decisions: tuple[Decision, ...] = ()
    booking: BookingRecord | None = None
    reservation: Reservation | None = None

    @property
    def id(self) -> str:
        """The case's id."""
        return self.record.id

    @property
    def referral(self) -> Referral:
        """What was asked for."""
        return self.record.referral

    @property
    def readiness(self) -> Readiness:
        """What the rules last said.

        Raises:
            RefusedError: the case has not been assessed.
        """
        if self.record.readiness is None:
            raise RefusedError(
                "the case has not been assessed yet", place=f"case {self.id}", remedy="assess it"
            )
        return self.record.readiness

    @property
    def told(self) -> bool:
        """Whether the patient was told a time, or to stop drugs for one."""
        booking = self.booking
        return bool(booking and (booking.told_at or booking.stops_told_at))

    @property
    def troubled(self) -> bool:
        """Whether the booking can no longer stand as it is."""
        return bool(self.booking and self.booking.trouble)

    @property
    def off_drug(self) -> bool:
        """Whether the patient was told a time, and the hold for it has begun.

        Raises:
            RefusedError: the case has not been assessed.
        """
        return off_drug_as_told(self.readiness, told=self.told)

    @property
    def mark(self) -> str:
        """A digest of what people and documents have said of the case, and of what it holds.

        What the rules make of that is no part of it: an assessment alone changes no mark.
        """
        booking = self.booking
        content = {
            "referral": self.referral.model_dump(mode="json")
            | {"flags": sorted(self.referral.flags)},
            "state": self.record.state,
            "facts": self.patient.facts.model_dump(mode="json"),
            "decisions": [decision.model_dump(mode="json") for decision in self.decisions],
            "booking": booking
            and booking.model_dump(
                mode="json", include={"id", "held", "locked", "told_at", "stops_told_at"}
            ),
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()

    def mark_since(self, given_up: str | None) -> str:
        """The mark, with the booking last cancelled: one made and cancelled since changes it."""
        return hashlib.sha256(f"{self.mark}:{given_up or ''}".encode()).hexdigest()

    def waiting_for(self, start: datetime) -> tuple[str, ...]:
        """Sentences of the requirements without which no booking at that start is firm."""
        return tuple(requirement.sentence for requirement in self.readiness.open_at(start))

    def with_readiness(self, record: CaseRecord) -> "CaseFile":
        """The same file with the case as it was just assessed."""
        return replace(self, record=record)

    def with_booking(self, booking: BookingRecord | None) -> "CaseFile":
        """The same file with another booking."""
        return replace(self, booking=booking)


def open_file(desk: Desk, case: str) -> CaseFile:
    """The file of one case.

    Raises:
        NotFoundError: there is no such case.
    """
    parts = desk.uow.files.get(case, desk.now)
    return CaseFile(
        record=parts.record,
        patient=parts.patient,
        decisions=desk.uow.decisions.by_case(case).get(case, ()),
        booking=parts.booking,
        reservation=parts.reservation,
    )


def files_of_patient(desk: Desk, patient: PatientRecord) -> Iterator[CaseFile]:
    """The files of a patient's open cases."""
    for record in desk.uow.cases.of_patient(patient.id):
        if record.state == CaseState.OPEN:
            yield _file(desk, record, patient)


def _file(desk: Desk, record: CaseRecord, patient: PatientRecord) -> CaseFile:
    reserved = desk.uow.reservations.live(desk.now, record.id)
    return CaseFile(
        record=record,
        patient=patient,
        decisions=desk.uow.decisions.by_case(record.id).get(record.id, ()),
        booking=desk.uow.bookings.find(record.id),
        reservation=reserved[0] if reserved else None,
    )


def all_files(desk: Desk, *, state: CaseState | None = None) -> tuple[CaseFile, ...]:
    """The files of all cases, or of those in a state, by id."""
    patients = desk.uow.patients.by_id()
    bookings = desk.uow.bookings.standing()
    decisions = desk.uow.decisions.by_case()
    reserved = {r.case: r for r in desk.uow.reservations.live(desk.now)}
    return tuple(
        CaseFile(
            record=record,
            patient=patients[record.referral.patient],
            decisions=decisions.get(name, ()),
            booking=bookings.get(name),
            reservation=reserved.get(name),
        )
        for name, record in desk.uow.cases.by_id(state=state).items()
    )
