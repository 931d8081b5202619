"""Giving resources back where a plan keeps fragile cases apart: never at more cost and risk."""

from collections.abc import Callable

from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from models.risk import PAIR, SUITE, Risk, expected_pairs
from solver.settling import settled

CostOf = Callable[[PlanningProblem, Plan], int]
"""The points of a plan."""
Judge = Callable[[PlanningProblem, Plan, int | None], int]
"""The points of a plan; refuses with SolverError what breaks a rule, or costs not what is said."""


def judged_and_settled(
    problem: PlanningProblem,
    plan: Plan,
    said: int,
    risk: Risk | None,
    *,
    judge: Judge,
    cost_of: CostOf,
) -> tuple[Plan, int]:
    """What stands of what a search has found, with booked resources given back, and its cost.

    Args:
        problem: what was planned.
        plan: what the search has found.
        said: the cost that the search has named.
        risk: what is given to keep fragile cases apart; None where nothing is.
        judge: asked before anything is given back, and after it.
        cost_of: the points of a plan, by whoever judges it.

    Raises:
        SolverError: it does not stand.
    """
    judge(problem, plan, said)
    calmer = settled_with_risk(problem, plan, risk, cost_of)
    return calmer, judge(problem, calmer, None)


def settled_with_risk(
    problem: PlanningProblem, plan: Plan, risk: Risk | None, cost_of: CostOf
) -> Plan:
    """The plan with as many booked resources given back as can be, at no more cost and risk.

    Where giving suites back would bring fragile cases together again, all but suites are.

    Args:
        problem: what was planned.
        plan: a feasible plan for it.
        risk: what is given to keep fragile cases apart; None where nothing is.
        cost_of: the points of a plan, by whoever judges it.
    """
    whole = settled(problem, plan)
    if risk is None:
        return whole
    after, before = (
        cost_of(problem, one) * PAIR + risk.weight * expected_pairs(problem, one, risk)
        for one in (whole, plan)
    )
    return whole if after <= before else settled(_in_its_suites(problem, plan), plan)


def _in_its_suites(problem: PlanningProblem, plan: Plan) -> PlanningProblem:
    """The problem as if bookings whose start is kept had been made for their suite in the plan."""
    placed = plan.by_case
    cases = tuple(_in_its_suite(case, placed.get(case.id)) for case in problem.cases)
    return problem.model_copy(update={"cases": cases})


def _in_its_suite(case: Case, placement: Placement | None) -> Case:
    if placement is None or case.booking is None or case.booking.start != placement.start:
        return case
    suites = {n.role: placement.assigned[n.role] for n in case.needs if n.kind == SUITE}
    assigned = case.booking.assigned | suites
    return case.model_copy(
        update={"booking": case.booking.model_copy(update={"assigned": assigned})}
    )
