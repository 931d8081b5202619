"""A case with its patient and what is held for it, in one look."""

from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, select

from scheduler.ports_files import FileParts
from scheduler.store.bookings import (
    BOOKING,
    IS_LIVE,
    RESERVATION,
    STANDS,
    booking_of,
    reservation_of,
)
from scheduler.store.cases import CASE, PATIENT, case_of, no_case, patient_of
from scheduler.store.codec import seconds
from scheduler.store.tables import BookingRow, CaseRow, PatientRow, ReservationRow

_PATIENT = len(CASE)
_BOOKING = _PATIENT + len(PATIENT)
_RESERVATION = _BOOKING + len(BOOKING)


class SqlFiles:
    """Cases with all that the same row can tell."""

    _of_case = (
        select(*CASE, *PATIENT, *BOOKING, *RESERVATION)
        .join(PatientRow, PatientRow.id == CaseRow.patient_id)
        .outerjoin(BookingRow, and_(BookingRow.case_id == CaseRow.id, STANDS))
        .outerjoin(ReservationRow, and_(ReservationRow.case_id == CaseRow.id, *IS_LIVE))
        .where(CaseRow.id == bindparam("case"))
        .order_by(ReservationRow.id)
        .limit(1)
    )

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, case: str, now: datetime) -> FileParts:
        """The parts of a case's file."""
        given = {"case": case, "now": seconds(now)}
        row = self._connection.execute(self._of_case, given).one_or_none()
        if row is None:
            raise no_case(case)
        booked, reserved = row[_BOOKING:_RESERVATION], row[_RESERVATION:]
        return FileParts(
            record=case_of(row[:_PATIENT]),
            patient=patient_of(row[_PATIENT:_BOOKING]),
            booking=None if booked[0] is None else booking_of(booked),
            reservation=None if reserved[0] is None else reservation_of(reserved),
        )
