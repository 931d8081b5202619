"""Robust plans: the cheapest plan first, then fragile cases spread for the rest of the time.

The plain search knows nothing of risk and is as fast as ever. It gets three quarters of the time;
from its plan, `solver.robust_search` goes on by cost and risk together. That is for a quarter of
the time at least, also where the first took longer because it had to be compiled. The cost told is
that of the planning file, without risk; its bound holds for every plan.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import Risk
from solver.optimize import (
    REPORT_SECONDS,
    Progress,
    Settings,
    SolveResult,
    Status,
    optimize,
)
from solver.robust_search import Spread

SPREAD_SHARE = 0.25
FRUITLESS_STEPS = 2_000
"""So many steps without a better plan end the search early, or ten for each case if more."""
STEPS_PER_CASE = 10

OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class RobustResult:
    """The plan that is best by cost and risk, and the cheapest one that it was made from."""

    result: SolveResult
    plain: Plan
    plain_cost: int


def optimize_robust(
    problem: PlanningProblem,
    risk: Risk,
    settings: Settings | None = None,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> RobustResult:
    """Search for the plan with the least cost and risk together.

    Args:
        problem: what to plan.
        risk: how fragile the cases are, and the price of a pair of failures.
        settings: limits of both searches together; an iteration limit holds for each of the two,
            and with one worker the plan then depends on problem, risk and seed alone.
        on_progress: told of both searches; the cost of the second may rise for less risk.
        should_stop: asked several times a second; the best so far is returned after True.

    Returns:
        A plan whose cost and risk together are never more than those of the cheapest plan found.
    """
    began, settings = time.monotonic(), settings or Settings()
    share = 1 - SPREAD_SHARE if risk.weight else 1.0
    first = optimize(
        problem,
        replace(settings, seconds=share * settings.seconds),
        on_progress=on_progress,
        should_stop=should_stop,
    )
    if not risk.weight or (should_stop is not None and should_stop()):
        return RobustResult(first, first.plan, first.cost)
    search = _Search(Spread(problem, first.plan, first.cost, risk, first.seed), first, began)
    search.run(settings, on_progress, should_stop)
    found = search.result()
    return RobustResult(found, first.plan, first.cost)


class _Search:
    """The second of the two searches, with its limits."""

    def __init__(self, spread: Spread, first: SolveResult, began: float) -> None:
        self.spread = spread
        self.first = first
        self.began = began
        self.patience = max(FRUITLESS_STEPS, STEPS_PER_CASE * spread.cases)
        self.shown = spread.best_total
        self.shown_at = self.elapsed()

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def run(
        self, settings: Settings, on_progress: OnProgress | None, should_stop: ShouldStop | None
    ) -> None:
        """Step until time, steps or patience end, or somebody asks to stop."""
        spread, most = self.spread, settings.max_iterations
        until = max(settings.seconds, self.elapsed() + SPREAD_SHARE * settings.seconds)
        while self.elapsed() < until and (most is None or spread.steps < most):
            stopped = should_stop is not None and should_stop()
            if stopped or spread.steps - spread.best_step >= self.patience:
                return
            spread.step()
            if on_progress is not None:
                self.report(on_progress)

    def report(self, on_progress: OnProgress) -> None:
        """Tell of a better plan, at most every half second."""
        total, now = self.spread.best_total, self.elapsed()
        if total == self.shown or now - self.shown_at < REPORT_SECONDS:
            return
        self.shown, self.shown_at = total, now
        found = self.result()
        on_progress(
            Progress(
                plan=found.plan,
                seconds=found.seconds,
                cost=found.cost,
                bound=found.bound,
                placed=found.placed,
                iterations=found.iterations,
                missing=found.missing,
            )
        )

    def result(self) -> SolveResult:
        """The best plan so far, with what was proven of all plans."""
        plan, cost, first = self.spread.best, self.spread.best_cost, self.first
        placed = plan.by_case
        missing = tuple(case for case in first.missing if case not in placed)
        status = Status.OPTIMAL if cost <= first.bound else Status.FEASIBLE
        return replace(
            first,
            plan=plan,
            cost=cost,
            status=first.status if missing else status,
            placed=len(placed),
            seconds=self.elapsed(),
            missing=missing,
        )
