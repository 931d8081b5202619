"""Small facts for clinical tests: a vertebroplasty and a plain injection, patients without risk."""

from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from models.clinical.assess import assess
from models.clinical.facts import ClinicSetting, Decision, Facts
from models.clinical.permitted import permitted
from models.clinical.policy import PolicyBook, RowOverride
from models.clinical.readiness import Readiness, Requirement
from models.patients import Exposure, Finding, Lab, LabCode, PatientFacts, Pregnancy, Referral, Sex
from models.procedures import BleedingRisk, Minutes, Phase, PhaseNeed, ProcedureType

# Monday 2 March 2026, 09:00 in Chicago (UTC-6 until 8 March).
CENTRAL = timezone(timedelta(hours=-6))
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
FRACTURE = Finding(code="M80.08XA", system="icd10", text="osteoporotic fracture")


def procedure(**members: Any) -> ProcedureType:
    values: dict[str, Any] = {
        "key": "injection",
        "label": "Facet joint injection",
        "region": "spine",
        "bleeding_risk": BleedingRisk.HIGH,
        "fluoroscopy": True,
        "sedation": "none",
        "preparation_minutes": 30,
        "procedure_minutes": Minutes(base=60, thoracic=15, source="test", evidence="K"),
        "turnover_minutes": 15,
        "recovery_minutes": 120,
        "needs": (PhaseNeed(role="suite", kind="suite", phases=(Phase.PROCEDURE,)),),
        "source": "test",
        "evidence": "K",
    }
    return ProcedureType(**values | members)


def vertebroplasty(**members: Any) -> ProcedureType:
    values = {"key": "vertebroplasty", "label": "Vertebroplasty", "vertebral": True}
    return procedure(**values | {"sedation": "moderate"} | members)


def patient(**members: Any) -> PatientFacts:
    """A man of 70 years, 72 kg, creatinine 1.0 mg/dL: (140 - 70) * 72 / (72 * 1.0) = 70 mL/min."""
    values: dict[str, Any] = {
        "id": "p1",
        "birth_date": date(1955, 6, 1),
        "sex": Sex.MALE,
        "weight_kg": 72,
        "labs": (lab(LabCode.CREATININE, 1.0),),
        "pregnancy": Pregnancy.NOT_APPLICABLE,
        "asa_class": 2,
    }
    return PatientFacts(**values | members)


def referral(**members: Any) -> Referral:
    return Referral(**{"id": "r1", "patient": "p1", "code": "64493", "system": "cpt"} | members)


def spine_referral(**members: Any) -> Referral:
    """An order for vertebroplasty at L3 that lacks nothing."""
    values: dict[str, Any] = {
        "code": "22511",
        "levels": ("L3",),
        "reasons": (FRACTURE,),
        "flags": frozenset({"failed-conservative", "recent-imaging"}),
    }
    return referral(**values | members)


def facts(
    *exposures: Exposure,
    of: ProcedureType | None = None,
    order: Referral | None = None,
    decisions: tuple[Decision, ...] = (),
    setting: dict[str, Any] | None = None,
    **members: Any,
) -> Facts:
    return Facts(
        patient=patient(exposures=exposures, **members),
        referral=order or referral(),
        procedure=of or procedure(),
        setting=ClinicSetting(**{"timezone": "America/Chicago"} | (setting or {})),
        decisions=decisions,
    )


def lab(code: LabCode, value: float, taken_at: datetime = NOW) -> Lab:
    return Lab(code=code, value=value, taken_at=taken_at)


def apixaban(**members: Any) -> Exposure:
    """5 mg at 08:00 and 20:00."""
    values = {"drug": "apixaban", "rxcui": "1364430", "dose_times": (time(8), time(20))}
    return Exposure(**values | members)


def aspirin(**members: Any) -> Exposure:
    return Exposure(**{"drug": "aspirin", "rxcui": "1191"} | members)


def warfarin(**members: Any) -> Exposure:
    return Exposure(**{"drug": "warfarin", "rxcui": "11289"} | members)


def chicago(day: int, hour: int, minute: int = 0, month: int = 3) -> datetime:
    """An instant of 2026 before the clocks change on 8 March, by the clock of Chicago (UTC-6)."""
    return datetime(2026, month, day, hour, minute, tzinfo=CENTRAL)


SIR = PolicyBook.of(["SIR2019-high"])
ASRA = PolicyBook.of(["ASRA2018-high"])
CLINIC = PolicyBook.of(["clinic-page"])
WHO: dict[str, Any] = {"approver": "Dr Vega", "reason": "agreed", "decided_on": date(2026, 1, 5)}


def overridden(policy: str, row: str, *policies: str, **columns: Any) -> PolicyBook:
    """Policies with one decision of the site laid over a row."""
    change = RowOverride(policy=policy, drug=row, row=columns, **WHO)
    return PolicyBook.of(policies or ("SIR2019-high",), [change])


def decided(kind: str, rule: str, **members: Any) -> Decision:
    values = {"kind": kind, "rule": rule, "accepted": True, "by": "Dr Vega", "reason": "agreed"}
    return Decision(**values | {"at": NOW} | members)


def first_start(known: Facts, book: PolicyBook, now: datetime = NOW) -> datetime | None:
    """The first permitted start, which the pointwise form must permit and refuse a tick before."""
    windows = assess(known, book, now).windows
    if not windows:
        assert permitted(known, book, now, now + timedelta(days=7))
        return None
    start = windows[0][0]
    assert permitted(known, book, now, start) == ()
    assert permitted(known, book, now, start - timedelta(minutes=known.setting.tick_minutes))
    return start


def last_end(known: Facts, book: PolicyBook, now: datetime = NOW) -> datetime:
    """The end of the last window, which the pointwise form must refuse and permit before."""
    end = assess(known, book, now).windows[-1][1]
    assert permitted(known, book, now, end)
    assert permitted(known, book, now, end - timedelta(minutes=known.setting.tick_minutes)) == ()
    return end


def asked(readiness: Readiness, kind: str) -> list[Requirement]:
    return [requirement for requirement in readiness.requirements if requirement.kind == kind]
