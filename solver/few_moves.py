"""Plans that move few promised patients, and cost against the number of moves.

A *move* is an unlocked booking that stands and that a plan gives another start or none. A booking
that no longer stands is forced: it has to go anyhow and is counted apart. Another resource at the
same start is no move.

A free search comes first. Its moves are taken back, the least worth first, down to the number
allowed; then the search runs again with every other booking kept to its start, and from there the
next lower number is reached. The best plan found for a number also serves every greater one.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import accumulate

from models.errors import InputError
from models.plan import Plan
from models.problem import Case, PlanningProblem
from solver.compile import compile_problem
from solver.optimize import Progress, Settings, SolveResult, Status, optimize
from solver.standing import standing
from solver.take_back import Returns, take_back

FREE_SHARE = 0.4
OnProgress = Callable[[Progress], None]
ShouldStop = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class FewMoves:
    """The best plan found with at most `most_moves` moves (None: any number).

    `moves` and `forced` are the cases whose bookings the plan moves or breaks.
    """

    most_moves: int | None
    moves: tuple[str, ...]
    forced: tuple[str, ...]
    result: SolveResult


def moved(problem: PlanningProblem, plan: Plan) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The moves of a plan, and the forced ones: unlocked bookings given another start or none."""
    return _moved(problem, plan, standing(problem))


def _moved(
    problem: PlanningProblem, plan: Plan, stand: frozenset[str]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    after = plan.by_case
    gone = [
        case.id
        for case in problem.cases
        if case.booking is not None
        and not case.booking.locked
        and (case.id not in after or after[case.id].start != case.booking.start)
    ]
    moves = tuple(case for case in gone if case in stand)
    return moves, tuple(case for case in gone if case not in stand)


def fewest_moves(
    problem: PlanningProblem,
    max_moves: int,
    settings: Settings | None = None,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> FewMoves:
    """The best plan found with at most `max_moves` moves; never dearer than the one with none.

    Args:
        problem: what to plan.
        max_moves: the most moves.
        settings: limits of the whole call; an iteration limit holds for each search in it.
        on_progress: told of every search in turn.
        should_stop: asked several times a second; the best so far is returned after True.

    Raises:
        InputError: `max_moves` is below 0.
    """
    limits = _limits((0, max_moves))
    curve = _Curve(problem, settings or Settings(), on_progress, should_stop)
    return curve.points(limits, ladder=True)[-2]


def moves_curve(
    problem: PlanningProblem,
    limits: Iterable[int] | None = None,
    settings: Settings | None = None,
    *,
    on_progress: OnProgress | None = None,
    should_stop: ShouldStop | None = None,
) -> tuple[FewMoves, ...]:
    """The best plans found by the number of moves, the last one without a limit.

    Args:
        problem: what to plan.
        limits: the numbers of moves; 0, 1, 2, 4, 8, ... below those of the free plan when None.
        settings: as in `fewest_moves`.
        on_progress: as in `fewest_moves`.
        should_stop: as in `fewest_moves`.

    Returns:
        By rising limit; the cost never rises, mandatory cases left out coming before points.

    Raises:
        InputError: a limit is below 0, or there is none.
    """
    asked = None if limits is None else _limits(limits)
    return _Curve(problem, settings or Settings(), on_progress, should_stop).points(asked)


def _limits(numbers: Iterable[int]) -> list[int]:
    limits = sorted(set(numbers))
    if not limits or limits[0] < 0:
        raise InputError("moves are counted from none up", remedy="ask for none or more moves")
    return limits


class _Curve:
    """One call: the free search, then one search for each number of moves."""

    def __init__(
        self,
        problem: PlanningProblem,
        settings: Settings,
        on_progress: OnProgress | None,
        should_stop: ShouldStop | None,
    ) -> None:
        self.began = time.monotonic()
        self.problem = problem
        self.settings = settings
        self.on_progress = on_progress
        self.should_stop = should_stop
        self.standing = standing(problem)
        self.instance = compile_problem(problem)
        self.most = 0
        self.proofs: dict[int | None, SolveResult] = {}

    def points(self, asked: list[int] | None, *, ladder: bool = False) -> tuple[FewMoves, ...]:
        """One for each number asked; `ladder` comes down to the greatest by halves."""
        free = self.search(self.problem, FREE_SHARE * self.settings.seconds)
        self.most = len(self.moves(free)[0])
        limits = _doubling(self.most) if asked is None else asked
        between = _between(limits[-1], self.most) if ladder else []
        found: dict[int, SolveResult] = {}
        best = free
        for done, limit in enumerate(reversed([*limits, *between])):
            searches = len(limits) + len(between) - done
            draft = self.draft(best, limit, self.left() / searches / 2)
            best = found[limit] = self.again(draft, limit, self.left() / searches)
        points = list(accumulate((found[limit] for limit in limits), _better))
        free = min([free, *points], key=_rank)
        ends = [*zip(limits, points, strict=True), (None, free)]
        return tuple(self.point(limit, result, free) for limit, result in ends)

    def search(self, problem: PlanningProblem, seconds: float) -> SolveResult:
        return optimize(
            problem,
            replace(self.settings, seconds=max(seconds, 0.0)),
            on_progress=self.on_progress,
            should_stop=self.should_stop,
        )

    def moves(self, found: SolveResult) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return _moved(self.problem, found.plan, self.standing)

    def left(self) -> float:
        return self.settings.seconds - (time.monotonic() - self.began)

    def stopped(self) -> bool:
        return self.should_stop is not None and self.should_stop()

    def draft(self, found: SolveResult, limit: int, seconds: float) -> SolveResult:
        """A plan with moves taken back until no more than the limit are left.

        With counted iterations it takes the time it needs, so that the plan can be repeated.
        """
        if len(self.moves(found)[0]) <= limit:
            return found
        until = time.monotonic() + seconds
        counted = self.settings.max_iterations is not None

        def hurry() -> bool:
            return self.stopped() or (not counted and time.monotonic() > until)

        returns = Returns(self.instance, found.plan, self.standing)
        take_back(returns, limit, hurry=hurry)
        return self.priced(found, returns.plan, returns.cost)

    def priced(self, free: SolveResult, plan: Plan, cost: int) -> SolveResult:
        placed = plan.by_case
        missing = tuple(
            case.id
            for case in self.problem.cases
            if case.id not in placed and (case.mandatory or _locked(case))
        )
        return replace(free, plan=plan, cost=cost, placed=len(placed), missing=missing)

    def again(self, draft: SolveResult, limit: int, seconds: float) -> SolveResult:
        """The better of a draft within the limit and a search that keeps what the draft keeps."""
        if self.stopped() or seconds <= 0:
            return draft
        moves = frozenset(self.moves(draft)[0])
        kept = self.standing - moves if limit < self.most else frozenset[str]()
        found = self.search(_pinned(self.problem, kept), seconds)
        if limit == 0:
            self.proofs[0] = found
        if len(self.moves(found)[0]) > limit:
            return draft
        return min(draft, self.priced(found, found.plan, found.cost), key=_rank)

    def point(self, limit: int | None, found: SolveResult, free: SolveResult) -> FewMoves:
        """A plan with its moves; what was proven without a limit holds with one too."""
        moves, forced = self.moves(found)
        proof = max(free, self.proofs.get(limit, free), key=lambda result: result.bound)
        status = Status.OPTIMAL if found.cost <= proof.bound else Status.FEASIBLE
        if found.missing:
            status = Status.INFEASIBLE if free.status is Status.INFEASIBLE else Status.INCOMPLETE
        result = replace(
            found,
            bound=proof.bound,
            bound_kind=proof.bound_kind,
            status=status,
            seconds=time.monotonic() - self.began,
            seconds_to_first=free.seconds_to_first,
        )
        return FewMoves(limit, moves, forced, result)


def _rank(result: SolveResult) -> tuple[int, int]:
    return len(result.missing), result.cost


def _better(first: SolveResult, second: SolveResult) -> SolveResult:
    return min(first, second, key=_rank)


def _between(limit: int, most: int) -> list[int]:
    """Twice a limit, four times, ... below a number."""
    return [limit << n for n in range(1, most.bit_length()) if 0 < limit << n < most]


def _doubling(count: int) -> list[int]:
    """0, 1, 2, 4, 8, ... below a number."""
    return [n for n in (0, *(1 << power for power in range(count.bit_length()))) if n < count]


def _locked(case: Case) -> bool:
    return case.booking is not None and case.booking.locked


def _pinned(problem: PlanningProblem, kept: frozenset[str]) -> PlanningProblem:
    """The problem in which some bookings keep their start; their resources stay free to change."""
    cases = tuple(_kept(problem, case) if case.id in kept else case for case in problem.cases)
    return PlanningProblem.model_validate(dict(problem) | {"cases": cases})


def _kept(problem: PlanningProblem, case: Case) -> Case:
    if case.booking is None or case.booking.locked:
        return case
    start = case.booking.start
    end = min(start + timedelta(minutes=problem.tick_minutes), problem.horizon.end)
    return Case.model_validate(dict(case) | {"mandatory": True, "windows": ((start, end),)})
