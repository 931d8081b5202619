"""Whether a plan that a search has found stands: feasible, and at the cost that was said."""

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import SolverError
from models.plan import Plan
from models.problem import PlanningProblem


def cost_of(problem: PlanningProblem, plan: Plan) -> int:
    """The points of a plan by the independent scorecard."""
    return score(problem, plan).cost


def judge_plan(problem: PlanningProblem, plan: Plan, said: int | None = None) -> int:
    """The points of a plan, refusing one that the independent checker does not agree with.

    Args:
        problem: what was planned.
        plan: what was found.
        said: the cost that the search has named; None where it has named none.

    Raises:
        SolverError: it breaks a rule, or costs something else.
    """
    violations = find_violations(problem, plan)
    if violations:
        first = violations[0]
        raise SolverError(
            f"the plan breaks {len(violations)} rules, first {first.rule} of {first.subject}: "
            f"{first.sentence}"
        )
    cost = cost_of(problem, plan)
    if said is not None and cost != said:
        raise SolverError(f"the plan costs {cost}, not {said} as the search said")
    return cost
