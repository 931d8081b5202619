"""`audit`: who changed what, whether the record is whole, and its head to keep elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands, instant
from scheduler.cli.output import note, say, say_json, table

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.services.chain import Head


def verify(
    department: "Container",
    *,
    head: Annotated[
        Path | None, typer.Option(help="A head exported before: shows rows cut off the end.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Follow the chain of the audit from its first row; exit code 1 if it is broken."""
    from scheduler.services import chain

    kept = None if head is None else _read(head)
    found = department.read(lambda desk: chain.verify(desk, kept))
    if as_json:
        say_json({"whole": found.whole, "faults": list(found.faults), "rows": found.head.seq})
    elif found.whole:
        say(f"whole, up to row {found.head.seq}")
    else:
        for fault in found.faults:
            say(fault)
    if not found.whole:
        raise typer.Exit(1)


def head(
    department: "Container",
    *,
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
    as_json: AsJson = False,
) -> None:
    """Export the head of the audit; keep it where nobody who can change the store can reach it."""
    from scheduler.files import write_text
    from scheduler.services import chain

    found = department.read(chain.head)
    if out:
        write_text(out, found.model_dump_json() + "\n")
        note(f"written to {out}")
    if as_json:
        say_json(found.model_dump(mode="json"))
    else:
        say(f"row {found.seq} of {found.site}: {found.chain or 'nothing yet'}")


def show(
    department: "Container",
    *,
    subject: Annotated[str | None, typer.Option(help="About one thing, such as a case.")] = None,
    by: Annotated[str | None, typer.Option(help="By somebody.")] = None,
    action: Annotated[
        str | None, typer.Option(help="One action, or all of a word: `booking`.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="INSTANT", help="From then on.")] = None,
    until: Annotated[str | None, typer.Option(metavar="INSTANT", help="Before then.")] = None,
    after: Annotated[int, typer.Option(min=0, help="Go on after this row.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List changes, oldest first."""
    from scheduler.records import AuditFilter
    from scheduler.services.cases import with_reasons

    wanted = AuditFilter(
        subject, by, action, instant(since) if since else None, instant(until) if until else None
    )
    rows = department.read(
        lambda desk: with_reasons(desk, desk.uow.audit.search(wanted, after=after, limit=limit))
    )
    if as_json:
        say_json([{**row.model_dump(mode="json"), "reason": reason} for row, reason in rows])
        return
    tz = department.department().site.tz
    table(
        ("row", "at", "by", "what", "about", "detail"),
        [
            (
                r.seq,
                f"{r.at.astimezone(tz):%Y-%m-%d %H:%M:%S}",
                f"{r.actor} for {r.on_behalf_of}" if r.on_behalf_of else r.actor,
                r.action,
                r.subject,
                f"{r.detail}: {reason}" if reason else r.detail,
            )
            for r, reason in rows
        ],
        right=("row",),
    )


def _read(path: Path) -> "Head":
    from pydantic import ValidationError

    from scheduler.services.chain import Head

    try:
        return Head.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise InputError(
            "it is no exported head", place=str(path), remedy="give a file of `audit head --out`"
        ) from error


COMMANDS: Commands = {
    "verify": on_store(verify),
    "head": on_store(head),
    "list": on_store(show),
}
