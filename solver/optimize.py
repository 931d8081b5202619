"""The face of the optimiser: a problem and settings in, the best plan found and a bound out."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from importlib.metadata import version

from models.plan import Plan
from models.problem import PlanningProblem
from solver.bound import Bound, own_cost_bound
from solver.bound_day import day_bound
from solver.improve import Search, Solution, plan_of
from solver.improve_compile import compile_arrays

SLICE_SECONDS = 0.1
REPORT_SECONDS = 0.5
BOUND_SHARE = 0.5
EXCHANGES = 25


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
    worker the plan then depends on the problem and the seed alone.
    """

    seconds: float = 60.0
    seed: int = 0
    workers: int = 2
    max_iterations: int | None = None


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
    """One call of `optimize`: the threads, the best plan they share, and the clock."""

    def __init__(
        self,
        problem: PlanningProblem,
        settings: Settings,
        on_progress: Callable[[Progress], None] | None,
        should_stop: Callable[[], bool] | None,
    ) -> None:
        self.began = time.monotonic()
        self.settings = settings
        self.compiled = compile_arrays(problem)
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.lock = threading.Lock()
        self.ended = threading.Event()
        self.best: Solution | None = None
        self.bound = own_cost_bound(self.compiled)
        self.failure: BaseException | None = None
        self.first_seconds = 0.0
        self.shown: tuple[int, int] | None = None
        self.shown_at = 0.0

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def solve(self) -> SolveResult:
        first = Search(self.compiled, self.settings.seed)
        first.construct()
        self.offer(first.best())
        self.first_seconds = self.elapsed()
        self.report([first])
        searches = [first, *self.others(first.best())]
        threads = [threading.Thread(target=self.work, args=(s,), daemon=True) for s in searches]
        threads.append(threading.Thread(target=self.guarded, args=(self.prove,), daemon=True))
        for thread in threads:
            thread.start()
        try:
            self.watch(searches, threads)
        finally:
            self.ended.set()
            for thread in threads:
                thread.join()
        if self.failure is not None:
            raise self.failure
        return self.result(searches)

    def others(self, solution: Solution) -> list[Search]:
        seeds = range(1, self.settings.workers)
        made = [Search(self.compiled, self.settings.seed + 7919 * s) for s in seeds]
        for search in made:
            search.adopt(solution)
        return made

    def watch(self, searches: list[Search], threads: list[threading.Thread]) -> None:
        while any(thread.is_alive() for thread in threads):
            self.ended.wait(SLICE_SECONDS)
            for thread in threads:
                thread.join(0 if self.ended.is_set() else SLICE_SECONDS)
            if self.should_stop is not None and self.should_stop():
                self.ended.set()
            self.report(searches)

    def work(self, search: Search) -> None:
        self.guarded(lambda: self.anneal(search))

    def prove(self) -> None:
        """Better the bound, in the share of the time that it may take."""
        left = BOUND_SHARE * self.settings.seconds - self.elapsed()
        found = day_bound(self.compiled, left) if left > 0 else None
        if found is not None and found.points > self.bound.points:
            self.bound = found

    def guarded(self, task: Callable[[], None]) -> None:
        try:
            task()
        except BaseException as error:  # noqa: BLE001 - handed to the caller's thread
            self.failure = error
            self.ended.set()

    def anneal(self, search: Search) -> None:
        left = max(self.settings.seconds - self.elapsed(), 1e-3)
        began = time.monotonic()
        exchanged = 0
        while not self.ended.is_set():
            share = (time.monotonic() - began) / left
            most = self.settings.max_iterations
            if most is not None:
                share = max(share if share >= 1 else 0.0, search.iterations / most)
            if share >= 1:
                return
            if most is None:
                search.run_for(min(SLICE_SECONDS, left / 20), share)
            else:
                search.run(min(100, most - search.iterations), share)
            self.offer(search.best())
            if self.settings.workers > 1 and int(share * EXCHANGES) > exchanged:
                exchanged = int(share * EXCHANGES)
                self.exchange(search, share)

    def offer(self, solution: Solution) -> None:
        with self.lock:
            if self.best is None or solution.total < self.best.total:
                self.best = solution

    def exchange(self, search: Search, share: float) -> None:
        """Late in the search, go on from the shared best when it is ahead."""
        with self.lock:
            best = self.best
        if best is not None and share > 0.3 and best.total < search.total:
            search.adopt(best)

    def plain_cost(self, solution: Solution) -> int:
        dear = self.compiled.data.out_cost >= self.compiled.penalty
        return solution.total - self.compiled.penalty * int((dear & (solution.start < 0)).sum())

    def report(self, searches: list[Search]) -> None:
        best = self.best
        if self.on_progress is None or best is None:
            return
        now = (best.total, self.bound.points)
        if now == self.shown or (self.shown and self.elapsed() - self.shown_at < REPORT_SECONDS):
            return
        self.shown, self.shown_at = now, self.elapsed()
        self.on_progress(
            Progress(
                plan=plan_of(self.compiled, best),
                seconds=self.elapsed(),
                cost=self.plain_cost(best),
                bound=self.bound.points,
                placed=int((best.start >= 0).sum()),
                iterations=sum(search.iterations for search in searches),
                missing=self.ids(self.missing(best)),
            )
        )

    def result(self, searches: list[Search]) -> SolveResult:
        best = self.best
        assert best is not None  # noqa: S101 - offered before the threads start
        cost = self.plain_cost(best)
        missing = self.missing(best)
        return SolveResult(
            plan=plan_of(self.compiled, best),
            cost=cost,
            bound=self.bound.points,
            bound_kind=self.bound.kind,
            status=self.status(cost, missing, self.bound),
            placed=int((best.start >= 0).sum()),
            seconds=self.elapsed(),
            seconds_to_first=self.first_seconds,
            seed=self.settings.seed,
            iterations=sum(search.iterations for search in searches),
            missing=self.ids(missing),
            versions=versions(),
        )

    def ids(self, cases: list[int]) -> tuple[str, ...]:
        return tuple(self.compiled.problem.cases[c].id for c in cases)

    def missing(self, best: Solution) -> list[int]:
        dear = self.compiled.data.out_cost >= self.compiled.penalty
        return [int(c) for c in (dear & (best.start < 0)).nonzero()[0]]

    def status(self, cost: int, missing: list[int], bound: Bound) -> Status:
        data = self.compiled.data
        if any(data.seg_first[c] == data.seg_first[c + 1] for c in missing):
            return Status.INFEASIBLE
        if missing:
            return Status.INCOMPLETE
        return Status.OPTIMAL if cost <= bound.points else Status.FEASIBLE
