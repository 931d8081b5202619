"""`revision`: what nights would change, and deciding on it, as a whole or move by move."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from models.errors import NotFoundError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import local, note, say, say_json, stamp, table

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.records import RevisionRecord
    from scheduler.services.accepting import Decision
    from solver.moves import Moves

RevisionId = Annotated[
    str, typer.Argument(metavar="REVISION", help="Its id, or `last` for the newest proposed.")
]
MoveCases = Annotated[
    list[str] | None,
    typer.Option("--move", metavar="CASE", help="Only the move of this case; repeatable."),
]
State = Literal["proposed", "applied", "refused", "stale"]


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
        say_json([revision_json(record, tz) for record in found])
        return
    table(
        ("revision", "made", "state", "moves", "cost before", "after"),
        [
            (
                record.id,
                local(record.created_at, tz),
                record.state,
                _counts(record),
                f"{record.cost_before:,}",
                f"{record.cost_after:,}",
            )
            for record in found
        ],
        right=("cost before", "after"),
    )


def show(
    department: "Container",
    revision: RevisionId,
    *,
    html: Annotated[Path | None, typer.Option(help="Write a self-contained page here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show every move of a revision with its reasons, its state and what belongs together."""
    record, tz = find(department, revision), department.department().site.tz
    if html:
        _write_page(department, record, html)
        note(f"written to {html}")
    if as_json:
        say_json(revision_json(record, tz))
    elif not html:
        tell_moves(record, tz)
        say_standing(record)


def _write_page(department: "Container", record: "RevisionRecord", path: Path) -> None:
    from scheduler.files import write_text
    from scheduler.pages.revision_html import revision_html
    from scheduler.records import MoveState
    from scheduler.views.revision import revision_view

    site, files = department.department().site, department.list_cases()
    as_before = record.cases(MoveState.PROPOSED)
    view = revision_view(
        record,
        site=site.name or site.id,
        zone_name=site.timezone,
        procedures=department.board_data().procedures,
        held={f.id: f.booking.held.assigned for f in files if f.booking and f.id in as_before},
    )
    write_text(path, revision_html(view))


def accept(
    department: "Container",
    revision: RevisionId,
    *,
    move: MoveCases = None,
    with_needed: Annotated[
        bool, typer.Option("--with-needed", help="Accept what these moves wait for with them.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Carry out a revision, or some of its moves; what has become stale is left and named."""
    name = find(department, revision).id
    _tell(
        department,
        department.accept_moves(name, move or None, with_needed=with_needed),
        as_json=as_json,
    )


def reject(
    department: "Container",
    revision: RevisionId,
    *,
    move: MoveCases = None,
    reason: Annotated[str, typer.Option(help="Why, kept with the moves.")] = "",
    as_json: AsJson = False,
) -> None:
    """Put a revision aside, or some of its moves with what waits for them."""
    name = find(department, revision).id
    _tell(department, department.reject_moves(name, move or None, reason=reason), as_json=as_json)


def find(department: "Container", revision: str) -> "RevisionRecord":
    """A revision by id, or the newest that waits for a decision.

    Raises:
        NotFoundError: there is none.
    """
    from scheduler.records import RevisionState

    if revision != "last":
        return department.revision(revision)
    for record in department.revisions(state=RevisionState.PROPOSED, limit=1):
        return record
    raise NotFoundError("no revision waits for a decision", remedy="run holdfast night")


def _tell(department: "Container", decision: "Decision", *, as_json: bool) -> None:
    if as_json:
        tz = department.department().site.tz
        say_json(
            {
                **revision_json(decision.record, tz),
                "decided": {
                    "applied": list(decision.applied),
                    "rejected": list(decision.rejected),
                    "stale": dict(decision.stale),
                },
            }
        )
        return
    for what, cases in (("applied", decision.applied), ("rejected", decision.rejected)):
        if cases:
            say(f"{what}: {', '.join(cases)}")
    for case, reason in decision.stale:
        say(f"stale: {case}: {reason}")
    say_standing(decision.record)


def say_standing(record: "RevisionRecord") -> None:
    """Print how a revision stands, in one line."""
    waits = "; accept or reject it, or some of its moves" if record.state == "proposed" else ""
    say(f"revision {record.id}: {record.state} ({_counts(record)}){waits}")


def _counts(record: "RevisionRecord") -> str:
    counts = Counter(move.state.value for move in record.moves)
    return ", ".join(f"{count} {state}" for state, count in sorted(counts.items())) or "none"


def _moves(record: "RevisionRecord") -> "Moves":
    from scheduler.services.revisions import kept_moves

    return kept_moves(record)


def tell_moves(record: "RevisionRecord", tz: ZoneInfo) -> None:
    """Print the moves of a revision with their reasons, one case a row, and their groups."""
    moves = _moves(record)
    states = {move.case: move for move in record.moves}
    table(
        ("case", "change", "before", "after", "resources", "hold", "state", "waits for", "why"),
        [
            (
                move.case,
                move.change,
                local(move.before, tz) if move.before else "",
                local(move.after, tz) if move.after else "",
                ", ".join((move.assigned or {}).values()),
                move.stage,
                states[move.case].state,
                ", ".join(move.depends_on),
                "; ".join((*move.reasons, states[move.case].detail)).removesuffix("; "),
            )
            for move in moves.moves
        ],
    )
    for group in moves.groups:
        say(f"{', '.join(group)} belong together: all of them or none")


def revision_json(record: "RevisionRecord", tz: ZoneInfo) -> dict[str, Any]:
    """A revision as data: its moves with their states, and which belong together."""
    moves = _moves(record)
    states = {move.case: move for move in record.moves}
    return {
        "revision": record.id,
        "run": record.run,
        "state": record.state.value,
        "created_at": stamp(record.created_at, tz),
        "cost_before": record.cost_before,
        "cost_after": record.cost_after,
        "bound": record.bound,
        "together": [list(group) for group in moves.groups],
        "moves": [
            {
                **move.model_dump(mode="json"),
                "before": stamp(move.before, tz) if move.before else None,
                "after": stamp(move.after, tz) if move.after else None,
                "state": states[move.case].state.value,
                "detail": states[move.case].detail,
                "decided_by": states[move.case].decided_by,
            }
            for move in moves.moves
        ],
    }


COMMANDS: Commands = {
    "list": on_store(list_revisions),
    "show": on_store(show),
    "accept": on_store(accept),
    "reject": on_store(reject),
}
