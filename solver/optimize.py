"""The face of the optimiser: a problem and settings in, the best plan found and a bound out."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version

from models.plan import Plan
from models.problem import PlanningProblem
from solver.bound import Bound
from solver.improve import Solution, plan_of
from solver.improve_compile import compile_arrays
from solver.improve_team import Limits, Team

POLL_SECONDS = 0.1
REPORT_SECONDS = 0.5


class Status(StrEnum):
    """What is known of the plan."""

    OPTIMAL = "optimal"
    FEASIBLE = "feasible"
    INCOMPLETE = "incomplete"
    INFEASIBLE = "infeasible"


@dataclass(frozen=True, slots=True)
class Settings:
    """How long and how hard to search.

    `max_iterations`, when given, ends each worker's search after so many iterations: with one
    worker the plan then depends on the problem and the seed alone. Without `prove` nothing is
    spent on the bound, which is then what the cases cost one by one.
    """

    seconds: float = 60.0
    seed: int = 0
    workers: int = 2
    max_iterations: int | None = None
    prove: bool = True


@dataclass(frozen=True, slots=True)
class Progress:
    """Where the search stands, `seconds` after it began; `cost` is that of `plan`, the best yet.

    `missing` are the mandatory or locked cases that the plan leaves out.
    """

    plan: Plan
    seconds: float
    cost: int
    bound: int
    placed: int
    iterations: int
    missing: tuple[str, ...] = ()

    @property
    def gap(self) -> float:
        """`(cost - bound) / cost`; 0 where the cost is 0."""
        return relative_gap(self.cost, self.bound)


@dataclass(frozen=True, slots=True)
class SolveResult:
    """The best plan with what is proven of it.

    `bound` is a cost no plan can beat, by the proof named in `bound_kind`. An `incomplete` plan
    leaves out a mandatory or locked case (`missing`); `infeasible` means every plan must.
    `note` says what cut the search short, when something other than its limits did.
    """

    plan: Plan
    cost: int
    bound: int
    bound_kind: str
    status: Status
    placed: int
    seconds: float
    seconds_to_first: float
    seed: int
    iterations: int
    missing: tuple[str, ...] = ()
    versions: dict[str, str] = field(default_factory=dict)
    note: str = ""

    @property
    def gap(self) -> float:
        """`(cost - bound) / cost`; 0 where the cost is 0."""
        return relative_gap(self.cost, self.bound)


def versions() -> dict[str, str]:
    """Versions of what a plan's cost and bound depend on."""
    return {name: version(name) for name in ("holdfast", "numba", "numpy", "ortools")}


def relative_gap(cost: int, bound: int) -> float:
    """How far the cost may be from the best possible, as a share of the cost."""
    return (cost - bound) / cost if cost > 0 else 0.0


def optimize(
    problem: PlanningProblem,
    settings: Settings | None = None,
    *,
    on_progress: Callable[[Progress], None] | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> SolveResult:
    """Search for the cheapest plan until time, iterations or a stop request end it.

    Args:
        problem: what to plan; bookings that still stand are the starting point.
        settings: limits, seed and number of workers.
        on_progress: called in the caller's thread when the best plan or the bound improves.
        should_stop: asked several times a second; the best plan so far is returned after True.
    """
    run = _Run(problem, settings or Settings(), on_progress, should_stop)
    return run.solve()


class _Run:
    """One call of `optimize`: watches the team and reports."""

    def __init__(
        self,
        problem: PlanningProblem,
        settings: Settings,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.began = time.monotonic()
        self.settings = settings
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.compiled = compile_arrays(problem)
        self.dear = self.compiled.data.out_cost >= self.compiled.penalty
        self.shown: tuple[int, int] | None = None
        self.shown_at = 0.0

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def solve(self) -> SolveResult:
        left = self.settings.seconds - self.elapsed()
        team = Team(
            self.compiled,
            Limits(
                left,
                self.settings.workers,
                self.settings.seed,
                self.settings.max_iterations,
                self.settings.prove,
            ),
        )
        first_seconds = self.elapsed()
        self.report(team)
        team.start()
        try:
            while not team.wait(POLL_SECONDS):
                if self.should_stop is not None and self.should_stop():
                    break
                self.report(team)
        finally:
            team.stop()
        return self.result(team, first_seconds)

    def report(self, team: Team) -> None:
        best, bound = team.best, team.bound
        now = (best.total, bound.points)
        early = self.shown is not None and self.elapsed() - self.shown_at < REPORT_SECONDS
        if self.on_progress is None or now == self.shown or early:
            return
        self.shown, self.shown_at = now, self.elapsed()
        self.on_progress(
            Progress(
                plan=plan_of(self.compiled, best),
                seconds=self.elapsed(),
                cost=self.plain_cost(best),
                bound=bound.points,
                placed=int((best.start >= 0).sum()),
                iterations=team.iterations,
                missing=self.missing(best),
            )
        )

    def result(self, team: Team, first_seconds: float) -> SolveResult:
        best, bound = team.best, team.bound
        return SolveResult(
            plan=plan_of(self.compiled, best),
            cost=self.plain_cost(best),
            bound=bound.points,
            bound_kind=bound.kind,
            status=self.status(best, bound),
            placed=int((best.start >= 0).sum()),
            seconds=self.elapsed(),
            seconds_to_first=first_seconds,
            seed=self.settings.seed,
            iterations=team.iterations,
            missing=self.missing(best),
            versions=versions(),
        )

    def plain_cost(self, solution: Solution) -> int:
        """The cost without the penalties that the search adds for mandatory cases left out."""
        return solution.total - self.compiled.penalty * len(self.left_out(solution))

    def left_out(self, solution: Solution) -> list[int]:
        return [int(c) for c in (self.dear & (solution.start < 0)).nonzero()[0]]

    def missing(self, solution: Solution) -> tuple[str, ...]:
        return tuple(self.compiled.problem.cases[c].id for c in self.left_out(solution))

    def status(self, solution: Solution, bound: Bound) -> Status:
        data = self.compiled.data
        missing = self.left_out(solution)
        # Locked bookings are placed first and cannot overlap: one that is missing cannot stand.
        if any(data.fixed[c] or data.seg_first[c] == data.seg_first[c + 1] for c in missing):
            return Status.INFEASIBLE
        if missing:
            return Status.INCOMPLETE
        optimal = self.plain_cost(solution) <= bound.points
        return Status.OPTIMAL if optimal else Status.FEASIBLE
