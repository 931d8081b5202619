"""Rows of a hold policy: what one guideline says of one drug, or of one laboratory value."""

from collections.abc import Sequence
from enum import StrEnum
from functools import cached_property
from math import inf
from typing import Literal

from pydantic import NonNegativeFloat, NonNegativeInt

from models.base import Frozen, Hours, Id
from models.clinical.readiness import RuleRef
from models.errors import PolicyError
from models.patients import LabCode

EVIDENCE_TAGS = {
    "P": "the figure was read in an excerpt of the named page",
    "S": "read only in a secondary page that summarises the guideline",
    "K": "general knowledge of the source, not re-read",
    "K-low": "knowledge with real doubt",
    "F": "the founding practice's own page",
    "site": "decided by the site",
    "convention": "how this software works, not a clinical figure",
}
"""How far a row can be trusted; tags may be joined by a slash."""

LAB_UNITS = {
    LabCode.PLATELETS: "x 10^9/L",
    LabCode.FIBRINOGEN: "mg/dL",
    LabCode.CREATININE: "mg/dL",
    LabCode.HAEMOGLOBIN: "g/dL",
    LabCode.APTT: "s",
    LabCode.ANTI_XA: "IU/mL",
}
"""Units as sentences write them; the values themselves are in the unit of their code."""


WITHOUT_LIMIT = {
    "site": "by the site's limits",
    "site normal range": "in the site's normal range",
    "not stated": "(no limit is stated)",
}
"""How sentences write what stands in the place of a limit."""


class LabWhen(StrEnum):
    """When a laboratory value is asked for."""

    ALWAYS = "always"
    AFTER_STOP = "after-stop"  # drawn after the last dose
    DAY_BEFORE = "day-before"  # drawn after the last dose, on the day before
    IF_RENAL_IMPAIRMENT = "if-renal-impairment"
    IF_DOUBT = "if-doubt"  # named as help, not demanded
    BEFORE_RESTART = "before-restart"  # gates the restart, not the procedure


class Scope(StrEnum):
    """What else must be true for a row to speak."""

    CONTRAST = "contrast"
    VERTEBRAL = "vertebral"
    WITH_ASPIRIN = "with-aspirin"
    WITHOUT_ASPIRIN = "without-aspirin"
    LIVER = "chronic-liver-disease"
    JUDGEMENT = "judgement"  # no recorded fact can tell


class Limit(Frozen):
    """A bound on a laboratory value, such as `<=1.8`."""

    sign: Literal["<", "<=", ">", ">="]
    value: NonNegativeFloat

    def admits(self, value: float) -> bool:
        """Whether the value is within the bound."""
        match self.sign:
            case "<":
                return value < self.value
            case "<=":
                return value <= self.value
            case ">":
                return value > self.value
            case ">=":
                return value >= self.value

    def __str__(self) -> str:
        return f"{self.sign}{self.value:g}"


class LabRule(Frozen):
    """A laboratory value that a row asks for."""

    label: str
    """As the source writes it."""
    threshold: str
    """As the source writes it: `<=1.8`, `site normal range`, `not stated`."""
    codes: tuple[LabCode, ...]
    """Any one of them will do; empty when the value is none that Holdfast reads."""
    limit: Limit | None
    """None: the source gives no figure, a clinician must judge the value."""
    when: LabWhen

    @property
    def name(self) -> str:
        """What is measured, without unit or condition."""
        return " or ".join(self.codes) or self.label.removesuffix(" if doubt")

    @property
    def wanted(self) -> str:
        """The bound with its unit, or what the source writes in its place."""
        if self.limit is None:
            return WITHOUT_LIMIT.get(self.threshold, self.threshold)
        unit = LAB_UNITS.get(self.codes[0], "") if self.codes else ""
        return f"{self.limit} {unit}".strip()


class Spacing(Frozen):
    """Hours between doses: exactly so many, or at least so many."""

    hours: Hours
    or_more: bool = False

    def admits(self, hours: float) -> bool:
        """Whether doses so many hours apart are of this spacing."""
        return hours >= self.hours if self.or_more else hours == self.hours


class HoldRule(Frozen):
    """What a policy says of one drug in one regimen and renal band."""

    ref: RuleRef
    drug: Id
    rxcui: str | None = None
    atc: str | None = None
    drug_class: str = ""
    regimen: str = ""
    """As the source writes it; the next five members are what can be tested of it."""
    route: str | None = None
    intent: str | None = None
    spacing: Spacing | None = None
    dose_mg: float | None = None
    scope: Scope | None = None
    renal: Literal["crcl", "egfr"] = "crcl"
    renal_min: NonNegativeFloat | None = None
    """Inclusive, mL/min (Cockcroft-Gault) or mL/min/1.73 m2 (eGFR)."""
    renal_max: NonNegativeFloat | None = None
    """Exclusive."""
    hours: tuple[Hours, Hours] | None = None
    """Shortest and longest hold; None: no figure, a clinician must say."""
    doses: tuple[NonNegativeInt, NonNegativeInt] | None = None
    """Fewest and most doses to skip."""
    counts_doses: bool = True
    """Whether known dose times are counted; otherwise hours alone decide."""
    shorter_end: bool = False
    """Whether the site takes the shorter end of a range."""
    prescriber_ok: bool = False
    lab: LabRule | None = None
    restart_hours: Hours | None = None
    max_off_hours: Hours | None = None
    """Longest time off the drug; sites set it."""
    max_off_hard: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether the row gives no figure at all."""
        return self.hours is None

    @property
    def is_no_hold(self) -> bool:
        """Whether the drug need not be stopped."""
        return self.hours is not None and self.hold_hours == 0

    @property
    def hold_hours(self) -> float:
        """The end of the range of hours that counts."""
        if self.hours is None:
            raise PolicyError("the row gives no hours", place=self.ref.rule, remedy="ask first")
        return self.hours[0 if self.shorter_end else 1]

    @property
    def hold_doses(self) -> int | None:
        """The end of the range of doses that counts, where doses are counted."""
        if self.doses is None or not self.counts_doses:
            return None
        return self.doses[0 if self.shorter_end else 1]

    @property
    def has_band(self) -> bool:
        """Whether the row holds for a part of renal function only."""
        return self.renal_min is not None or self.renal_max is not None

    def band_admits(self, value: float) -> bool:
        """Whether a renal value lies in `[renal_min, renal_max)`."""
        low = self.renal_min is None or value >= self.renal_min
        return low and (self.renal_max is None or value < self.renal_max)

    @property
    def band_text(self) -> str:
        """The band as people write it."""
        return band_text(self.renal, self.renal_min, self.renal_max)


def band_text(measure: str, low: float | None, high: float | None) -> str:
    """A part of renal function as people write it."""
    name = "eGFR" if measure == "egfr" else "CrCl"
    if low is None or low == 0:
        return f"any {name}" if high is None else f"{name} below {high:g}"
    return f"{name} {low:g} or more" if high is None else f"{name} {low:g} to below {high:g}"


def band_gaps(rows: Sequence[HoldRule]) -> tuple[str, ...]:
    """The parts of renal function of which no row speaks, given one drug's rows with bands."""
    gaps: list[str] = []
    reached = 0.0
    for row in sorted(rows, key=lambda row: row.renal_min or 0):
        low = row.renal_min or 0
        if low > reached:
            gaps.append(band_text(row.renal, reached, low))
        reached = max(reached, inf if row.renal_max is None else row.renal_max)
    if rows and reached < inf:
        gaps.append(band_text(rows[0].renal, reached, None))
    return tuple(gaps)


class LabGate(Frozen):
    """A laboratory value that a policy asks of every patient, or of those with liver disease."""

    ref: RuleRef
    population: Literal["all", "chronic-liver-disease"]
    lab: LabRule


class Policy(Frozen):
    """One guideline or local list, as data."""

    name: Id
    title: str
    version: str
    valid_from: str = ""
    bleeding_risk: Literal["high", "low", "any"]
    """The class of procedures that the figures are for."""
    superseded_by: str = ""
    counts: Literal["doses", "hours"] = "doses"
    holds: tuple[HoldRule, ...]
    gates: tuple[LabGate, ...] = ()

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], tuple[HoldRule, ...]]:
        index: dict[tuple[str, str], tuple[HoldRule, ...]] = {}
        for row in self.holds:
            for key in (("rxcui", row.rxcui), ("drug", row.drug), ("atc", row.atc)):
                if key[1]:
                    index[key[0], key[1]] = (*index.get((key[0], key[1]), ()), row)
        return index

    def rows_for(
        self, drug: str, rxcui: str | None = None, atc: str | None = None
    ) -> tuple[HoldRule, ...]:
        """Rows on a drug by RxCUI, else by name, else by ATC; empty when it is not listed."""
        for key in (("rxcui", rxcui or ""), ("drug", drug.lower()), ("atc", atc or "")):
            found = self._by_key.get(key, ())
            if found:
                return found
        return ()
