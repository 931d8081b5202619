"""One night from freezing to applying: short transactions, with the search between them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from models.errors import SolverError, StaleError
from scheduler.services import accepting, cases, night, problems, readiness, revisions
from scheduler.services.desk import Desk
from scheduler.services.fragile import night_risk, with_risk_reasons

T = TypeVar("T")

AT_ONCE = 50
"""Cases assessed in one transaction."""
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

    def run(self, *, seconds: int, seed: int, apply: bool | None) -> night.RunReport:
        """Freeze, search, judge, keep a revision, and apply of it what needs nobody's approval.

        Args:
            seconds: time to search.
            seed: of the search.
            apply: True applies all, False leaves all for approval, None as the site's rule says.
        """
        self._write(night.end_abandoned)
        self._write(cases.finish_past)
        assess_all(self._write)
        gathered = self._read(problems.gather_all)
        snapshot, risk = problems.snapshot_of(gathered), night_risk(gathered)
        begun = self._write(
            lambda desk: night.begin_night(desk, snapshot, seconds=seconds, seed=seed)
        )
        try:
            answer = night.searched(begun.snapshot.problem, self._search, seconds, seed, risk)
        except SolverError as error:
            reason = str(error)
            return self._write(lambda desk: night.fail_run(desk, begun, reason))
        except BaseException:
            self._write(lambda desk: night.fail_run(desk, begun, "the run was broken off"))
            raise
        made = revisions.moves_of(begun.snapshot, answer.plan)
        moves = with_risk_reasons(made, begun.snapshot, answer.plan, risk)
        report = self._write(lambda desk: night.keep_revision(desk, begun, answer, moves, risk))
        return self._applied(report, self._unseen(report, asked=apply))

    def _unseen(self, report: night.RunReport, *, asked: bool | None) -> frozenset[str]:
        """The cases whose moves are applied at once: all, none, or as the site's rule says."""
        if report.revision is None or asked is False:
            return frozenset()
        if asked:
            return frozenset(report.moves.by_case)
        gain = report.revision.cost_before - report.revision.cost_after
        rule = self._read(lambda desk: desk.department.site.auto_apply)
        return report.moves.unseen_part(rule, gain)

    def _applied(self, report: night.RunReport, cases: frozenset[str]) -> night.RunReport:
        if report.revision is None or not cases:
            return report
        name = report.revision.id
        try:
            decided = self._accept(name, cases, with_needed=False).record
        except StaleError:  # somebody decided it in between
            decided = self._read(lambda desk: desk.uow.revisions.get(name))
        return replace(report, revision=decided)

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
