"""Brute force for slots that need one booking moved, judged by `models.checks` alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.objective import left_out_cost
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from tests import oracle


@dataclass(frozen=True, slots=True, order=True)
class Room:
    """A start of the case, with the booking that moves for it and its new start."""

    cost: int
    start: datetime
    moved: str
    to_start: datetime


@dataclass(frozen=True, slots=True)
class _Option:
    """A placement that stands with the others: what it costs in all, and of that in day prices."""

    placement: Placement
    uses: tuple[tuple[str, datetime, datetime], ...]
    cost: int
    prices: int


def movable(problem: PlanningProblem, case_id: str) -> list[Case]:
    """The cases whose bookings may move for a case: unlocked, in the horizon, not begun."""
    first = max(problem.now, problem.horizon.start)
    return [
        case
        for case in sorted(problem.cases, key=lambda case: case.id)
        if case.id != case_id
        and case.booking is not None
        and not case.booking.locked
        and first <= case.booking.start < problem.horizon.end
    ]


def one_move(problem: PlanningProblem, case_id: str) -> list[Room]:
    """The cheapest way for every start that is not free, cheapest first.

    Ties go to the earlier start, then to the id of the moved case, then to its earlier new start.
    """
    free = {answer.start for answer in oracle.proposals(problem, case_id)}
    case, fixed = problem.case_by_id[case_id], oracle.others_as_booked(problem, case_id)
    base = score(problem, Plan(placements=fixed)).cost - left_out_cost(problem.objective, case)
    best: dict[datetime, Room] = {}
    for other in movable(problem, case_id):
        left = tuple(p for p in fixed if p.case != other.id)
        asked = [
            option for option in _options(problem, left, case) if option.placement.start not in free
        ]
        places = _options(problem, left, other) if asked else []
        for found in _pairs(problem, left, asked, places, base):
            if found.start not in best or found < best[found.start]:
                best[found.start] = found
    return sorted(best.values())


def _options(problem: PlanningProblem, left: tuple[Placement, ...], case: Case) -> list[_Option]:
    """Every placement of a case that stands with those left where they are, cheapest first."""
    known = set(find_violations(problem, Plan(placements=left)))
    found = []
    for start in oracle.ticks(problem):
        for chosen in oracle.choices(problem, case):
            placement = oracle.placement_of(case, start, chosen)
            plan = Plan(placements=(*left, placement))
            if known.issuperset(find_violations(problem, plan)):
                terms = score(problem, plan)
                spans = (need.span(start) for need in case.needs)
                uses = tuple((r, *span) for r, span in zip(chosen, spans, strict=True))
                found.append(
                    _Option(placement, uses, terms.cost, terms.opening + terms.suite_changes)
                )
    return sorted(found, key=lambda option: option.cost)


def _pairs(
    problem: PlanningProblem,
    left: tuple[Placement, ...],
    asked: list[_Option],
    places: list[_Option],
    base: int,
) -> Iterator[Room]:
    """For each start of the case, the cheapest pair of options that stand together.

    What two placements add in day prices together is no less than what either adds alone: pairs
    that cannot be cheaper, by that, than one that was found are not judged.
    """
    known = set(find_violations(problem, Plan(placements=left)))
    alone = score(problem, Plan(placements=left))
    best: dict[datetime, Room] = {}
    for ours in asked:
        start = ours.placement.start
        for theirs in places:
            shared = min(ours.prices, theirs.prices) - alone.opening - alone.suite_changes
            least = ours.cost + theirs.cost - alone.cost - shared - base
            if start in best and least > best[start].cost:
                continue
            if _clash(ours, theirs):
                continue
            plan = Plan(placements=(*left, ours.placement, theirs.placement))
            if known.issuperset(find_violations(problem, plan)):
                cost = score(problem, plan).cost - base
                room = Room(cost, start, theirs.placement.case, theirs.placement.start)
                best[start] = min(best.get(start, room), room)
    yield from best.values()


def _clash(one: _Option, other: _Option) -> bool:
    return any(r == s and a < d and c < b for r, a, b in one.uses for s, c, d in other.uses)
