"""The search of a night: the optimiser in a process of its own."""

from models.problem import PlanningProblem
from models.risk import Risk
from scheduler.services.night import Answer
from solver.optimize import Settings
from solver.worker import solve_in_child


def search_in_child(
    problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
) -> Answer:
    """Search a problem for some seconds.

    Raises:
        SolverError: the process died before it had any plan.
    """
    result = solve_in_child(problem, Settings(seconds=seconds, seed=seed), risk=risk)
    return Answer(plan=result.plan, cost=result.cost, bound=result.bound, note=result.note)
