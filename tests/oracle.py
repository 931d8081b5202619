"""Brute force over every tick and every choice of resources, judged by `models.checks` alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import product

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.objective import left_out_cost
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem

NO_RESOURCE_HELPS = {"tick", "horizon", "window", "past"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A start with its cheapest resources, in the order of the case's needs."""

    cost: int
    start: datetime
    assigned: tuple[str, ...]


def others_as_booked(problem: PlanningProblem, case_id: str) -> tuple[Placement, ...]:
    """The bookings of all cases but one, whether or not they stand."""
    placements = (case.booked_placement for case in problem.cases if case.id != case_id)
    return tuple(placement for placement in placements if placement is not None)


def ticks(problem: PlanningProblem) -> Iterator[datetime]:
    """Every instant at which a procedure may start."""
    grid = problem.grid
    return (grid.instant(tick) for tick in range(grid.ticks))


def choices(problem: PlanningProblem, case: Case) -> list[tuple[str, ...]]:
    """Every choice of accepted resources, in the order of their ids."""
    accepted = [
        sorted(resource.id for resource in problem.resources if need.accepts(resource))
        for need in case.needs
    ]
    return list(product(*accepted))


def placement_of(case: Case, start: datetime, chosen: tuple[str, ...]) -> Placement:
    """A choice of resources as a placement."""
    roles = (need.role for need in case.needs)
    return Placement(case=case.id, start=start, assigned=dict(zip(roles, chosen, strict=True)))


def adds_violations(
    problem: PlanningProblem, fixed: tuple[Placement, ...], placement: Placement
) -> bool:
    """Whether a placement breaks a rule that was not broken without it."""
    before = set(find_violations(problem, Plan(placements=fixed)))
    return not before.issuperset(find_violations(problem, Plan(placements=(*fixed, placement))))


def proposals(problem: PlanningProblem, case_id: str) -> list[Answer]:
    """Every start at which the case can be placed with all else as booked, cheapest first.

    The cost is what the whole plan costs with the placement, less what it costs without it, plus
    the price for leaving the case out: the case's own cost and what it adds in opening and changes.
    """
    case, fixed = problem.case_by_id[case_id], others_as_booked(problem, case_id)
    before = set(find_violations(problem, Plan(placements=fixed)))
    base = score(problem, Plan(placements=fixed)).cost - left_out_cost(problem.objective, case)
    found = []
    for start in ticks(problem):
        best: Answer | None = None
        for chosen in choices(problem, case):
            plan = Plan(placements=(*fixed, placement_of(case, start, chosen)))
            added = {violation.rule for violation in set(find_violations(problem, plan)) - before}
            if added & NO_RESOURCE_HELPS:
                break
            if not added:
                cost = score(problem, plan).cost - base
                if best is None or cost < best.cost:
                    best = Answer(cost, start, chosen)
        if best is not None:
            found.append(best)
    return sorted(found, key=lambda answer: (answer.cost, answer.start))
