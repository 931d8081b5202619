"""Which rows speak of a drug that a patient takes, before any time is counted.

A row that does not fit is left out; one that may fit, because a fact is unknown, is kept. Whoever
reads the rows left must satisfy all of them: that is what "the stricter row" means.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from models.clinical.dosing import hours_between
from models.clinical.facts import Facts
from models.clinical.policy import PolicyBook
from models.clinical.readiness import RuleRef
from models.clinical.renal import RenalValue, clearance, filtration
from models.clinical.rows import HoldRule, Scope, band_gaps
from models.clinical.rules import RuleSet
from models.patients import Exposure, ExposureStatus

ROUTE_NAMES = {
    **dict.fromkeys(("iv", "intravenous", "intravenous route", "47625008"), "iv"),
    **dict.fromkeys(("sc", "subcutaneous", "subcutaneous route", "subcut", "34206005"), "sc"),
    **dict.fromkeys(("oral", "po", "by mouth", "oral route", "26643006"), "oral"),
}
"""Routes as records write them, with their SNOMED CT codes."""
ASPIRIN = ("1191", "aspirin")


class Outcome(StrEnum):
    """What the policies in force say of a drug."""

    ROWS = "rows"  # hold it as the rows say
    NOTHING = "nothing"  # it need not be held
    UNKNOWN_DRUG = "unknown-drug"
    UNLISTED = "unlisted-drug"
    NO_ROW = "no-row"
    ASK = "ask"  # the row gives no figure


@dataclass(frozen=True, slots=True)
class Choice:
    """What speaks of one exposure."""

    exposure: Exposure
    outcome: Outcome
    rows: tuple[HoldRule, ...] = ()
    """All of them count; each has a figure."""
    asks: RuleRef | None = None
    """The rule that asks a clinician, where no row may be used."""
    renal: RenalValue | None = None
    """The renal value that chose among bands, where the drug has bands."""
    silent_bands: tuple[str, ...] = ()
    """Bands without figure that an unknown renal value may lie in."""
    certain: frozenset[str] = frozenset()
    """Ids of rows whose regimen is known to be the patient's."""
    ask_row: HoldRule | None = None
    """The row without a figure, where one asks."""

    @property
    def kind(self) -> str:
        """The kind of requirement that asks, where one does."""
        return "unknown-drug" if self.outcome is Outcome.UNKNOWN_DRUG else "ask-clinician"

    @property
    def closes(self) -> bool:
        """Whether there is no window until somebody has answered."""
        return self.outcome not in (Outcome.ROWS, Outcome.NOTHING)


def chosen(facts: Facts, book: PolicyBook, now: datetime) -> tuple[Choice, ...]:
    """What speaks of each drug, in the order of the facts; drugs long stopped are left out."""
    return tuple(
        choice
        for exposure in facts.exposures
        if not _long_stopped(choice := _choose(exposure, facts, book, now), book.rules, now)
    )


def _long_stopped(choice: Choice, rules: RuleSet, now: datetime) -> bool:
    """Stopped for good so long ago that neither a hold nor a result can still depend on it."""
    exposure = choice.exposure
    if exposure.status is not ExposureStatus.STOPPED or exposure.last_dose is None:
        return False
    days = max(rule.figure("days") for rule in rules.testing("lab-validity"))
    longest = max([days * 24, *(row.hold_hours for row in choice.rows)])
    return exposure.last_dose + timedelta(hours=longest) <= now


def _choose(exposure: Exposure, facts: Facts, book: PolicyBook, now: datetime) -> Choice:
    if not exposure.known:
        return _asking(exposure, Outcome.UNKNOWN_DRUG, facts, book)
    listed = book.rows_for(exposure, facts.procedure.bleeding_risk)
    if not listed:
        return _asking(exposure, Outcome.UNLISTED, facts, book)
    speaking = [row for row in listed if _in_scope(row, facts)]
    if not speaking:
        return Choice(exposure, Outcome.NOTHING)
    fits = {row.ref.rule: regimen_fits(row, exposure, facts) for row in speaking}
    fitting = tuple(row for row in speaking if fits[row.ref.rule] is not False)
    certain = frozenset(rule for rule, fit in fits.items() if fit)
    choice = _by_band(Choice(exposure, Outcome.ROWS, fitting, certain=certain), facts, book, now)
    if not choice.rows:
        return _asking(exposure, Outcome.NO_ROW, facts, book)
    return _with_figures(choice, facts)


def _in_scope(row: HoldRule, facts: Facts) -> bool:
    """Whether a row speaks at all: one on contrast is silent, and harmless, without contrast."""
    if row.scope is Scope.CONTRAST:
        return facts.procedure.contrast or "contrast" in facts.referral.flags
    return True


def _asking(exposure: Exposure, outcome: Outcome, facts: Facts, book: PolicyBook) -> Choice:
    """No row may be used; a clinician's decision with hours takes its place."""
    (rule,) = book.rules.testing(outcome.value)
    asked = Choice(exposure, outcome, asks=rule.ref)
    decided = _decided(exposure, asked.kind, rule.ref, facts)
    return asked if decided is None else replace(asked, outcome=Outcome.ROWS, rows=(decided,))


def _decided(exposure: Exposure, kind: str, ref: RuleRef, facts: Facts) -> HoldRule | None:
    """The row that a clinician's decision on this very drug stands for."""
    decision = facts.decision(kind, ref.rule, exposure.drug)
    if decision is None or not decision.accepted or decision.drug != exposure.drug:
        return None
    if decision.hold_hours is None:
        return None
    hours = decision.hold_hours
    who = f"{decision.by}, {decision.at.date().isoformat()}: {decision.reason}"
    source = {"source": f"{ref.source} | decided for this patient ({who})", "evidence": "site"}
    return HoldRule(
        ref=ref.model_copy(update=source),
        drug=exposure.drug or "unknown",
        regimen="as decided",
        hours=(hours, hours),
    )


def regimen_fits(row: HoldRule, exposure: Exposure, facts: Facts) -> bool | None:
    """Whether a row's regimen is the patient's; None when that cannot be told."""
    tests = (
        _route_fits(row, exposure),
        None if row.intent is None else _equal(row.intent, exposure.intent),
        _spacing_fits(row, exposure),
        None if row.dose_mg is None else _equal(row.dose_mg, exposure.dose_mg),
        _scope_fits(row, facts),
    )
    asked = (row.route, row.intent, row.spacing, row.dose_mg, row.scope)
    answers = [answer for answer, what in zip(tests, asked, strict=True) if what is not None]
    if False in answers:
        return False
    return None if None in answers else True


def _equal(wanted: object, found: object) -> bool | None:
    return None if found is None else wanted == found


def _route_fits(row: HoldRule, exposure: Exposure) -> bool | None:
    return _equal(row.route, ROUTE_NAMES.get((exposure.route or "").strip().lower()))


def _spacing_fits(row: HoldRule, exposure: Exposure) -> bool | None:
    hours = hours_between(exposure)
    return None if hours is None or row.spacing is None else row.spacing.admits(hours)


def _scope_fits(row: HoldRule, facts: Facts) -> bool | None:
    match row.scope:
        case Scope.VERTEBRAL:
            return facts.procedure.vertebral
        case Scope.WITH_ASPIRIN:
            return _with_aspirin(facts)
        case Scope.WITHOUT_ASPIRIN:
            return not _with_aspirin(facts)
        case Scope.CONTRAST:
            return True
        case _:
            return None


def _with_aspirin(facts: Facts) -> bool:
    taken = (e for e in facts.patient.exposures if e.status is not ExposureStatus.STOPPED)
    return any(e.rxcui == ASPIRIN[0] or e.drug == ASPIRIN[1] for e in taken)


def _by_band(choice: Choice, facts: Facts, book: PolicyBook, now: datetime) -> Choice:
    """Leave out the renal bands that the patient is not in; keep all when that is unknown."""
    banded = [row for row in choice.rows if row.has_band]
    if not banded:
        return choice
    measure = banded[0].renal
    renal = clearance(facts, now) if measure == "crcl" else filtration(facts, book.rules)
    value = renal.value
    if value is not None:
        rows = tuple(row for row in choice.rows if row.band_admits(value))
        return replace(choice, rows=rows, renal=renal)
    silent = tuple(row.band_text for row in banded if row.is_blank)
    told = tuple(row for row in choice.rows if not (row.has_band and row.is_blank))
    rows = told if any(row.has_band for row in told) else choice.rows
    return replace(choice, rows=rows, renal=renal, silent_bands=silent + band_gaps(banded))


def _with_figures(choice: Choice, facts: Facts) -> Choice:
    """A row that may apply and has no figure asks a clinician: it is the strictest of all."""
    rows: list[HoldRule] = []
    for row in choice.rows:
        if not row.is_blank:
            rows.append(row)
            continue
        decided = _decided(choice.exposure, "ask-clinician", row.ref, facts)
        if decided is None:
            return replace(choice, outcome=Outcome.ASK, rows=(), asks=row.ref, ask_row=row)
        rows.append(decided)
    return replace(choice, rows=tuple(rows))
