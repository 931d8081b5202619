"""`gap`: who may take a slot that was given up."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from zoneinfo import ZoneInfo

import typer

from models.base import MAX_HOURS
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands, instant
from scheduler.cli.output import local, say, say_json, stamp, table

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.services.backfill import Candidate, Verdict


def gap(
    department: "Container",
    resource: Annotated[str, typer.Argument(metavar="RESOURCE", help="What is free.")],
    *,
    begin: Annotated[str, typer.Option("--from", metavar="INSTANT", help="Free from.")],
    end: Annotated[str, typer.Option("--to", metavar="INSTANT", help="Free until.")],
    case: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this case: whether, and if not, why.")
    ] = None,
    top: Annotated[int, typer.Option(min=1, help="Most cases to list.")] = 10,
    notice_hours: Annotated[
        float | None,
        typer.Option(min=0, max=MAX_HOURS, help="Hours to tell a patient (else the site's)."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say who may legally take a freed slot: who waits, and who is booked for later."""
    from scheduler.services import backfill

    data = department.read(
        lambda desk: backfill.gather_gap(
            desk, resource, instant(begin), instant(end), notice_hours=notice_hours, case=case
        )
    )
    tz = department.department().site.tz
    if case is not None:
        _tell_verdict(backfill.verdict(data), tz, as_json=as_json)
        return
    found = backfill.candidates(data, top=top)
    if as_json:
        say_json({"candidates": [_json(one, tz) for one in found]})
        return
    if not found:
        say("nobody may take it; --case ID says why one may not")
        return
    table(
        ("case", "start", "saved", "why it may, and what must happen"),
        [
            (one.file.id, local(one.proposal.start, tz), f"{one.saved:,}", "\n".join(_said(one)))
            for one in found
        ],
        right=("saved",),
    )


def _said(found: "Candidate") -> tuple[str, ...]:
    return (*found.allowed, *(f"to do: {what}" for what in found.to_do))


def _tell_verdict(found: "Verdict", tz: ZoneInfo, *, as_json: bool) -> None:
    if as_json:
        say_json(
            {
                "case": found.case,
                "candidate": _json(found.candidate, tz) if found.candidate else None,
                "reasons": list(found.reasons),
                "starts": [
                    {"start": stamp(then.start, tz), "reasons": list(then.reasons)}
                    for then in found.starts
                ],
            }
        )
        return
    if found.candidate is not None:
        say(f"{found.case} may start {local(found.candidate.proposal.start, tz)}")
        for sentence in _said(found.candidate):
            say(f"  {sentence}")
        return
    say(f"{found.case} may not take it")
    for sentence in found.reasons:
        say(f"  {sentence}")
    for then in found.starts:
        say(f"  {_clock(then.start, tz)}: {'; '.join(then.reasons)}")


def _clock(start: datetime, tz: ZoneInfo) -> str:
    return f"{start.astimezone(tz):%H:%M}"


def _json(found: "Candidate", tz: ZoneInfo) -> dict[str, Any]:
    booking = found.file.booking
    return {
        "case": found.file.id,
        "start": stamp(found.proposal.start, tz),
        "assigned": dict(found.proposal.assigned),
        "saved": found.saved,
        "booked": stamp(booking.held.start, tz) if booking else None,
        "allowed": list(found.allowed),
        "to_do": list(found.to_do),
    }


COMMANDS: Commands = {"gap": on_store(gap)}
