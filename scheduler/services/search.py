"""The search of a night: the optimiser in a process of its own, under names that say nothing.

Where it dies before it has any plan, one is made without a search, in a process of its own too.
"""

from collections.abc import Callable
from dataclasses import replace

from models.checks.scorecard import score
from models.errors import SolverError
from models.problem import PlanningProblem
from models.risk import Risk
from scheduler.services.night import Answer, Search
from scheduler.services.pseudonyms import Pseudonyms
from solver.first_worker import first_plan_in_child
from solver.optimize import Progress, Settings
from solver.worker import solve_in_child


def child_search(
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
    memory_mb: int | None = None,
    workers: int = 2,
) -> Search:
    """A search in a child process, and a plan without one where that fails.

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

    def without(
        problem: PlanningProblem, seconds: int, _seed: int, _risk: Risk | None = None
    ) -> Answer:
        names = Pseudonyms(problem)
        found = first_plan_in_child(
            names.hidden, seconds, should_stop=should_stop, memory_mb=memory_mb
        )
        plan = names.plan(found)
        return Answer(plan=plan, cost=score(problem, plan).cost, bound=None)

    return or_greedy(search, without)


def or_greedy(search: Search, without: Search) -> Search:
    """What a search finds, or where it brings nothing a plan made without one.

    The answer then says why; where neither brings a plan, the error does.
    """

    def either(
        problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
    ) -> Answer:
        told = () if risk is None else (risk,)
        try:
            return search(problem, seconds, seed, *told)
        except SolverError as lost:
            try:
                found = without(problem, seconds, seed, *told)
            except SolverError as error:
                raise type(lost)(f"{lost.problem}; nor was one made without: {error}") from lost
            return replace(found, lost=lost)

    return either


def search_in_child(
    problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
) -> Answer:
    """Search a problem for some seconds.

    Raises:
        SolverError: the process died before it had any plan.
    """
    return child_search()(problem, seconds, seed, risk)
