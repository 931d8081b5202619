"""The night: freeze the department, search outside any transaction, judge, and keep a revision.

If the search dies, or its plan breaks a rule or costs something else than it said, the plan that
was published stands, and the run says so.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import SolverError
from models.plan import Plan
from models.problem import PlanningProblem
from models.risk import Risk, expected_pairs
from scheduler.records import MoveState, RevisionRecord, RevisionState, RunRecord, RunState
from scheduler.services.desk import Desk
from scheduler.services.fragile import published_plan, settled_with_risk
from scheduler.services.problems import Snapshot
from scheduler.services.revisions import Moves, open_moves
from solver.revision import Change

JOB = "night"
GRACE = timedelta(minutes=30)
"""A run that has said nothing for so long after its search is gone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a search says it has found."""

    plan: Plan
    cost: int
    bound: int | None
    note: str = ""
    """What happened to the search, where it did not end as it should."""


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


def end_abandoned(desk: Desk) -> None:
    """Say of runs that were killed, and so could not say it themselves, that they are over."""
    for run in desk.uow.runs.latest():
        due = run.started_at + timedelta(seconds=run.seconds) + GRACE
        if run.state == RunState.RUNNING and due <= desk.now:
            end_run(desk, run, RunState.FAILED, "the run was killed; the plan stands as it was")


def begin_night(desk: Desk, snapshot: Snapshot, *, seconds: int, seed: int) -> Begun:
    """Note that a run has started on a frozen department."""
    run = RunRecord(
        id=desk.ids.new("run"),
        job=JOB,
        state=RunState.RUNNING,
        fingerprint=snapshot.fingerprint,
        seed=seed,
        seconds=seconds,
        started_at=desk.now,
        started_by=desk.actor,
    )
    desk.uow.runs.add(run)
    desk.audit("run.start", run.id, after=run)
    return Begun(run, snapshot)


def searched(
    problem: PlanningProblem, search: Search, seconds: int, seed: int, risk: Risk | None = None
) -> Answer:
    """What a search finds, judged; bookings whose start it keeps get their resources back.

    A search is told of risk only where the site gives something to avoid it.

    Raises:
        SolverError: the search died, or its answer does not stand.
    """
    told = () if risk is None else (risk,)
    answer = search(problem, seconds, seed, *told)
    judge(problem, answer)
    plan = settled_with_risk(problem, answer.plan, risk)
    calmer = replace(answer, plan=plan, cost=score(problem, plan).cost)
    judge(problem, calmer)
    return calmer


def judge(problem: PlanningProblem, answer: Answer) -> None:
    """Refuse an answer that the independent checker does not agree with.

    Raises:
        SolverError: it breaks a rule, or costs something else than it says.
    """
    violations = find_violations(problem, answer.plan)
    if violations:
        first = violations[0]
        raise SolverError(
            f"the plan breaks {len(violations)} rules, first {first.rule} of {first.subject}: "
            f"{first.sentence}"
        )
    cost = score(problem, answer.plan).cost
    if cost != answer.cost:
        raise SolverError(f"the plan costs {cost}, not {answer.cost} as the search said")


def keep_revision(
    desk: Desk, begun: Begun, answer: Answer, moves: Moves, risk: Risk | None = None
) -> RunReport:
    """Keep what a judged answer would change, for approval, and end the run.

    An answer that changes nothing leaves no revision. The costs kept are without risk.
    """
    problem, published = begun.snapshot.problem, published_plan(begun.snapshot)
    before = score(problem, published).cost
    said = [_said(moves, before, answer.cost)]
    if risk is not None:
        pairs = [expected_pairs(problem, plan, risk) for plan in (published, answer.plan)]
        said.append("risk {:,} to {:,}".format(*map(risk.points, pairs)))
    said += [answer.note] if answer.note else []
    run = end_run(desk, begun.run, RunState.DONE, "; ".join(said))
    if not moves.moves:
        return RunReport(run, None, moves, begun.snapshot.left_aside)
    kept = RevisionRecord(
        id=desk.ids.new("revision"),
        run=run.id,
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
    return RunReport(run, kept, moves, begun.snapshot.left_aside)


def _said(moves: Moves, before: int, after: int) -> str:
    if not moves.moves:
        return f"nothing to change; cost {after:,}"
    return (
        f"{moves.count(Change.PLACED)} booked, "
        f"{moves.count(Change.MOVED)} moved, "
        f"{moves.count(Change.REASSIGNED)} on other resources, "
        f"{moves.count(Change.UNBOOKED)} unbooked; cost {before:,} to {after:,}"
    )


def fail_run(desk: Desk, begun: Begun, reason: str) -> RunReport:
    """End a run that brought nothing: what was published stands."""
    run = end_run(desk, begun.run, RunState.FAILED, f"{reason}; the plan stands as it was")
    return RunReport(run, None, Moves(), begun.snapshot.left_aside)


def end_run(desk: Desk, run: RunRecord, state: RunState, outcome: str) -> RunRecord:
    """Write down how a run ended."""
    ended = run.model_copy(update={"state": state, "finished_at": desk.now, "outcome": outcome})
    desk.uow.runs.finish(ended)
    desk.audit("run.end", run.id, before=run, after=ended, detail=outcome)
    return ended
