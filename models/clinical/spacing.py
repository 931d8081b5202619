"""Windows that other things of the patient's life leave, in interval form.

Stents and premedication set lower edges, radiotherapy and contrast keep their distance where the
site has set one, and nobody can be in two places: the stay must not meet another engagement.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil

from models.clinical.asked import Asked, asked_by
from models.clinical.facts import Facts
from models.clinical.levels import precaution_levels
from models.clinical.rules import ClinicalRule, RuleSet
from models.clinical.sentences import day_text
from models.clinical.spans import SECOND, elapsed
from models.patients import Implant
from models.timegrid import start_of_day, zone
from models.windows import Window, WindowSet

MONTHS_PER_YEAR = 12


@dataclass(frozen=True, slots=True)
class Stay:
    """How long the patient is engaged before and after the procedure's start."""

    before: timedelta
    after: timedelta


def extra_minutes(facts: Facts) -> int:
    """What precautions at L1 and above add to the procedure, by the catalogue."""
    if not facts.procedure.vertebral or not precaution_levels(facts):
        return 0
    return facts.procedure.procedure_minutes.thoracic


def stay(facts: Facts) -> Stay:
    """Preparation before the start; procedure at its longest and recovery after it."""
    procedure, referral = facts.procedure, facts.referral
    minutes = procedure.procedure_minutes
    length = minutes.base + extra_minutes(facts)
    length += minutes.per_extra_level * max(0, len(set(referral.levels)) - 1)
    length += minutes.bilateral if "bilateral" in referral.flags else 0
    length += minutes.ct_guidance if "ct-guidance" in referral.flags else 0
    return Stay(
        timedelta(minutes=procedure.preparation_minutes),
        timedelta(minutes=length + procedure.recovery_minutes),
    )


def engagements(facts: Facts) -> tuple[tuple[str, datetime, datetime], ...]:
    """When the patient is elsewhere: kind, start, end."""
    busy = [(c.kind, c.start, c.end) for c in facts.patient.commitments]
    return (*busy, *(("unavailable", start, end) for start, end in facts.patient.unavailable))


def engaged(facts: Facts) -> Iterator[Window]:
    """Starts at which the stay would meet another engagement.

    A start whose stay ends as the engagement begins is free: the cut begins a second later.
    """
    length = stay(facts)
    for _, start, end in engagements(facts):
        yield Window(start - length.after + SECOND, end + length.before)


def distances(facts: Facts, rules: RuleSet) -> Iterator[Window]:
    """Starts too near another treatment, where the site has set a distance."""
    for rule, kind, hours in set_distances(facts, rules):
        if facts.accepted("spacing", rule.ref.rule):
            continue
        for commitment in facts.patient.commitments:
            if commitment.kind == kind:
                span = elapsed(hours)
                yield Window(commitment.start - span + SECOND, commitment.end + span)


def set_distances(facts: Facts, rules: RuleSet) -> Iterator[tuple[ClinicalRule, str, float]]:
    """The rows on distances that have a figure, with the kind of commitment they speak of."""
    for rule in rules.testing("spacing"):
        hours = rule.figures.get("hours")
        if hours is not None and rule.concerns(facts.procedure, facts.referral.flags):
            for kind in rule.flags:
                yield rule, kind, hours


def asked_distances(facts: Facts, rules: RuleSet) -> Iterator[Asked]:
    """What a clinician must say of treatments whose distance nobody has set."""
    tz = zone(facts.setting.timezone)
    for rule in rules.testing("spacing"):
        concerned = rule.concerns(facts.procedure, facts.referral.flags)
        if not concerned or "hours" in rule.figures:
            continue
        days = [day_text(c.start, tz) for c in facts.patient.commitments if c.kind in rule.flags]
        if not days and "radiotherapy" in facts.referral.flags and "radiotherapy" in rule.flags:
            days = ["a day that is not recorded"]
        distance = "no distance is set, a clinician must decide"
        for day in dict.fromkeys(days):
            yield replace(asked_by(rule, "spacing", day=day, distance=distance), ahead=timedelta())


def months_later(day: date, months: int) -> date:
    """The same day so many months later; the first of the month after it where there is none."""
    index = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = divmod(index, MONTHS_PER_YEAR)
    try:
        return date(year, month + 1, day.day)
    except ValueError:
        later = index + 1
        return date(later // MONTHS_PER_YEAR, later % MONTHS_PER_YEAR + 1, 1)


def stent_rule(implant: Implant, rules: RuleSet) -> ClinicalRule | None:
    """The row that speaks of an implant; one whose kind is not told counts as drug-eluting."""
    kind = implant.kind.lower()
    if any(word in kind for word in rules.lists["stent-not-coronary"].words):
        return None
    for rule in rules.testing("stent"):
        if any(word in kind for name in rule.lists for word in rules.lists[name].words):
            return rule
    return None


def stent_delays(facts: Facts, rules: RuleSet) -> Iterator[tuple[ClinicalRule, Implant, date]]:
    """The day from which each stent permits an elective procedure."""
    for implant in facts.patient.implants:
        rule = stent_rule(implant, rules)
        if rule is not None and not facts.accepted("spacing", rule.ref.rule):
            day = months_later(implant.placed_on, ceil(rule.figure("months")))
            yield rule, implant, day + timedelta(days=ceil(rule.figure("days")))


def asked_stents(facts: Facts, rules: RuleSet, now: datetime) -> Iterator[Asked]:
    """What stents whose time has not passed ask for."""
    tz = zone(facts.setting.timezone)
    for rule, implant, until in stent_delays(facts, rules):
        if start_of_day(until, tz) > now:
            asked = asked_by(
                rule, "spacing", placed=implant.placed_on.isoformat(), until=until.isoformat()
            )
            yield replace(asked, firm=False)


def premedication(facts: Facts, rules: RuleSet) -> Iterator[tuple[ClinicalRule, str, timedelta]]:
    """Regimens that must be taken first: the row, the findings, and the time it takes."""
    for rule in rules.testing("premedication"):
        if not rule.concerns(facts.procedure, facts.referral.flags):
            continue
        found = dict.fromkeys(f.name for f in rules.found(rule, facts.patient.allergies))
        if not found:
            continue
        decision = facts.decision("premedication", rule.ref.rule)
        hours = rule.figure("hours")
        if decision is not None and decision.accepted and decision.hold_hours is not None:
            hours = decision.hold_hours
        yield rule, ", ".join(found), elapsed(hours)


def asked_premedication(facts: Facts, rules: RuleSet) -> Iterator[Asked]:
    """The prescription that a regimen needs, in time for its first dose."""
    for rule, finding, span in premedication(facts, rules):
        yield replace(asked_by(rule, "premedication", finding=finding), ahead=span)


def allowed(facts: Facts, rules: RuleSet, now: datetime, whole: WindowSet) -> WindowSet:
    """The part of the horizon that engagements, distances, stents and premedication leave."""
    tz = zone(facts.setting.timezone)
    lower = [start_of_day(day, tz) for _, _, day in stent_delays(facts, rules)]
    lower += [now + span for _, _, span in premedication(facts, rules)]
    kept = whole - WindowSet([*engaged(facts), *distances(facts, rules)])
    end = max((w.end for w in kept), default=now)
    return kept.clip(max([now, *lower]), end)
