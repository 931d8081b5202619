"""Repositories of the routines: when they were done, and what they may forget."""

from datetime import datetime

from sqlalchemy import Connection, delete, exists, insert, select, update
from sqlalchemy.orm import aliased

from models.patients import PatientFacts
from scheduler.records import CaseState
from scheduler.records_notices import RoutineRecord
from scheduler.store.codec import AnyRow, instant, seconds, text
from scheduler.store.tables import (
    AuditRow,
    BookingRow,
    CaseRow,
    DecisionRow,
    PatientRow,
    RevisionMoveRow,
)
from scheduler.store.tables_identity import SessionRow, SpentProofRow
from scheduler.store.tables_notices import RoutineRow
from scheduler.store.tables_promises import BookingChangeRow

_ROUTINE = (RoutineRow.name, RoutineRow.done_at, RoutineRow.failed, RoutineRow.outcome)


class SqlRoutines:
    """When the routines were last done."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> RoutineRecord | None:
        """The last time of a job."""
        query = select(*_ROUTINE).where(RoutineRow.name == name)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else _routine(row)

    def all(self) -> tuple[RoutineRecord, ...]:
        """The last time of every job, by name."""
        rows = self._connection.execute(select(*_ROUTINE).order_by(RoutineRow.name))
        return tuple(map(_routine, rows))

    def put(self, routine: RoutineRecord) -> None:
        """Write down that a job was done."""
        values = {
            "done_at": seconds(routine.done_at),
            "failed": routine.failed,
            "outcome": routine.outcome,
        }
        mine = update(RoutineRow).where(RoutineRow.name == routine.name).values(**values)
        if not self._connection.execute(mine).rowcount:
            self._connection.execute(insert(RoutineRow).values(name=routine.name, **values))


class SqlKeeping:
    """What has had its use and may be forgotten."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def forget_proofs(self, now: datetime) -> int:
        """Drop one-time proofs that would be refused by their age; how many there were."""
        old = delete(SpentProofRow).where(SpentProofRow.expires_at < seconds(now))
        return self._connection.execute(old).rowcount

    def forget_sessions(self, moment: datetime) -> int:
        """Drop sessions that were over before a moment; how many there were."""
        old = delete(SessionRow).where(SessionRow.expires_at < seconds(moment))
        return self._connection.execute(old).rowcount

    def settled_patients(self, moment: datetime, limit: int) -> tuple[str, ...]:
        """Patients with facts, all of whose cases ended before a moment, by id.

        When a case ended is told by the last that the audit has of it.
        """
        case, told = aliased(CaseRow), aliased(AuditRow)
        alive = exists(
            select(case.id).where(case.patient_id == PatientRow.id, case.state == CaseState.OPEN)
        )
        lately = exists(
            select(told.seq)
            .join(case, case.id == told.subject)
            .where(case.patient_id == PatientRow.id, told.at >= seconds(moment))
        )
        query = (
            select(PatientRow.id, PatientRow.facts, PatientRow.notes)
            .where(~alive, ~lately, PatientRow.updated_at < seconds(moment))
            .order_by(PatientRow.id)
        )
        found = []
        for row in self._connection.execute(query):
            if row.facts != text(PatientFacts(id=row.id)) or row.notes != "[]":
                found.append(row.id)
            if len(found) == limit:
                break
        return tuple(found)

    def forget_words(self, case: str) -> int:
        """Drop what was written about a case and how it was booked before; how many decisions.

        Bookings keep their versions: calendars and later bookings of the case go by them.
        """
        past = delete(BookingChangeRow).where(BookingChangeRow.case_id == case)
        booked = update(BookingRow).where(BookingRow.case_id == case)
        moved = update(RevisionMoveRow).where(RevisionMoveRow.case_id == case)
        self._connection.execute(past)
        self._connection.execute(booked.values(waiting_for="[]", trouble="[]", reason=""))
        self._connection.execute(moved.values(detail=""))
        words = delete(DecisionRow).where(DecisionRow.case_id == case)
        return self._connection.execute(words).rowcount


def _routine(row: AnyRow) -> RoutineRecord:
    return RoutineRecord(
        name=row.name, done_at=instant(row.done_at), failed=row.failed, outcome=row.outcome
    )
