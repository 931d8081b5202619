"""Holdfast's own optimiser, told apart from its peers by nothing but its name."""

from collections.abc import Callable

from benchmarks.peers.peer import Answer, Limits, Offer
from models.checks.scorecard import score
from models.problem import PlanningProblem
from solver.optimize import Progress, Settings, SolveResult, optimize


def plan(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    """Optimise; plans that leave out a mandatory or locked case are not offered."""

    def note(progress: Progress) -> None:
        if not progress.missing:
            offer(progress.cost)

    result = _optimize(problem, limits, note)
    return Answer(result.plan, result.status.value, result.bound, result.bound_kind)


def plan_freely(problem: PlanningProblem, limits: Limits, offer: Offer) -> Answer:
    """Optimise as if moves cost nothing; what is found is judged at the prices of the file."""
    free = problem.objective.model_copy(update={"move": 0, "move_per_day": 0})

    def note(progress: Progress) -> None:
        if not progress.missing:
            offer(score(problem, progress.plan).cost)

    result = _optimize(problem.model_copy(update={"objective": free}), limits, note)
    return Answer(result.plan, "feasible" if not result.missing else result.status.value)


def _optimize(
    problem: PlanningProblem, limits: Limits, note: Callable[[Progress], None]
) -> SolveResult:
    settings = Settings(seconds=limits.seconds, seed=limits.seed, workers=limits.workers)
    return optimize(problem, settings, on_progress=note)
