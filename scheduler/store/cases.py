"""Repositories of the site, its patients, its cases and what was decided for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import Connection, bindparam, func, insert, select, update

from models.clinical.facts import Decision
from models.clinical.readiness import Readiness
from models.errors import NotFoundError, StaleError
from models.patients import PatientFacts, Referral
from scheduler.records import (
    CaseRecord,
    CaseState,
    Note,
    PatientRecord,
    SiteRecord,
)
from scheduler.store.codec import instant, read_document, seconds, text
from scheduler.store.tables import CaseRow, DecisionRow, PatientRow, SiteRow

_NOTES = TypeAdapter(tuple[Note, ...])


def one_changed(rows: int, what: str, name: str) -> None:
    """Refuse a write that found another version than the one that was read.

    Raises:
        StaleError: it did.
    """
    if rows != 1:
        raise StaleError(
            f"{what} {name} has changed since it was read", remedy="look again, then repeat"
        )


class SqlSites:
    """The one site of the store."""

    _site = select(SiteRow.id, SiteRow.document, SiteRow.version)

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self) -> SiteRecord | None:
        """The site, or None before `init`."""
        row = self._connection.execute(self._site).one_or_none()
        return SiteRecord(id=row.id, document=row.document, version=row.version) if row else None

    def get(self) -> SiteRecord:
        """The site."""
        site = self.find()
        if site is None:
            raise NotFoundError("the store has no site yet", remedy="run holdfast init SITE")
        return site

    def put(self, site_id: str, document: str, at: datetime) -> SiteRecord:
        """Accept a site document as the next version."""
        before = self.find()
        version = before.version + 1 if before else 1
        values = {"document": document, "version": version, "updated_at": seconds(at)}
        if before:
            self._connection.execute(update(SiteRow).values(**values))
        else:
            self._connection.execute(insert(SiteRow).values(id=site_id, **values))
        return SiteRecord(id=site_id, document=document, version=version)


PATIENT = (PatientRow.facts, PatientRow.notes, PatientRow.version)
"""Columns that `patient_of` reads."""


def patient_of(row: Sequence[Any]) -> PatientRecord:
    """A patient from the values of `PATIENT`."""
    facts, notes, version = row
    return PatientRecord(
        imported=read_document(PatientFacts, facts),
        notes=_NOTES.validate_json(notes),
        version=version,
    )


class SqlPatients:
    """Facts by patient."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, patient: str) -> PatientRecord:
        """The facts of a patient."""
        found = self.by_id([patient])
        if not found:
            raise NotFoundError(f"there is no patient {patient}", remedy="import the patient first")
        return found[patient]

    def by_id(self, patients: Iterable[str] | None = None) -> dict[str, PatientRecord]:
        """Several patients, or all."""
        query = select(*PATIENT).order_by(PatientRow.id)
        if patients is not None:
            query = query.where(PatientRow.id.in_(sorted(set(patients))))
        records = map(patient_of, self._connection.execute(query))
        return {record.id: record for record in records}

    def add(self, facts: PatientFacts, at: datetime) -> PatientRecord:
        """Keep a new patient."""
        self._connection.execute(
            insert(PatientRow).values(
                id=facts.id, facts=text(facts), notes="[]", version=1, updated_at=seconds(at)
            )
        )
        return PatientRecord(imported=facts)

    def change(self, record: PatientRecord, at: datetime) -> PatientRecord:
        """Write changed facts back."""
        version = record.version + 1
        done = self._connection.execute(
            update(PatientRow)
            .where(PatientRow.id == record.id, PatientRow.version == record.version)
            .values(
                facts=text(record.imported),
                notes=_NOTES.dump_json(record.notes).decode(),
                version=version,
                updated_at=seconds(at),
            )
        )
        one_changed(done.rowcount, "patient", record.id)
        return record.model_copy(update={"version": version})

    def versions(self) -> dict[str, int]:
        """The version of every patient."""
        query = select(PatientRow.id, PatientRow.version)
        return {row.id: row.version for row in self._connection.execute(query)}


CASE = (
    CaseRow.referral,
    CaseRow.state,
    CaseRow.readiness,
    CaseRow.received_at,
    CaseRow.version,
)
"""Columns that `case_of` reads."""


class SqlCases:
    """Referrals to be scheduled."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _of_id = select(*CASE).where(CaseRow.id == bindparam("case"))
    _update = update(CaseRow).where(
        CaseRow.id == bindparam("changed"), CaseRow.version == bindparam("seen")
    )

    def get(self, case: str) -> CaseRecord:
        """A case."""
        row = self._connection.execute(self._of_id, {"case": case}).one_or_none()
        if row is None:
            raise no_case(case)
        return case_of(row)

    def by_id(
        self, cases: Iterable[str] | None = None, *, state: CaseState | None = None
    ) -> dict[str, CaseRecord]:
        """Several cases or all, or those in a state, sorted by id."""
        query = select(*CASE).order_by(CaseRow.id)
        if cases is not None:
            query = query.where(CaseRow.id.in_(sorted(set(cases))))
        if state is not None:
            query = query.where(CaseRow.state == state)
        return {case.id: case for case in map(case_of, self._connection.execute(query))}

    def following(
        self, after: str, limit: int, *, state: CaseState | None = None
    ) -> tuple[CaseRecord, ...]:
        """Cases (in a state) whose ids come after one, sorted by id, at most so many."""
        query = select(*CASE).where(CaseRow.id > after).order_by(CaseRow.id).limit(limit)
        if state is not None:
            query = query.where(CaseRow.state == state)
        return tuple(map(case_of, self._connection.execute(query)))

    def of_patient(self, patient: str) -> tuple[CaseRecord, ...]:
        """The cases of one patient, sorted by id."""
        query = select(*CASE).where(CaseRow.patient_id == patient).order_by(CaseRow.id)
        return tuple(map(case_of, self._connection.execute(query)))

    def received_since(self, moment: datetime) -> tuple[CaseRecord, ...]:
        """The cases in any state that came in from a moment on, sorted by id."""
        query = select(*CASE).where(CaseRow.received_at >= seconds(moment)).order_by(CaseRow.id)
        return tuple(map(case_of, self._connection.execute(query)))

    def first_received(self) -> datetime | None:
        """When the first case of all came in; None: there is none."""
        first = self._connection.execute(select(func.min(CaseRow.received_at))).scalar_one()
        return None if first is None else instant(first)

    def add(self, referral: Referral, at: datetime) -> CaseRecord:
        """Keep a new case, open and not yet assessed."""
        record = CaseRecord(referral=referral, state=CaseState.OPEN, readiness=None, received_at=at)
        self._connection.execute(
            insert(CaseRow).values(
                id=referral.id,
                patient_id=referral.patient,
                referral=text(referral),
                state=record.state,
                readiness=None,
                received_at=seconds(at),
                version=record.version,
            )
        )
        return record

    def change(self, record: CaseRecord) -> CaseRecord:
        """Write a case back."""
        version = record.version + 1
        done = self._connection.execute(
            self._update,
            {
                "changed": record.id,
                "seen": record.version,
                "referral": text(record.referral),
                "state": record.state,
                "readiness": text(record.readiness) if record.readiness else None,
                "version": version,
            },
        )
        one_changed(done.rowcount, "case", record.id)
        return record.model_copy(update={"version": version})

    def versions(self) -> dict[str, int]:
        """The version of every open case."""
        query = select(CaseRow.id, CaseRow.version).where(CaseRow.state == CaseState.OPEN)
        return {row.id: row.version for row in self._connection.execute(query)}


def no_case(case: str) -> NotFoundError:
    """The answer to who asks for a case that is not there."""
    return NotFoundError(f"there is no case {case}", remedy="holdfast case list shows all")


def case_of(row: Sequence[Any]) -> CaseRecord:
    """A case from the values of `CASE`."""
    referral, state, readiness, received_at, version = row
    return CaseRecord(
        referral=read_document(Referral, referral),
        state=CaseState(state),
        readiness=read_document(Readiness, readiness) if readiness else None,
        received_at=instant(received_at),
        version=version,
    )


class SqlDecisions:
    """What clinicians decided for cases where a rule asks."""

    _all = select(DecisionRow.case_id, DecisionRow.decision).order_by(
        DecisionRow.case_id, DecisionRow.decided_at, DecisionRow.id
    )
    _of_case = _all.where(DecisionRow.case_id == bindparam("case"))

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_case(self, case: str | None = None) -> dict[str, tuple[Decision, ...]]:
        """Decisions for one case, or for all, by case, oldest first."""
        found: dict[str, list[Decision]] = {}
        if case is None:
            rows = self._connection.execute(self._all)
        else:
            rows = self._connection.execute(self._of_case, {"case": case})
        for case_id, decision in rows:
            found.setdefault(case_id, []).append(read_document(Decision, decision))
        return {name: tuple(decisions) for name, decisions in found.items()}

    def add(self, decision_id: str, case: str, decision: Decision) -> None:
        """Keep a decision beside those before it."""
        self._connection.execute(
            insert(DecisionRow).values(
                id=decision_id,
                case_id=case,
                decision=text(decision),
                decided_at=seconds(decision.at),
            )
        )
