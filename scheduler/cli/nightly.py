"""`night` and `revision`: re-plan the department, and decide on what it would change."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from models.errors import NotFoundError, SolverError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import local, note, say, say_json, stamp, table
from scheduler.cli.progress import PlanProgress, stop_requests

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.records import RevisionRecord
    from scheduler.services.night import Search
    from scheduler.services.revisions import Moves

RevisionId = Annotated[
    str, typer.Argument(metavar="REVISION", help="Its id, or `last` for the newest proposed.")
]
State = Literal["proposed", "applied", "refused", "stale"]


def night(
    department: "Container",
    *,
    apply: Annotated[
        bool | None,
        typer.Option(
            "--apply/--leave",
            help="Apply the revision, or leave it for approval (else as the site's rule says).",
        ),
    ] = None,
    seconds: Annotated[int, typer.Option(min=1, help="Time to search.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Re-plan everything that may move, check it, and keep a revision with a reason per move."""
    cases = len(department.list_cases())
    with stop_requests() as should_stop, PlanProgress(cases) as progress:
        watched = replace(department, search=watched_search(progress, should_stop))
        report = watched.night(seconds=seconds, seed=seed, apply=apply)
    for case, reason in report.left_aside:
        note(f"left aside: {case}: {reason}")
    if report.run.state == "failed":
        raise SolverError(report.run.outcome, place=f"night {report.run.id}")
    tz = department.department().site.tz
    if as_json:
        kept = report.revision
        revision = _revision_json(kept, report.moves, tz) if kept else None
        say_json({"run": report.run.id, "outcome": report.run.outcome, "revision": revision})
        return
    say(report.run.outcome)
    if report.revision:
        tell_moves(report.moves, tz)
        say(_standing(report.revision))


def watched_search(progress: PlanProgress, should_stop: Callable[[], bool]) -> "Search":
    """The search in a child process, with its progress shown and Ctrl-C taken as enough."""
    from models.problem import PlanningProblem
    from scheduler.services.night import Answer
    from solver.optimize import Settings
    from solver.worker import solve_in_child

    def search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        result = solve_in_child(
            problem,
            Settings(seconds=seconds, seed=seed),
            on_progress=progress.update,
            should_stop=should_stop,
        )
        return Answer(plan=result.plan, cost=result.cost, bound=result.bound, note=result.note)

    return search


def list_revisions(
    department: "Container",
    *,
    state: Annotated[State | None, typer.Option(help="Only revisions in this state.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the revisions of past nights, newest first."""
    from scheduler.records import RevisionState

    tz = department.department().site.tz
    found = department.revisions(state=RevisionState(state) if state else None)
    if as_json:
        say_json([_revision_json(r, _moves(r), tz) for r in found])
        return
    table(
        ("revision", "made", "state", "moves", "cost before", "after"),
        [
            (
                r.id,
                local(r.created_at, tz),
                r.state,
                len(_moves(r).moves),
                f"{r.cost_before:,}",
                f"{r.cost_after:,}",
            )
            for r in found
        ],
        right=("moves", "cost before", "after"),
    )


def show(department: "Container", revision: RevisionId, *, as_json: AsJson = False) -> None:
    """Show every move of a revision with its reasons."""
    record, tz = find(department, revision), department.department().site.tz
    if as_json:
        say_json(_revision_json(record, _moves(record), tz))
        return
    tell_moves(_moves(record), tz)
    say(_standing(record))


def apply_revision(
    department: "Container", revision: RevisionId, *, as_json: AsJson = False
) -> None:
    """Apply all of a proposed revision, or nothing."""
    _tell(department, department.apply_revision(find(department, revision).id), as_json=as_json)


def refuse(
    department: "Container",
    revision: RevisionId,
    *,
    reason: Annotated[str, typer.Option(help="Why, for the audit.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a proposed revision aside; the plan stays as it is."""
    name = find(department, revision).id
    _tell(department, department.refuse_revision(name, reason=reason), as_json=as_json)


def find(department: "Container", revision: str) -> "RevisionRecord":
    """A revision by id, or the newest that waits for a decision.

    Raises:
        NotFoundError: there is none.
    """
    from scheduler.records import RevisionState

    if revision == "last":
        for record in department.revisions(state=RevisionState.PROPOSED, limit=1):
            return record
        raise NotFoundError("no revision waits for a decision", remedy="run holdfast night")
    for record in department.revisions(limit=1000):
        if record.id == revision:
            return record
    raise NotFoundError(f"there is no revision {revision!r}", remedy="see holdfast revision list")


def _tell(department: "Container", record: "RevisionRecord", *, as_json: bool) -> None:
    if as_json:
        tz = department.department().site.tz
        say_json(_revision_json(record, _moves(record), tz))
    else:
        say(_standing(record))


def _standing(record: "RevisionRecord") -> str:
    waits = "; holdfast revision apply last, or refuse it" if record.state == "proposed" else ""
    return f"revision {record.id}: {record.state}{waits}"


def _moves(record: "RevisionRecord") -> "Moves":
    from scheduler.services.revisions import Moves

    return Moves.model_validate_json(record.document)


def tell_moves(moves: "Moves", tz: ZoneInfo) -> None:
    """Print moves with their reasons, one case a row."""
    table(
        ("case", "change", "before", "after", "resources", "hold", "why"),
        [
            (
                move.case,
                move.change,
                local(move.before, tz) if move.before else "",
                local(move.after, tz) if move.after else "",
                ", ".join((move.assigned or {}).values()),
                move.stage,
                "; ".join(move.reasons),
            )
            for move in moves.moves
        ],
    )


def _revision_json(record: "RevisionRecord", moves: "Moves", tz: ZoneInfo) -> dict[str, Any]:
    return {
        "revision": record.id,
        "run": record.run,
        "state": record.state.value,
        "created_at": stamp(record.created_at, tz),
        "cost_before": record.cost_before,
        "cost_after": record.cost_after,
        "bound": record.bound,
        "moves": [
            {
                **move.model_dump(mode="json"),
                "before": stamp(move.before, tz) if move.before else None,
                "after": stamp(move.after, tz) if move.after else None,
            }
            for move in moves.moves
        ],
    }


NIGHT: Commands = {"night": on_store(night)}
COMMANDS: Commands = {
    "list": on_store(list_revisions),
    "show": on_store(show),
    "apply": on_store(apply_revision),
    "refuse": on_store(refuse),
}
