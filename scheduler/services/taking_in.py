"""Documents coming in through the service: imported and assessed in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass

from models.patients import PatientFacts, Referral
from scheduler.services.desk import Desk
from scheduler.services.readiness import AssessReport, assess_some
from scheduler.services.referrals import ImportReport, import_intake


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What an import did, and how the cases stand that it touched."""

    report: ImportReport
    assessed: AssessReport
    cases: tuple[str, ...]
    """Those that are new or whose referral or patient has changed, by id."""


def take_in(
    desk: Desk, patients: Iterable[PatientFacts], referrals: Iterable[Referral]
) -> TakenIn:
    """Keep patients and referrals, and assess every open case that they change anything for."""
    people, asked = tuple(patients), tuple(referrals)
    named = sorted({p.id for p in people} | {r.patient for r in asked})
    before = _versions(desk, named)
    report = import_intake(desk, people, asked)
    after = _versions(desk, named)
    touched = tuple(sorted(case for case in after if before.get(case) != after[case]))
    return TakenIn(report, assess_some(desk, touched), touched)


def _versions(desk: Desk, patients: Iterable[str]) -> dict[str, tuple[int, int]]:
    """By case: its version and that of its patient."""
    known = desk.uow.patients.by_id(patients)
    return {
        case.id: (case.version, record.version)
        for name, record in known.items()
        for case in desk.uow.cases.of_patient(name)
    }
