"""Standing instructions that gate nothing, and the escort that sedation needs."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from models.clinical.asked import Asked, asked_by
from models.clinical.facts import Facts
from models.clinical.pregnancy import test_required
from models.clinical.rows import HoldRule
from models.clinical.rules import ClinicalRule, RuleKind, RuleSet
from models.clinical.spans import elapsed

LIQUID_DIET = "liquid diet"


def _hours(rule: ClinicalRule) -> timedelta:
    return elapsed(rule.figures.get("hours", 0))


STANDING = ("fasting", "arrival", "escort", "corset", "recovery", "antibiotic")
"""Tests of instructions that hold for every procedure that the row concerns."""
LATEST_BEFORE_START = ("fasting", "arrival")
"""Instructions that name a time before the start."""


def instructions(facts: Facts, rules: RuleSet, now: datetime) -> Iterator[Asked]:
    """What the patient and the team do for every such procedure."""
    fertile = any(test_required(block, facts, now) for block in rules.testing("pregnancy-unknown"))
    for rule in rules.rules:
        holds = rule.test in STANDING or (rule.test == "pregnancy-test" and fertile)
        concerned = rule.concerns(facts.procedure, facts.referral.flags)
        if rule.kind is RuleKind.PREPARATION and holds and concerned:
            yield _timed(rule, replace(asked_by(rule, rule.test), firm=False, ahead=timedelta()))


def _timed(rule: ClinicalRule, asked: Asked) -> Asked:
    """The row's hours, in the sense that its test gives them."""
    hours = _hours(rule)
    if rule.test in LATEST_BEFORE_START:
        return replace(asked, ahead=hours)
    if rule.test == "pregnancy-test":
        return replace(asked, counts=hours)
    return replace(asked, after=hours) if hours else asked


def drug_instructions(rows: tuple[HoldRule, ...], rules: RuleSet) -> Iterator[Asked]:
    """What a drug that goes on, or is taken again, asks for."""
    for row in rows:
        if row.is_no_hold and LIQUID_DIET in row.regimen:
            for rule in rules.testing("liquid-diet"):
                asked = asked_by(rule, "liquid-diet", drug=row.drug)
                yield replace(asked, firm=False, ahead=_hours(rule))
        if row.lab is not None and row.lab.when == "before-restart":
            sentence = f"{row.drug} again only when {row.lab.name} is {row.lab.threshold}"
            yield Asked(kind="restart", ref=row.ref, sentence=sentence, firm=False, drug=row.drug)


def escort(facts: Facts, rules: RuleSet) -> Iterator[Asked]:
    """Sedation without anybody to take the patient home is no outpatient procedure."""
    inpatient = facts.procedure.setting == "inpatient" or "inpatient" in facts.referral.flags
    if facts.patient.has_escort is not False or inpatient:
        return
    for rule in rules.testing("escort"):
        if rule.concerns(facts.procedure, facts.referral.flags):
            yield replace(asked_by(rule, "escort"), ahead=timedelta())
