"""The night: freeze the department, search outside any transaction, judge, and keep a revision.

What a night does to the bookings, the revision that says so and the end of the run are kept in one
transaction, so that they are there together and once. If the search dies, or its plan breaks a rule
or costs something else than it said, the plan that was published stands, or one made without a
search where that is better, and the run says so.
"""

from dataclasses import dataclass, replace
from typing import Protocol

from models.checks.feasibility import find_violations
from models.checks.judging import cost_of, judge_plan
from models.checks.scorecard import score
from models.errors import GaveUpError, SolverError
from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import Risk, expected_pairs
from scheduler.records import MoveState, RevisionRecord, RevisionState
from scheduler.records_nights import RunProgress, RunRecord, RunState, RunStatus
from scheduler.services import accepting, runs
from scheduler.services.desk import Desk
from scheduler.services.notices import notify, raise_alert
from scheduler.services.problems import Snapshot
from scheduler.services.revisions import open_moves
from solver.moves import Moves
from solver.revision import Change
from solver.settling_risk import judged_and_settled


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search says it has found."""

    plan: Plan
    cost: int
    bound: int | None
    note: str = ""
    """What happened to the search, where it did not end as it should."""
    lost: SolverError | None = None
    """Why the search brought nothing; then this plan was made without one."""

    @property
    def optimal(self) -> bool:
        """Whether no plan can cost less."""
        return self.bound is not None and self.bound >= self.cost


class Search(Protocol):
    """Searches a problem for some seconds with a seed; SolverError when it dies."""

    def __call__(
        self, problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None, /
    ) -> Answer:
        """The best plan found; where a risk is given, by cost and risk together."""
        ...


@dataclass(frozen=True, slots=True)
class RunReport:
    """What came of a night."""

    run: RunRecord
    revision: RevisionRecord | None
    moves: Moves
    left_aside: tuple[tuple[str, str], ...]
    """Cases that could not be planned at all, each with the reason."""

    @property
    def applied(self) -> bool:
        """Whether the plan was changed."""
        return self.revision is not None and bool(self.revision.cases(MoveState.APPLIED))


@dataclass(frozen=True, slots=True)
class Begun:
    """A night that has been frozen and not yet searched."""

    run: RunRecord
    snapshot: Snapshot


def note_frozen(desk: Desk, run: RunRecord, snapshot: Snapshot) -> Begun:
    """Note what a run was given.

    Raises:
        CancelledError: somebody wants it to end.
    """
    after = run.model_copy(update={"fingerprint": snapshot.fingerprint})
    desk.uow.runs.change(after, was=RunState.RUNNING)
    cases = len(snapshot.problem.cases)
    runs.note(desk, run.id, RunProgress(phase="searching", cases=cases))
    return Begun(after, snapshot)


def searched(
    problem: PlanningProblem, search: Search, seconds: int, seed: int, risk: Risk | None = None
) -> Answer:
    """What a search finds; it is told of risk only where the site gives something to avoid it.

    Raises:
        SolverError: the search died.
    """
    told = () if risk is None else (risk,)
    return search(problem, seconds, seed, *told)


def judged(problem: PlanningProblem, answer: Answer, risk: Risk | None = None) -> Answer:
    """An answer that stands; bookings whose start it keeps get their resources back.

    Raises:
        SolverError: it does not stand.
    """
    plan, cost = judged_and_settled(
        problem, answer.plan, answer.cost, risk, judge=judge_plan, cost_of=cost_of
    )
    return replace(answer, plan=plan, cost=cost)


def worth_taking(problem: PlanningProblem, published: Plan, answer: Answer) -> bool:
    """Whether a plan made without a search is better than what was published.

    It is where it costs less, or where what was published breaks a rule by now.
    """
    broken = find_violations(problem, published)
    return bool(broken) or answer.cost < score(problem, published).cost


def status_of(error: SolverError) -> RunStatus:
    """What a search brought that brought nothing."""
    return RunStatus.GAVE_UP if isinstance(error, GaveUpError) else RunStatus.SOLVER_CRASH


def finish(
    desk: Desk, begun: Begun, answer: Answer, moves: Moves, risk: Risk | None = None
) -> RunReport:
    """Keep what a judged answer would change, do of it what needs nobody's approval, end the run.

    An answer that changes nothing leaves no revision. The costs kept are without risk.

    Raises:
        CancelledError: somebody wants the run to end; then nothing may be kept.
        ConflictError: what is done would break a rule after all; then nothing may be kept.
    """
    problem = begun.snapshot.problem
    published = problem.published
    before = score(problem, published).cost
    runs.note(desk, begun.run.id, _found(problem, answer))
    said = [_said(moves, before, answer.cost)]
    if risk is not None:
        pairs = [expected_pairs(problem, plan, risk) for plan in (published, answer.plan)]
        said.append("risk {:,} to {:,}".format(*map(risk.points, pairs)))
    said += [answer.note] if answer.note else []
    if answer.lost is not None:
        said.append(f"a plan made without a search, as {answer.lost.problem}")
    kept = _keep_revision(desk, begun, answer, moves, before) if moves.moves else None
    if kept is not None:
        kept = _apply(desk, begun.run, kept, moves)
        said += _stale(kept)
    status = _status(answer, kept)
    run = runs.end(desk, begun.run, RunState.DONE, status, "; ".join(said))
    if answer.lost is not None:
        detail = f"{status_of(answer.lost)}; a plan made without a search is used"
        raise_alert(desk, f"{run.job}-fell-back", run.night, about=run.id, detail=detail)
    return RunReport(run, kept, moves, begun.snapshot.left_aside)


def _found(problem: PlanningProblem, answer: Answer) -> RunProgress:
    return RunProgress(
        phase="applying",
        cost=answer.cost,
        bound=answer.bound,
        placed=len(answer.plan.placements),
        cases=len(problem.cases),
    )


def _keep_revision(
    desk: Desk, begun: Begun, answer: Answer, moves: Moves, before: int
) -> RevisionRecord:
    kept = RevisionRecord(
        id=desk.ids.new("revision"),
        run=begun.run.id,
        fingerprint=begun.snapshot.fingerprint,
        state=RevisionState.PROPOSED,
        cost_before=before,
        cost_after=answer.cost,
        bound=answer.bound,
        document=moves.model_dump_json(),
        created_at=desk.now,
        moves=open_moves(begun.snapshot, moves),
    )
    desk.uow.revisions.add(kept)
    desk.audit("revision.propose", kept.id, after=kept)
    notify(desk, "revision.propose", kept.id, run=kept.run, moves=len(kept.moves))
    return kept


def _apply(desk: Desk, run: RunRecord, kept: RevisionRecord, moves: Moves) -> RevisionRecord:
    chosen = _unseen(desk, run, kept, moves)
    return accepting.accept_moves(desk, kept.id, chosen).record if chosen else kept


def _unseen(desk: Desk, run: RunRecord, kept: RevisionRecord, moves: Moves) -> frozenset[str]:
    """The cases whose moves are applied at once: all, none, or as the site's rule says."""
    if run.order.apply is not None:
        return frozenset(moves.by_case) if run.order.apply else frozenset()
    rule = desk.department.site.auto_apply
    return moves.unseen_part(rule, kept.cost_before - kept.cost_after)


def _stale(kept: RevisionRecord) -> list[str]:
    stale = kept.cases(MoveState.STALE)
    return [f"{len(stale)} of these refused, as something has changed since"] if stale else []


def _status(answer: Answer, kept: RevisionRecord | None) -> RunStatus:
    if kept is None:
        return RunStatus.UNCHANGED
    if answer.lost is not None:
        return RunStatus.FALLBACK_GREEDY
    if not kept.cases(MoveState.APPLIED):
        return RunStatus.LEFT
    return RunStatus.APPLIED_OPTIMAL if answer.optimal else RunStatus.APPLIED_FEASIBLE


def _said(moves: Moves, before: int, after: int) -> str:
    if not moves.moves:
        return f"nothing to change; cost {after:,}"
    return (
        f"{moves.count(Change.PLACED)} booked, "
        f"{moves.count(Change.MOVED)} moved, "
        f"{moves.count(Change.REASSIGNED)} on other resources, "
        f"{moves.count(Change.UNBOOKED)} unbooked; cost {before:,} to {after:,}"
    )


def fail(desk: Desk, begun: Begun, status: RunStatus, reason: str) -> RunReport:
    """End a run that brought nothing: what was published stands."""
    run = runs.fail(desk, begun.run, status, reason)
    return RunReport(run, None, Moves(), begun.snapshot.left_aside)
