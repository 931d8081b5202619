"""Rules on what is recorded of patient and order: blocks, reviews, requirements and needs.

Each test answers with the words for its row's sentence, once per finding; no answer, no effect.
None of them depends on the start, so both forms of the rules share them.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from models.clinical.asked import Asked, asked_by
from models.clinical.facts import Facts
from models.clinical.levels import disputed_levels, levels_known, precaution_levels
from models.clinical.pregnancy import blocking_state
from models.clinical.readiness import Block
from models.clinical.rules import ClinicalRule, RuleKind, RuleSet
from models.patients import Finding, Pregnancy
from models.timegrid import local_day, zone

Words = dict[str, object]
CM_PER_M = 100


@dataclass(frozen=True, slots=True)
class Case:
    """What a test may look at."""

    rule: ClinicalRule
    facts: Facts
    rules: RuleSet
    now: datetime

    @property
    def age(self) -> int | None:
        """Completed years today."""
        today = local_day(self.now, zone(self.facts.setting.timezone))
        return self.facts.patient.age_on(today)

    def found(self, findings: tuple[Finding, ...]) -> Iterator[Words]:
        """Each finding that the row's lists mean, in words; one under two codes is one."""
        found = self.rules.found(self.rule, findings)
        for name in dict.fromkeys(finding.name for finding in found):
            yield {"finding": name}


def _deceased(case: Case) -> Iterator[Words]:
    if case.facts.patient.deceased:
        yield {}


def _referral_inactive(case: Case) -> Iterator[Words]:
    if not case.facts.referral.active:
        yield {}


def _pregnancy(case: Case) -> Iterator[Words]:
    state = blocking_state(case.rule, case.facts, case.rules, case.now)
    if state in (Pregnancy.POSITIVE, Pregnancy.POSSIBLE):
        yield {"state": state.value}


def _pregnancy_unknown(case: Case) -> Iterator[Words]:
    state = blocking_state(case.rule, case.facts, case.rules, case.now)
    if state is Pregnancy.UNKNOWN:
        yield {}


def _condition(case: Case) -> Iterator[Words]:
    return case.found((*case.facts.patient.conditions, *case.facts.referral.reasons))


def _allergy(case: Case) -> Iterator[Words]:
    return case.found(case.facts.patient.allergies)


def _flag(case: Case) -> Iterator[Words]:
    for flag in case.rule.flags:
        if flag in case.facts.referral.flags:
            yield {"flag": flag.replace("-", " ")}


def _flag_missing(case: Case) -> Iterator[Words]:
    if not any(flag in case.facts.referral.flags for flag in case.rule.flags):
        yield {}


def _young(case: Case) -> Iterator[Words]:
    limit = case.rule.figures.get("years")
    if limit is not None and case.age is not None and case.age < limit:
        yield {"age": case.age}


def _age_unknown(case: Case) -> Iterator[Words]:
    if case.age is None:
        yield {}


def _many_levels(case: Case) -> Iterator[Words]:
    count = len(set(case.facts.referral.levels))
    if count > case.rule.figure("levels"):
        yield {"count": count}


def _high_levels(case: Case) -> Iterator[Words]:
    if levels := disputed_levels(case.facts):
        yield {"level": ", ".join(levels)}


def _levels_unknown(case: Case) -> Iterator[Words]:
    if not levels_known(case.facts.referral):
        yield {}


def _thoracic(case: Case) -> Iterator[Words]:
    if levels := precaution_levels(case.facts):
        yield {"level": ", ".join(levels)}


def _indication(case: Case) -> Iterator[Words]:
    if not any(_condition(case)):
        yield {}


def _asa(case: Case) -> Iterator[Words]:
    asa = case.facts.patient.asa_class
    if asa is not None and asa >= case.rule.figure("class"):
        yield {"asa": asa}


def _asa_unknown(case: Case) -> Iterator[Words]:
    if case.facts.patient.asa_class is None:
        yield {}


def _airway(case: Case) -> Iterator[Words]:
    recorded = {*case.facts.patient.airway_flags, *case.facts.referral.flags}
    for flag in case.rule.flags:
        if flag in recorded:
            yield {"what": flag.replace("-", " ")}


def _bmi(case: Case) -> Iterator[Words]:
    patient = case.facts.patient
    if patient.weight_kg is not None and patient.height_cm is not None:
        bmi = patient.weight_kg / (patient.height_cm / CM_PER_M) ** 2
        if bmi >= case.rule.figure("bmi"):
            yield {"what": f"body mass index {bmi:.0f}"}
    for words in case.found(patient.conditions):
        yield {"what": words["finding"]}


def _unreadable(case: Case) -> Iterator[Words]:
    for what in case.facts.patient.unreadable:
        yield {"what": what}


TESTS: Mapping[str, Callable[[Case], Iterator[Words]]] = MappingProxyType(
    {
        "deceased": _deceased,
        "referral-inactive": _referral_inactive,
        "pregnancy": _pregnancy,
        "pregnancy-unknown": _pregnancy_unknown,
        "condition": _condition,
        "allergy": _allergy,
        "flag": _flag,
        "flag-missing": _flag_missing,
        "young": _young,
        "age-unknown": _age_unknown,
        "many-levels": _many_levels,
        "high-levels": _high_levels,
        "levels-unknown": _levels_unknown,
        "thoracic": _thoracic,
        "indication": _indication,
        "asa": _asa,
        "asa-unknown": _asa_unknown,
        "airway": _airway,
        "bmi": _bmi,
        "unreadable": _unreadable,
    }
)


def _hits(
    kinds: tuple[RuleKind, ...], facts: Facts, rules: RuleSet, now: datetime
) -> Iterator[tuple[ClinicalRule, Words]]:
    for rule in rules.of_kinds(kinds):
        test = TESTS.get(rule.test)
        if test is not None and rule.concerns(facts.procedure, facts.referral.flags):
            for words in test(Case(rule, facts, rules, now)):
                yield rule, words


def _name(rule: ClinicalRule) -> str:
    return rule.id.rpartition("/")[2]


def blocks(facts: Facts, rules: RuleSet, now: datetime) -> tuple[Block, ...]:
    """Contraindications that leave no window until they are cleared."""
    return tuple(
        Block(
            kind=_name(rule),
            ref=rule.ref,
            sentence=rule.text.format(**rule.figures_text, **words),
        )
        for rule, words in _hits((RuleKind.BLOCK,), facts, rules, now)
    )


def recorded(facts: Facts, rules: RuleSet, now: datetime) -> Iterator[Asked]:
    """Reviews and requirements that follow from the record."""
    kinds = (RuleKind.REVIEW, RuleKind.REQUIREMENT, RuleKind.CONVENTION)
    for rule, words in _hits(kinds, facts, rules, now):
        kind = "review" if rule.kind is RuleKind.REVIEW else _name(rule)
        yield replace(asked_by(rule, kind, **words), ahead=timedelta())


def needs(facts: Facts, rules: RuleSet, now: datetime) -> tuple[tuple[str, Asked], ...]:
    """Tags that the rules add to the procedure, each with the review that it asks for."""
    return tuple(
        (rule.tag, replace(asked_by(rule, "review", **words), ahead=timedelta()))
        for rule, words in _hits((RuleKind.NEED,), facts, rules, now)
        if rule.tag is not None
    )
