"""The search of a night: the optimiser in a process of its own, under names that say nothing."""

from collections.abc import Callable

from models.problem import PlanningProblem
from models.risk import Risk
from scheduler.services.night import Answer, Search
from scheduler.services.pseudonyms import Pseudonyms
from solver.optimize import Progress, Settings
from solver.worker import solve_in_child


def child_search(
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    memory_mb: int | None = None,
    workers: int = 2,
) -> Search:
    """A search in a child process.

    Args:
        on_progress: told of every better plan; its cases have other names than outside.
        should_stop: asked several times a second whether it is enough.
        memory_mb: most memory of the child; None for no limit.
        workers: processes to search with.
    """

    def search(
        problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
    ) -> Answer:
        names = Pseudonyms(problem)
        result = solve_in_child(
            names.hidden,
            Settings(seconds=seconds, seed=seed, workers=workers),
            on_progress=on_progress,
            should_stop=should_stop,
            memory_mb=memory_mb,
            risk=None if risk is None else names.risk(risk),
        )
        plan = names.plan(result.plan)
        return Answer(plan=plan, cost=result.cost, bound=result.bound, note=result.note)

    return search


def search_in_child(
    problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
) -> Answer:
    """Search a problem for some seconds.

    Raises:
        SolverError: the process died before it had any plan.
    """
    return child_search()(problem, seconds, seed, risk)
