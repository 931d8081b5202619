"""Rules other than drug holds, and code lists, as data: each with figures, source and evidence.

A row names the test that reads it; the tests themselves are small functions elsewhere. A figure
that is left out of a row has not been decided: what needs it asks instead of guessing.
"""

import re
import tomllib
from collections import Counter
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from models.base import MAX_HOURS, Frozen, Id
from models.clinical.readiness import RuleRef
from models.clinical.rows import EVIDENCE_TAGS
from models.documents import first_fault
from models.errors import PolicyError
from models.patients import Finding
from models.procedures import ProcedureType

Scope = Literal["all", "fluoroscopy", "contrast", "vertebral", "not-vertebral", "sedation"]


Figure = Annotated[float, Field(ge=0, le=MAX_HOURS, allow_inf_nan=False)]
"""Hours, days, years or a count, by the name under which it stands."""


class RuleKind(StrEnum):
    """What a row does when its test is true."""

    BLOCK = "block"
    REVIEW = "review"
    REQUIREMENT = "requirement"
    PREMEDICATION = "premedication"
    SPACING = "spacing"
    PREPARATION = "preparation"
    NEED = "need"
    FIGURE = "figure"
    CONVENTION = "convention"


class CodeList(Frozen):
    """Codes, and words in texts, that mean one thing. A code ending in `*` stands for a prefix."""

    name: Id
    codes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    """Beginnings of words."""
    unless: tuple[str, ...] = ()
    """Words beside which the others say nothing; codes count all the same."""
    source: str = Field(min_length=1)
    evidence: str

    @cached_property
    def _exact(self) -> frozenset[str]:
        return frozenset(code for code in self.codes if not code.endswith("*"))

    @cached_property
    def _prefixes(self) -> tuple[str, ...]:
        return tuple(code[:-1] for code in self.codes if code.endswith("*"))

    def has(self, finding: Finding) -> bool:
        """Whether a finding is meant, by its code or by a word of its text."""
        key = finding.code, finding.text, finding.words
        known = self._known.get(key)
        if known is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            known = self._known[key] = self._has(finding)
        return known

    def _has(self, finding: Finding) -> bool:
        code = finding.code.strip().upper()
        if code in self._exact or code.startswith(self._prefixes):
            return True
        text = f"{finding.text} {finding.words}".lower()
        meant = self._meant.search(text) is not None
        return meant and self._beside.search(text) is None

    @cached_property
    def _known(self) -> dict[tuple[str, str, str], bool]:
        """Findings that were looked at already: the same few come again and again."""
        return {}

    @cached_property
    def _meant(self) -> re.Pattern[str]:
        return _beginning(self.words)

    @cached_property
    def _beside(self) -> re.Pattern[str]:
        return _beginning(self.unless)


MOST_KNOWN = 10_000
NOTHING = re.compile(r"(?!)")
"""Is found nowhere."""


def _beginning(words: tuple[str, ...]) -> re.Pattern[str]:
    """What finds any of the words at the beginning of a word."""
    found = "|".join(re.escape(word) for word in words)
    return re.compile(rf"\b(?:{found})") if words else NOTHING


class ClinicalRule(Frozen):
    """One row."""

    ref: RuleRef
    kind: RuleKind
    test: str
    scope: Scope = "all"
    lists: tuple[Id, ...] = ()
    unless: tuple[Id, ...] = ()
    """Lists whose findings are left to other rows."""
    flags: tuple[str, ...] = ()
    tag: str | None = None
    figures: dict[str, Figure] = Field(default_factory=dict)
    firm: bool = True
    text: str

    @property
    def id(self) -> str:
        """The row's id without the name of the rule set."""
        return self.ref.rule.removeprefix(f"{self.ref.policy}/")

    def figure(self, name: str) -> float:
        """A figure that the row cannot do without (checked when the rules are read)."""
        return self.figures[name]

    @property
    def figures_text(self) -> dict[str, str]:
        """The figures as they stand in a sentence."""
        return {name: f"{value:g}" for name, value in self.figures.items()}

    def concerns(self, procedure: ProcedureType, flags: frozenset[str]) -> bool:
        """Whether the row speaks of a procedure at all."""
        match self.scope:
            case "fluoroscopy":
                return procedure.fluoroscopy
            case "contrast":
                return procedure.contrast or "contrast" in flags
            case "vertebral":
                return procedure.vertebral
            case "not-vertebral":
                return not procedure.vertebral
            case "sedation":
                return procedure.sedation != "none"
            case _:
                return True


NEEDED_FIGURES = {
    "lab-validity": ("days",),
    "lab-validity-after-stop": ("days",),
    "pregnancy": ("age_from", "age_below", "test_hours"),
    "pregnancy-unknown": ("age_from", "age_below", "test_hours"),
    "premedication": ("hours",),
    "stent": ("days", "months"),
    "many-levels": ("levels",),
    "asa": ("class",),
    "bmi": ("bmi",),
    "fasting": ("hours",),
}
"""Figures without which a test cannot be made; others may be left for the site to decide."""


class RuleSet(Frozen):
    """All rows and lists of one version."""

    name: Id
    version: str
    rules: tuple[ClinicalRule, ...]
    lists: dict[Id, CodeList]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        twice = [rule for rule, n in Counter(r.id for r in self.rules).items() if n > 1]
        if twice:
            msg = f"rule {twice[0]!r} stands more than once"
            raise ValueError(msg)
        for rule in self.rules:
            for name in (*rule.lists, *rule.unless):
                if name not in self.lists:
                    msg = f"rule {rule.id}: there is no list {name!r}"
                    raise ValueError(msg)
            for name in NEEDED_FIGURES.get(rule.test, ()):
                if name not in rule.figures:
                    msg = f"rule {rule.id}: the figure {name!r} is missing"
                    raise ValueError(msg)
        return self

    @cached_property
    def _by_test(self) -> dict[str, tuple[ClinicalRule, ...]]:
        tests = sorted({rule.test for rule in self.rules})
        return {test: tuple(r for r in self.rules if r.test == test) for test in tests}

    @cached_property
    def _by_id(self) -> dict[str, ClinicalRule]:
        return {rule.id: rule for rule in self.rules}

    def testing(self, test: str) -> tuple[ClinicalRule, ...]:
        """The rows that a test reads."""
        return self._by_test.get(test, ())

    def get(self, rule: str) -> ClinicalRule:
        """The row of an id.

        Raises:
            PolicyError: there is none.
        """
        found = self._by_id.get(rule)
        if found is None:
            raise PolicyError(f"there is no clinical rule {rule!r}", place=self.name)
        return found

    @cached_property
    def _by_kind(self) -> dict[tuple[RuleKind, ...], tuple[ClinicalRule, ...]]:
        return {}

    def of_kinds(self, kinds: tuple[RuleKind, ...]) -> tuple[ClinicalRule, ...]:
        """The rows of some kinds, in their order."""
        if kinds not in self._by_kind:
            self._by_kind[kinds] = tuple(rule for rule in self.rules if rule.kind in kinds)
        return self._by_kind[kinds]

    def found(self, rule: ClinicalRule, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings that the row's lists mean."""
        return tuple(
            finding
            for finding in findings
            if any(self.lists[name].has(finding) for name in rule.lists)
            and not any(self.lists[name].has(finding) for name in rule.unless)
        )


def _evidence(tag: str, place: str) -> str:
    for part in tag.split("/"):
        if part not in EVIDENCE_TAGS:
            known = ", ".join(EVIDENCE_TAGS)
            raise PolicyError(f"{part!r} is no evidence tag", place=place, remedy=f"use {known}")
    return tag


def parse_rules(rules: str, lists: str, *, place: str) -> RuleSet:
    """Rules and code lists from two TOML texts.

    Raises:
        PolicyError: no TOML, a row without source or with a missing figure, an unknown list.
    """
    try:
        raw, raw_lists = tomllib.loads(rules), tomllib.loads(lists)
    except tomllib.TOMLDecodeError as error:
        raise PolicyError(f"not TOML: {error}", place=place) from error
    name, version = raw.get("name", ""), raw.get("version", "")
    rows = [_row(entry, name, version, place) for entry in raw.get("rule", [])]
    try:
        codes = [CodeList.model_validate(entry) for entry in raw_lists.get("list", [])]
        for entry in codes:
            _evidence(entry.evidence, f"{place}, list {entry.name}")
        return RuleSet.model_validate(
            {
                "name": name,
                "version": version,
                "rules": tuple(rows),
                "lists": {entry.name: entry for entry in codes},
            }
        )
    except ValidationError as error:
        raise PolicyError(first_fault(error), place=place, remedy="correct the file") from error


def _row(entry: dict[str, Any], name: str, version: str, place: str) -> ClinicalRule:
    row = dict(entry)
    here = f"{place}, rule {row.get('id', '?')}"
    for member in ("id", "source", "evidence"):
        if not row.get(member):
            raise PolicyError(f"the row has no {member}", place=here, remedy="write it down")
    ref = RuleRef(
        rule=f"{name}/{row.pop('id')}",
        policy=name,
        version=version,
        source=row.pop("source"),
        evidence=_evidence(row.pop("evidence"), here),
    )
    try:
        return ClinicalRule.model_validate(row | {"ref": ref})
    except ValidationError as error:
        raise PolicyError(first_fault(error), place=here, remedy="correct the row") from error
