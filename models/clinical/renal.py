"""Renal function as the hold rows ask for it: Cockcroft-Gault clearance, or a reported eGFR."""

from dataclasses import dataclass
from datetime import datetime

from models.clinical.facts import Facts
from models.clinical.rules import RuleSet
from models.patients import LabCode, PatientFacts, Sex
from models.timegrid import local_day, zone

FEMALE_FACTOR = 0.85
DIGITS = 9
"""Where floats are rounded, so that 50 by the formula lies in the band that begins at 50."""


@dataclass(frozen=True, slots=True)
class RenalValue:
    """A renal value, or what is missing to tell it."""

    value: float | None
    missing: tuple[str, ...] = ()
    taken_at: datetime | None = None


def cockcroft_gault(*, age: int, weight_kg: float, creatinine: float, female: bool) -> float:
    """Creatinine clearance in mL/min: `(140 - age) * kg / (72 * mg/dL)`, times 0.85 for women."""
    clearance = (140 - age) * weight_kg / (72 * creatinine)
    return round(clearance * FEMALE_FACTOR if female else clearance, DIGITS)


def clearance(facts: Facts, now: datetime) -> RenalValue:
    """Cockcroft-Gault clearance on the day of `now`."""
    patient = facts.patient
    age = patient.age_on(local_day(now, zone(facts.setting.timezone)))
    creatinine = patient.latest(LabCode.CREATININE)
    if age is None or creatinine is None or creatinine.value <= 0 or patient.weight_kg is None:
        return RenalValue(None, _missing(patient, age))
    if patient.sex not in (Sex.FEMALE, Sex.MALE):
        return RenalValue(None, ("sex",))
    value = cockcroft_gault(
        age=age,
        weight_kg=patient.weight_kg,
        creatinine=creatinine.value,
        female=patient.sex is Sex.FEMALE,
    )
    return RenalValue(value, taken_at=creatinine.taken_at)


def _missing(patient: PatientFacts, age: int | None) -> tuple[str, ...]:
    creatinine = patient.latest(LabCode.CREATININE)
    absent = {
        "creatinine": creatinine is None or creatinine.value <= 0,
        "weight": patient.weight_kg is None,
        "birth date": age is None,
        "sex": patient.sex not in (Sex.FEMALE, Sex.MALE),
    }
    return tuple(name for name, is_absent in absent.items() if is_absent)


def filtration(facts: Facts, rules: RuleSet) -> RenalValue:
    """The reported eGFR; unknown while the kidneys are acutely injured."""
    injured = rules.lists["acute-kidney-injury"]
    if any(injured.has(finding) for finding in facts.patient.conditions):
        return RenalValue(None, ("eGFR after recovery from acute kidney injury",))
    result = facts.patient.latest(LabCode.EGFR)
    if result is None:
        return RenalValue(None, ("eGFR",))
    return RenalValue(result.value, taken_at=result.taken_at)
