"""The search of a night: the optimiser in a process of its own."""

from models.problem import PlanningProblem
from scheduler.services.night import Answer
from solver.optimize import Settings
from solver.worker import solve_in_child


def search_in_child(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Search a problem for some seconds.

    Raises:
        SolverError: the process died before it had any plan.
    """
    result = solve_in_child(problem, Settings(seconds=seconds, seed=seed))
    return Answer(plan=result.plan, cost=result.cost, bound=result.bound, note=result.note)
