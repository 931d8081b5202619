"""A case with its patient and what is held for it, as the store reads it in one look."""

from datetime import datetime
from typing import NamedTuple, Protocol

from scheduler.records import BookingRecord, CaseRecord, PatientRecord, Reservation


class FileParts(NamedTuple):
    """What belongs to a case, but for the decisions."""

    record: CaseRecord
    patient: PatientRecord
    booking: BookingRecord | None
    reservation: Reservation | None


class Files(Protocol):
    """Cases with all that belongs to them."""

    def get(self, case: str, now: datetime) -> FileParts:
        """The parts of a case's file, its reservation as of `now`; NotFoundError if unknown."""
        ...
