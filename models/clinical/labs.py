"""Laboratory gates: a result within its limits and its time before the start, or a requirement.

An unknown result is never passed. A value drawn while a drug was taken says nothing of the time
after it, so what must be drawn after the last dose waits for the last dose.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models.clinical.asked import Asked
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.readiness import RuleRef
from models.clinical.rows import LabRule, LabWhen
from models.clinical.rules import RuleSet
from models.clinical.sentences import clock_text, day_text
from models.clinical.spans import elapsed
from models.patients import Lab
from models.timegrid import local_day, start_of_day, zone

AFTER_STOP = (LabWhen.AFTER_STOP, LabWhen.DAY_BEFORE)


@dataclass(frozen=True, slots=True)
class Gate:
    """A value asked of this patient."""

    lab: LabRule
    ref: RuleRef
    drug: str = ""
    last: datetime | None = None
    """The last dose after which it must be drawn, where it must."""
    begun: bool = False
    """Whether that last dose has been recorded."""


def standing_gates(facts: Facts, book: PolicyBook, drug_gates: tuple[Gate, ...]) -> list[Gate]:
    """What is asked of every patient, less what a drug's own gate asks more strictly."""
    gates = book.gates_for(facts.procedure.bleeding_risk)
    liver = book.rules.lists["chronic-liver-disease"]
    ill = any(liver.has(finding) for finding in facts.patient.conditions)
    special = [gate for gate in gates if ill and gate.population == "chronic-liver-disease"]
    return [
        Gate(gate.lab, gate.ref)
        for gate in special or [gate for gate in gates if gate.population == "all"]
        if not any(_covers(drug.lab, gate.lab) for drug in drug_gates)
    ]


def _covers(strict: LabRule, other: LabRule) -> bool:
    if strict.limit is None or other.limit is None or strict.when not in AFTER_STOP:
        return False
    same = strict.codes == other.codes and strict.limit.sign == other.limit.sign
    lower_is_stricter = other.limit.sign in ("<", "<=")
    closer = (
        strict.limit.value <= other.limit.value
        if lower_is_stricter
        else strict.limit.value >= other.limit.value
    )
    return same and closer


def drawn_after_stop(gate: Gate, facts: Facts) -> Lab | None:
    """The latest result drawn after the recorded last dose."""
    result = _latest(gate.lab, facts)
    if result is None or gate.last is None or not gate.begun or result.taken_at <= gate.last:
        return None
    return result


def _latest(lab: LabRule, facts: Facts) -> Lab | None:
    results = (facts.patient.latest(code) for code in lab.codes)
    return max((r for r in results if r is not None), key=lambda r: r.taken_at, default=None)


def open_gate(gate: Gate, facts: Facts, rules: RuleSet, start: datetime) -> Asked | None:
    """What a gate asks, seen from the earliest permitted start; None when it asks nothing.

    A result in hand that will grow too old asks for a new one from that time on.
    """
    match gate.lab.when:
        case LabWhen.BEFORE_RESTART:
            return None
        case LabWhen.IF_DOUBT:
            return _asking(gate, "if in doubt", firm=False)
        case LabWhen.IF_RENAL_IMPAIRMENT:
            if not _is_impaired(facts, rules):
                return _asking(gate, "if renal function is impaired", firm=False)
            gate = replace(gate, lab=gate.lab.model_copy(update={"when": LabWhen.AFTER_STOP}))
    if gate.lab.when in AFTER_STOP and drawn_after_stop(gate, facts) is None:
        return _wanting(gate, f"drawn after the last {gate.drug} dose, ", rules)
    result = _latest(gate.lab, facts)
    if result is None:
        return _wanting(gate, "no result; ", rules)
    return _judged(gate, result, facts, rules, start)


def _judged(gate: Gate, result: Lab, facts: Facts, rules: RuleSet, start: datetime) -> Asked | None:
    zoned = zone(facts.setting.timezone)
    shown = f"{result.value:g} of {day_text(result.taken_at, zoned)}"
    until = expires(gate, result, facts, rules)
    if start >= until:
        return _wanting(gate, f"{shown} is too old for the first start; ", rules)
    decision = facts.decision("lab", gate.ref.rule, gate.drug or None)
    judged = decision is not None and decision.accepted and decision.at >= result.taken_at
    if gate.lab.limit is None and not judged:
        return _asking(gate, f"{shown}: a clinician must judge it, no limit is given")
    if gate.lab.limit is not None and not gate.lab.limit.admits(result.value) and not judged:
        return _wanting(gate, f"{shown} is not {gate.lab.limit}; ", rules)
    counts = f"{shown} counts for starts before {clock_text(until, zoned, start)}"
    again = _wanting(gate, f"{counts}; later ones need a new result, ", rules)
    return replace(again, applies_from=until)


def expires(gate: Gate, result: Lab, facts: Facts, rules: RuleSet) -> datetime:
    """The first start for which a result no longer counts."""
    if gate.lab.when is LabWhen.DAY_BEFORE:
        tz = zone(facts.setting.timezone)
        return start_of_day(local_day(result.taken_at, tz) + timedelta(days=2), tz)
    return result.taken_at + elapsed(_days(gate, rules) * 24)


def _days(gate: Gate, rules: RuleSet) -> float:
    test = "lab-validity-after-stop" if gate.lab.when in AFTER_STOP else "lab-validity"
    return min(rule.figure("days") for rule in rules.testing(test))


def _wanting(gate: Gate, what: str, rules: RuleSet) -> Asked:
    """A result that is still to be drawn, and from when on it counts."""
    if gate.lab.when is LabWhen.DAY_BEFORE:
        return _asking(gate, f"{what}on the day before the procedure")
    days = _days(gate, rules)
    asked = _asking(gate, f"{what}at most {days:g} days before the procedure")
    return replace(asked, counts=elapsed(days * 24))


def _is_impaired(facts: Facts, rules: RuleSet) -> bool:
    impaired = rules.lists["renal-impairment"]
    return any(impaired.has(finding) for finding in facts.patient.conditions)


def _asking(gate: Gate, what: str, *, firm: bool = True) -> Asked:
    wanted = f" {gate.lab.wanted}" if gate.lab.wanted else ""
    return Asked(
        kind="lab",
        ref=gate.ref,
        sentence=f"{gate.lab.name}{wanted}: {what}",
        firm=firm,
        ahead=timedelta(),
        drug=gate.drug,
        subject=gate.lab.name,
    )
