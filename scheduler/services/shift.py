"""One night from freezing to applying: short transactions, with the search between them."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol, TypeVar

from models.errors import ConflictError, InputError, RefusedError, SolverError, StaleError
from scheduler.records_nights import RunRecord, RunStatus
from scheduler.services import accepting, cases, night, problems, readiness, revisions, runs
from scheduler.services.desk import Desk
from scheduler.services.fragile import night_risk, with_risk_reasons
from solver.moves import Moves

T = TypeVar("T")

AT_ONCE = 50
"""Cases assessed in one transaction."""
REDOS = 2
"""How often a night is planned anew when its plan can no longer be applied."""
SHOWN = 3
"""Most stale moves named in one error."""


class Transact(Protocol):
    """Runs a service in a transaction of its own."""

    def __call__(self, service: Callable[[Desk], T]) -> T:
        """The service's result, once the transaction has ended."""
        ...


def assess_all(write: Transact) -> readiness.AssessReport:
    """Assess every open case anew, some at a time, so that nobody waits long for the store."""
    names = write(lambda desk: tuple(desk.uow.cases.versions()))
    report = readiness.AssessReport()
    for first in range(0, len(names), AT_ONCE):
        some = names[first : first + AT_ONCE]
        report += write(partial(readiness.assess_some, cases=some))
    return report


class Shift:
    """The night's steps in order."""

    def __init__(self, read: Transact, write: Transact, search: night.Search) -> None:
        self._read = read
        self._write = write
        self._search = search

    def run(self, run: RunRecord) -> night.RunReport:
        """Freeze, search, judge, keep a revision, and apply of it what needs nobody's approval.

        What proves impossible to apply, though every move of it stands by itself, is planned anew;
        at the last it is left for approval.

        Raises:
            OvertakenError: another process has taken the run over; nothing was kept.
        """
        for _ in range(REDOS):
            try:
                return self._once(run)
            except StaleError:
                raise
            except ConflictError:
                continue
        left = run.order.model_copy(update={"apply": False})
        return self._once(run.model_copy(update={"order": left}))

    def _once(self, run: RunRecord) -> night.RunReport:
        self._write(cases.finish_past)
        assess_all(self._write)
        try:
            gathered = self._read(problems.gather_all)
            snapshot, risk = problems.snapshot_of(gathered), night_risk(gathered)
        except (InputError, RefusedError) as error:
            return self._unfrozen(run, str(error))
        begun = self._write(lambda desk: night.note_frozen(desk, run, snapshot))
        order, problem = run.order, snapshot.problem
        try:
            found = night.searched(problem, self._search, order.seconds, order.seed, risk)
        except SolverError as error:
            return self._failed(begun, night.status_of(error), str(error))
        try:
            answer = night.judged(problem, found, risk)
        except SolverError as error:
            return self._unsound(begun, found, error)
        if answer.lost and not night.worth_taking(problem, problem.published, answer):
            reason = f"{answer.lost}; nor is a plan made without a search any better"
            return self._failed(begun, night.status_of(answer.lost), reason)
        made = revisions.moves_since(snapshot, answer.plan)
        moves = with_risk_reasons(made, snapshot, answer.plan, risk)
        return self._write(lambda desk: night.finish(desk, begun, answer, moves, risk))

    def _unsound(
        self, begun: night.Begun, found: night.Answer, error: SolverError
    ) -> night.RunReport:
        if found.lost is None:
            return self._failed(begun, RunStatus.UNSOUND, str(error))
        reason = f"{found.lost}; nor does a plan made without a search stand: {error}"
        return self._failed(begun, night.status_of(found.lost), reason)

    def _failed(self, begun: night.Begun, status: RunStatus, reason: str) -> night.RunReport:
        return self._write(lambda desk: night.fail(desk, begun, status, reason))

    def _unfrozen(self, run: RunRecord, reason: str) -> night.RunReport:
        ended = self._write(lambda desk: runs.fail(desk, run, RunStatus.INVALID_INPUT, reason))
        return night.RunReport(ended, None, Moves(), ())

    def accept(
        self, revision: str, cases: Iterable[str] | None = None, *, with_needed: bool = False
    ) -> accepting.Decision:
        """Carry out moves of a revision (all that are open, unless cases are named).

        Raises:
            NotFoundError: there is no such revision, or it has no move of a case.
            RefusedError: the moves wait for others that are not among them.
            StaleError: the moves were decided already, or none of them can be made any more.
        """
        decision = self._accept(revision, cases, with_needed=with_needed)
        if not decision.applied:
            told = "; ".join(f"{case}: {reason}" for case, reason in decision.stale[:SHOWN])
            more = len(decision.stale) - SHOWN
            raise StaleError(
                f"nothing of it can be made any more: {told}"
                + (f" (and {more} more)" if more > 0 else ""),
                place=f"revision {revision}",
                remedy="run the night again",
            )
        return decision

    def _accept(
        self, revision: str, cases: Iterable[str] | None, *, with_needed: bool
    ) -> accepting.Decision:
        return self._write(
            lambda desk: accepting.accept_moves(desk, revision, cases, with_needed=with_needed)
        )
