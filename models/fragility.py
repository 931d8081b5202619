"""How likely a case is to fail on the day, by what is still open about it.

No published figure for this trade says it, so all figures are data: those shipped say what they
rest on, and a site puts its own in their place. What is not known counts as the most fragile.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import Field, ValidationError, model_validator

from models.base import Frozen
from models.clinical.readiness import Readiness, Requirement
from models.documents import first_fault
from models.errors import InputError
from models.problem import Points
from models.risk import CERTAIN, Permille, Risk

APPROVALS = frozenset({"approval"})
RESULTS = frozenset({"lab", "renal"})
AFTERWARDS = frozenset({"restart"})
"""What is asked of the time after the procedure keeps nobody from coming."""


class Chance(Frozen):
    """The chance of one cause, in thousandths, and what it rests on."""

    permille: Permille
    source: str = Field(min_length=1)
    evidence: Literal["P", "S", "K", "K-low", "planning", "site"]


class FragilityFigures(Frozen):
    """The chance that each cause by itself makes a case fail on the day."""

    version: str
    always: Chance
    """Whatever is known of the case."""
    held_drug: Chance
    """Each drug that has to be stopped."""
    approval: Chance
    """Each agreement of a prescriber that is still open."""
    result: Chance
    """Each laboratory result that is still missing."""
    question: Chance
    """Each other thing that a person must still settle."""
    most: Chance
    """The highest class: no case counts for more, and what is not known counts for as much."""

    @model_validator(mode="after")
    def _most_is_most(self) -> Self:
        for name in ("always", "held_drug", "approval", "result", "question"):
            if getattr(self, name).permille > self.most.permille:
                msg = f"{name} is more than most ({self.most.permille} permille)"
                raise ValueError(msg)
        return self

    def permille(self, doubts: "Doubts | None") -> int:
        """Thousandths of a case, rounded up; each cause fails it by itself.

        Args:
            doubts: what is open about it; None when that is not known.
        """
        if doubts is None:
            return self.most.permille
        causes = (
            (self.always, 1),
            (self.held_drug, doubts.drugs),
            (self.approval, doubts.approvals),
            (self.result, doubts.results),
            (self.question, doubts.questions),
        )
        holds, scale = CERTAIN, 1
        for chance, count in causes:
            holds *= (CERTAIN - chance.permille) ** count
            scale *= CERTAIN**count
        return min(self.most.permille, CERTAIN - holds // scale)


class OwnChance(Frozen):
    """A site's own figure in place of a shipped one."""

    permille: Permille
    source: str = Field(min_length=1)
    """Where it comes from, such as `own log of 2025: 31 of 402`."""


class RiskRule(Frozen):
    """What a site gives to keep fragile cases apart. By default nothing."""

    weight: Points = 0
    """Points for one expected pair of failures on one suite-day; 0: plans do not look at it."""
    always: OwnChance | None = None
    held_drug: OwnChance | None = None
    approval: OwnChance | None = None
    result: OwnChance | None = None
    question: OwnChance | None = None
    most: OwnChance | None = None

    @model_validator(mode="after")
    def _figures_agree(self) -> Self:
        try:
            self.apply(shipped_fragility())
        except ValidationError as error:
            raise ValueError(first_fault(error)) from error
        return self

    def apply(self, shipped: FragilityFigures) -> FragilityFigures:
        """The shipped figures with the site's own in their place, which are of evidence `site`."""
        own = {
            name: {**given.model_dump(), "evidence": "site"}
            for name in OWN_FIGURES
            if (given := getattr(self, name)) is not None
        }
        return FragilityFigures.model_validate(shipped.model_dump() | own)


OWN_FIGURES = tuple(name for name in RiskRule.model_fields if name != "weight")


@dataclass(frozen=True, slots=True)
class Doubts:
    """What is still open about a case, in numbers."""

    drugs: int = 0
    approvals: int = 0
    results: int = 0
    questions: int = 0


def doubts_of(readiness: Readiness, start: datetime | None = None) -> Doubts:
    """What the rules leave open about a case.

    Args:
        readiness: what the rules last said.
        start: where the case is booked; None: its first permitted start. A result that is good
            until later than that is not missing.
    """
    at = start or min((begin for begin, _ in readiness.windows), default=None)
    kinds = [one.kind for one in readiness.requirements if _is_open(one, at)]
    approvals = sum(kind in APPROVALS for kind in kinds)
    results = sum(kind in RESULTS for kind in kinds)
    return Doubts(
        drugs=len({hold.drug for hold in readiness.holds}),
        approvals=approvals,
        results=results,
        questions=len(kinds) - approvals - results + len(readiness.blocks),
    )


def _is_open(asked: Requirement, at: datetime | None) -> bool:
    if asked.kind in AFTERWARDS:
        return False
    return asked.applies_from is None or at is None or asked.applies_from <= at


def parse_fragility_figures(text: str, *, place: str) -> FragilityFigures:
    """The figures of a TOML file.

    Raises:
        InputError: no TOML, or a figure that is missing, wrong, or without source or evidence.
    """
    raw: dict[str, Any] = {}
    try:
        raw = tomllib.loads(text)
        return FragilityFigures.model_validate(raw)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"not TOML: {error}", place=place, remedy="correct the figures") from error
    except ValidationError as error:
        fault = first_fault(error, raw)
        raise InputError(fault, place=place, remedy="correct the figures") from error


@lru_cache(maxsize=1)
def shipped_fragility() -> FragilityFigures:
    """The figures that come with Holdfast."""
    data = files("models") / "data" / "fragility.toml"
    return parse_fragility_figures(data.read_text(encoding="utf-8"), place="fragility.toml")


Assessed = tuple[str, Readiness | None, datetime | None]
"""A case, what the rules last said of it where they were asked, and where it is booked if it is."""


def risk_of(rule: RiskRule, cases: Iterable[Assessed]) -> Risk | None:
    """The risk that a night is told to mind; None where the site gives nothing for it.

    Args:
        rule: what the site gives.
        cases: the open cases.
    """
    if not rule.weight:
        return None
    figures = rule.apply(shipped_fragility())
    fragility = {
        case: figures.permille(doubts_of(readiness, start) if readiness else None)
        for case, readiness, start in cases
    }
    return Risk(rule.weight, fragility, otherwise=figures.most.permille)
