"""The risk of a plan: fragile cases that sit together in one suite on one day.

What a case costs when it fails by itself does not depend on where it is. What does is how many fail
together: a suite-day that loses two cases has lost its list. So the price is that of *pairs*: the
expected number of pairs of cases on one suite-day that both fail, which is never less than the
chance that two or more of them do. It is no part of the cost of a plan; docs/model.md has the
algebra.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen, Id
from models.documents import parse_document
from models.errors import InputError
from models.plan import Plan
from models.problem import PlanningProblem
from models.timegrid import local_day, zone

SUITE = "suite"
CERTAIN = 1000
"""Fragility is counted in thousandths: a case of this much fails for certain."""
PAIR = CERTAIN * CERTAIN
"""One expected pair of failures, in the unit in which pairs are counted: whole millionths."""

Permille = Annotated[int, Field(ge=0, le=CERTAIN)]


@dataclass(frozen=True, slots=True)
class Risk:
    """How fragile each case is, and what a pair of failures on one suite-day is worth avoiding.

    `weight` is the points of one expected pair. `fragility` holds thousandths by case id; a case it
    does not name counts as `otherwise`, which is at least as much as any it names.
    """

    weight: int
    fragility: Mapping[str, int]
    otherwise: int = CERTAIN

    def of(self, case: str) -> int:
        """Thousandths of a case."""
        return self.fragility.get(case, self.otherwise)

    def points(self, pairs: int) -> int:
        """The price of so many millionths of a pair, rounded down to whole points."""
        return self.weight * pairs // PAIR


NO_RISK = Risk(weight=0, fragility={})
"""Nothing is given to keep fragile cases apart."""


@dataclass(frozen=True, slots=True)
class SuiteDay:
    """The cases of one suite whose need of it begins on one local day, with their fragility."""

    suite: str
    day: date
    cases: tuple[str, ...]
    permille: tuple[int, ...]

    @property
    def pairs(self) -> int:
        """Expected pairs of failures, in millionths."""
        return pairs_of(self.permille)

    @property
    def collapse(self) -> float:
        """The chance that two or more of the cases fail, each by itself."""
        none, one = 1.0, 0.0
        for permille in self.permille:
            fails = permille / CERTAIN
            none, one = none * (1 - fails), one * (1 - fails) + none * fails
        return max(0.0, 1 - none - one)


def pairs_of(permille: Iterable[int]) -> int:
    """Expected pairs of failures among some cases, in millionths: the sum of all products."""
    return sum(one * other for one, other in combinations(permille, 2))


def suite_days(problem: PlanningProblem, plan: Plan, risk: Risk) -> tuple[SuiteDay, ...]:
    """The suite-days that a plan uses, those with the most expected pairs first.

    A case that uses a suite twice on a day counts once there; one that uses none is on no list.
    """
    tz, placed = zone(problem.timezone), plan.by_case
    found: dict[tuple[str, date], set[str]] = defaultdict(set)
    for case in problem.cases:
        placement = placed.get(case.id)
        for need in case.needs if placement else ():
            name = placement.assigned[need.role] if placement else ""
            if placement and problem.resource_by_id[name].kind == SUITE:
                begin, _ = need.span(placement.start)
                found[name, local_day(begin, tz)].add(case.id)
    listed = (
        SuiteDay(suite, day, tuple(sorted(cases)), tuple(risk.of(c) for c in sorted(cases)))
        for (suite, day), cases in found.items()
    )
    return tuple(sorted(listed, key=lambda one: (-one.pairs, one.day, one.suite)))


def expected_pairs(problem: PlanningProblem, plan: Plan, risk: Risk) -> int:
    """Expected pairs of failures over all suite-days of a plan, in millionths."""
    return sum(one.pairs for one in suite_days(problem, plan, risk))


class _FragilityFile(Frozen):
    """The fragility of the cases of one planning file."""

    format: Literal["holdfast-fragility"]
    version: Literal[1]
    permille: dict[Id, Permille]


def parse_fragility(text: str | bytes, problem: PlanningProblem, *, place: str) -> dict[str, int]:
    """Thousandths by case id from a fragility file of a problem.

    Raises:
        InputError: broken JSON, another format, a figure out of range, or a case that the problem
            does not have.
    """
    read = parse_document(text, _FragilityFile, place=place, kind="fragility file")
    for name in read.permille:
        if name not in problem.case_by_id:
            raise InputError(
                f"there is no case {name!r} in the planning file",
                place=place,
                remedy="name the cases as the planning file does",
            )
    return read.permille
