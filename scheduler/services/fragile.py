"""The risk of a night: how fragile each case is by its readiness, and plans that mind it."""

from collections import defaultdict

from models.fragility import risk_of
from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import Risk, suite_days
from scheduler.services.problems import Gathered, Snapshot
from solver.moves import Move, Moves
from solver.revision import Change


def night_risk(gathered: Gathered) -> Risk | None:
    """What the site gives to keep fragile cases apart; None where it gives nothing.

    The solver is told a number for each case and nothing of what it rests on. Whoever holds
    something but is not among the cases to be planned counts as the most fragile.
    """
    cases = (
        (file.id, file.record.readiness, file.booking.start if file.booking else None)
        for file in gathered.files
    )
    return risk_of(gathered.scene.department.site.risk, cases)


def with_risk_reasons(moves: Moves, snapshot: Snapshot, plan: Plan, risk: Risk | None) -> Moves:
    """The moves, those that part a case from fragile ones with that as a reason too."""
    if risk is None:
        return moves
    before = _met(snapshot.problem, snapshot.problem.published, risk)
    after = _met(snapshot.problem, plan, risk)
    told = (
        _told(move, before.get(move.case, 0) - after.get(move.case, 0), risk)
        for move in moves.moves
    )
    return Moves(moves=tuple(told))


def _met(problem: PlanningProblem, plan: Plan, risk: Risk) -> dict[str, int]:
    """By case: the expected pairs of failures that it is part of, in millionths."""
    met: dict[str, int] = defaultdict(int)
    for listed in suite_days(problem, plan, risk):
        total = sum(listed.permille)
        for case, permille in zip(listed.cases, listed.permille, strict=True):
            met[case] += permille * (total - permille)
    return met


def _told(move: Move, fewer: int, risk: Risk) -> Move:
    points = risk.points(max(fewer, 0))
    if not points or move.change not in (Change.MOVED, Change.REASSIGNED):
        return move
    reason = f"meets less fragile cases: {points:,} points of risk less"
    return move.model_copy(update={"reasons": (*move.reasons, reason)})
