"""Pregnancy before x-ray: what is known, and whether a test is required."""

from datetime import datetime, timedelta

from models.clinical.facts import Facts
from models.clinical.rules import ClinicalRule, RuleSet
from models.patients import LabCode, Pregnancy, Sex
from models.timegrid import local_day, zone


def test_required(rule: ClinicalRule, facts: Facts, now: datetime) -> bool:
    """Whether a pregnancy has to be ruled out: not male, of an age, and nothing excludes it."""
    patient = facts.patient
    if patient.sex is Sex.MALE or patient.pregnancy is Pregnancy.NOT_APPLICABLE:
        return False
    age = patient.age_on(local_day(now, zone(facts.setting.timezone)))
    return age is None or rule.figure("age_from") <= age < rule.figure("age_below")


def blocking_state(
    rule: ClinicalRule, facts: Facts, rules: RuleSet, now: datetime
) -> Pregnancy | None:
    """The state of pregnancy that forbids x-ray; None when nothing does.

    A recorded pregnancy always does. Where a test is required, so does not knowing: a negative
    test counts for the rule's hours, a recorded negative until a positive test contradicts it.
    """
    patient = facts.patient
    if patient.pregnancy in (Pregnancy.POSITIVE, Pregnancy.POSSIBLE):
        return patient.pregnancy
    if patient.pregnancy is Pregnancy.NOT_APPLICABLE:
        return None
    if rules.found(rule, patient.conditions):
        return Pregnancy.POSITIVE
    return _untested(rule, facts, now) if test_required(rule, facts, now) else None


def _untested(rule: ClinicalRule, facts: Facts, now: datetime) -> Pregnancy | None:
    test = facts.patient.latest(LabCode.HCG)
    if test is not None and test.value > 0:
        return Pregnancy.POSSIBLE
    counts = timedelta(hours=rule.figure("test_hours"))
    fresh = test is not None and test.taken_at + counts >= now
    known = fresh or facts.patient.pregnancy is Pregnancy.NEGATIVE
    return None if known else Pregnancy.UNKNOWN
