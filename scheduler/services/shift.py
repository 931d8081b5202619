"""One night from freezing to applying: short transactions, with the search between them."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Protocol, TypeVar

from models.errors import SolverError, StaleError
from scheduler.records import RevisionRecord
from scheduler.services import cases, night, problems, readiness, revisions
from scheduler.services.desk import Desk
from solver.revision import Change

T = TypeVar("T")

AT_ONCE = 50
"""Cases assessed in one transaction."""


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
        """Freeze, search, judge, keep a revision, and apply it where that was asked for.

        Args:
            seconds: time to search.
            seed: of the search.
            apply: True applies, False leaves it for approval, None does as the site's rule says.
        """
        self._write(night.end_abandoned)
        self._write(cases.finish_past)
        assess_all(self._write)
        snapshot = problems.snapshot_of(self._read(problems.gather_all))
        begun = self._write(
            lambda desk: night.begin_night(desk, snapshot, seconds=seconds, seed=seed)
        )
        try:
            answer = night.searched(begun.snapshot.problem, self._search, seconds, seed)
        except SolverError as error:
            reason = str(error)
            return self._write(lambda desk: night.fail_run(desk, begun, reason))
        except BaseException:
            self._write(lambda desk: night.fail_run(desk, begun, "the run was broken off"))
            raise
        moves = revisions.moves_of(begun.snapshot, answer.plan)
        report = self._write(lambda desk: night.keep_revision(desk, begun, answer, moves))
        return self._applied(report) if self._may_apply(report, asked=apply) else report

    def _may_apply(self, report: night.RunReport, *, asked: bool | None) -> bool:
        if report.revision is None or asked is not None:
            return bool(asked) and report.revision is not None
        gain = report.revision.cost_before - report.revision.cost_after
        moves = report.moves.count(Change.MOVED, Change.UNBOOKED)
        started = report.moves.started_moves
        return self._read(
            lambda desk: desk.department.site.auto_apply.permits(
                moves=moves, started_moves=started, gain=gain
            )
        )

    def _applied(self, report: night.RunReport) -> night.RunReport:
        if report.revision is None:
            return report
        name = report.revision.id
        try:
            applied = self.apply(name)
        except StaleError:
            applied = self._read(lambda desk: desk.uow.revisions.get(name))
        return replace(report, revision=applied)

    def apply(self, revision: str) -> RevisionRecord:
        """Apply a proposed revision; one that can no longer be applied is marked so.

        Raises:
            NotFoundError: there is no such revision.
            StaleError: it was decided already, or the department has changed since.
        """
        try:
            return self._write(lambda desk: revisions.apply_revision(desk, revision))
        except StaleError as error:
            reason = str(error)
            self._write(lambda desk: revisions.mark_stale(desk, revision, reason=reason))
            raise
