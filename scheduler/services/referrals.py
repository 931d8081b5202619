"""Patients and referrals coming in: each import says what was new, changed, or left out and why."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.patients import PatientFacts, Referral
from scheduler.records import CaseRecord, CaseState, PatientRecord
from scheduler.services.desk import Desk

MOST_NAMED = 1000
"""With more than these it is quicker to read everything."""


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did; importing the same again changes nothing."""

    patients_added: int = 0
    patients_changed: int = 0
    cases_added: int = 0
    cases_changed: int = 0
    cases_closed: int = 0
    unchanged: int = 0
    faults: tuple[str, ...] = ()
    """Referrals that were not taken, one sentence each."""


def import_intake(
    desk: Desk, patients: Iterable[PatientFacts], referrals: Iterable[Referral]
) -> ImportReport:
    """Keep patients and referrals by their ids; what is not named stays as it is."""
    counts: dict[str, int] = {}
    people, asked = tuple(patients), tuple(referrals)
    named = {facts.id for facts in people} | {referral.patient for referral in asked}
    known = desk.uow.patients.by_id(_few(named))
    for facts in people:
        change = _import_patient(desk, facts, known)
        counts[change] = counts.get(change, 0) + 1
    cases = desk.uow.cases.by_id(_few({referral.id for referral in asked}))
    faults = []
    for referral in asked:
        if referral.patient not in known:
            faults.append(f"referral {referral.id}: its patient {referral.patient} is unknown")
            continue
        change = _import_referral(desk, referral, cases)
        counts[change] = counts.get(change, 0) + 1
    return ImportReport(faults=tuple(faults), **counts)


def _few(names: set[str]) -> set[str] | None:
    """The names to ask the store for; None where it is better to read everything."""
    return names if len(names) <= MOST_NAMED else None


def _import_patient(desk: Desk, facts: PatientFacts, known: dict[str, PatientRecord]) -> str:
    before = known.get(facts.id)
    if before is None:
        known[facts.id] = desk.uow.patients.add(facts, desk.now)
        desk.audit("patient.add", facts.id, after=known[facts.id])
        return "patients_added"
    if before.imported == facts:
        return "unchanged"
    changed = before.model_copy(update={"imported": facts})
    known[facts.id] = desk.uow.patients.change(changed, desk.now)
    desk.audit("patient.change", facts.id, before=before, after=known[facts.id])
    return "patients_changed"


def _import_referral(desk: Desk, referral: Referral, cases: dict[str, CaseRecord]) -> str:
    before = cases.get(referral.id)
    if before is None:
        added = desk.uow.cases.add(referral, desk.now)
        desk.audit("case.add", referral.id, after=added)
        cases[referral.id] = added
        return "cases_added" if referral.active else _close(desk, added, cases)
    if before.referral == referral:
        return "unchanged"
    if not referral.active and before.state == CaseState.OPEN:
        return _close(desk, before.model_copy(update={"referral": referral}), cases)
    reopened = referral.active and before.state == CaseState.CLOSED
    state = CaseState.OPEN if reopened else before.state
    changed = before.model_copy(update={"referral": referral, "state": state})
    cases[referral.id] = desk.uow.cases.change(changed)
    desk.audit("case.change", referral.id, before=before, after=cases[referral.id])
    return "cases_changed"


def _close(desk: Desk, record: CaseRecord, cases: dict[str, CaseRecord]) -> str:
    closed = desk.uow.cases.change(record.model_copy(update={"state": CaseState.CLOSED}))
    desk.audit("case.close", record.id, before=record, after=closed)
    cases[record.id] = closed
    return "cases_closed"
