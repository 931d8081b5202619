"""Brute force over whole plans of very small problems."""

from itertools import product
from math import prod

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from tests.oracle import choices, placement_of, ticks


def options(problem: PlanningProblem, case: Case) -> list[Placement | None]:
    """Out, and every placement that breaks no rule by itself."""
    found: list[Placement | None] = [None]
    for start in ticks(problem):
        for chosen in choices(problem, case):
            placement = placement_of(case, start, chosen)
            alone = find_violations(problem, Plan(placements=(placement,)))
            if all(violation.subject != case.id for violation in alone) and not any(
                violation.rule in ("overlap", "minutes-per-day") for violation in alone
            ):
                found.append(placement)
    return found


def cheapest_plan_cost(problem: PlanningProblem, *, most: int) -> int | None:
    """The least cost of a plan without violations; None without one, or beyond `most` plans."""
    by_case = [options(problem, case) for case in problem.cases]
    if prod(len(some) for some in by_case) > most:
        return None
    least = None
    for combination in product(*by_case):
        plan = Plan(placements=tuple(p for p in combination if p is not None))
        cost = score(problem, plan).cost
        if (least is None or cost < least) and not find_violations(problem, plan):
            least = cost
    return least
