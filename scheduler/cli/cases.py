"""`case`: look at cases, offer slots, reserve, book, move and cancel."""

from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from models.errors import RefusedError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, CaseId, Commands, instant
from scheduler.cli.output import local, say, say_json, stamp, table
from scheduler.cli.slots import At, Top, proposal_json, tell_proposals

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.records import BookingRecord
    from scheduler.services.case_files import CaseFile
    from solver.proposals import Proposal

Slot = Annotated[
    int | None, typer.Option(min=1, help="Take the n-th slot of `case propose` (else the first).")
]
Start = Annotated[
    str | None, typer.Option("--at", metavar="INSTANT", help="Take the best slot at this start.")
]
State = Literal["open", "done", "closed"]
Status = Literal["ready", "conditional", "blocked"]
MOST_SLOTS = 100_000  # every start of any horizon: to find the one that was named


def list_cases(
    department: "Container",
    *,
    state: Annotated[State | None, typer.Option(help="Only cases in this state.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only cases of this status.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the cases with their status and booking."""
    from scheduler.records import CaseState

    wanted = CaseState(state) if state else None
    tz = department.department().site.tz
    files = [
        file
        for file in department.list_cases(state=wanted)
        if status in (None, file.record.readiness.status if file.record.readiness else None)
    ]
    if as_json:
        say_json([_summary(file, tz) for file in files])
        return
    table(
        ("case", "procedure", "priority", "state", "status", "booked", "trouble"),
        [_row(file, tz) for file in files],
    )


def _row(file: "CaseFile", tz: ZoneInfo) -> tuple[object, ...]:
    shown, booking = _summary(file, tz), file.booking
    booked = f"{local(booking.held.start, tz)} ({booking.state})" if booking else ""
    known = (shown[name] for name in ("case", "procedure", "priority", "state", "status"))
    return (*known, booked, "; ".join(shown["trouble"]))


def _summary(file: "CaseFile", tz: ZoneInfo) -> dict[str, Any]:
    booking, readiness = file.booking, file.record.readiness
    return {
        "case": file.id,
        "patient": file.patient.id,
        "procedure": readiness.procedure if readiness else file.referral.code,
        "priority": file.referral.priority,
        "state": file.record.state.value,
        "status": readiness.status.value if readiness else None,
        "booked": stamp(booking.held.start, tz) if booking else None,
        "booking": booking.state.value if booking else None,
        "trouble": list(booking.trouble) if booking else [],
    }


def propose(
    department: "Container", case: CaseId, *, top: Top = 10, as_json: AsJson = False
) -> None:
    """List the best slots for a case against everything that is held now."""
    found = department.propose(case, top=top).proposals
    tell_proposals(found, f"holdfast case explain {case}", as_json=as_json)


def explain(
    department: "Container", case: CaseId, *, at: At = None, as_json: AsJson = False
) -> None:
    """Say why a case can or cannot start there, by the rules and by what is free."""
    from scheduler.cli.slots import tell_explanation

    if at is None:
        shut = _closing(department.show_case(case))
        tell_explanation(department.where(case), (), as_json=as_json, refused=shut)
        return
    found = department.explain(case, instant(at))
    tell_explanation(found.engine, (), as_json=as_json, refused=found.clinical)


def _closing(file: "CaseFile") -> tuple[str, ...]:
    """What the rules said that leaves the case no window at all."""
    readiness = file.record.readiness
    if readiness is None or readiness.windows:
        return ()
    closing = (asked.sentence for asked in readiness.requirements if asked.closes_windows)
    return (*(block.sentence for block in readiness.blocks), *closing)


def pick(department: "Container", case: str, slot: int | None, at: str | None) -> "Proposal":
    """The slot that was asked for: by rank, or by its start.

    Raises:
        RefusedError: there is no such slot.
    """
    if slot is not None and at is not None:
        raise typer.BadParameter("--slot and --at each name a slot: leave one out")
    if at is None:
        rank = slot or 1
        found = department.propose(case, top=rank).proposals
        if len(found) >= rank:
            return found[rank - 1]
        asked, ask = f"slot {rank}", f"holdfast case explain {case}"
    else:
        start = instant(at)
        offered = department.propose(case, top=MOST_SLOTS).proposals
        for proposal in offered:
            if proposal.start == start:
                return proposal
        asked, ask = f"slot at {at}", f"holdfast case explain {case} --at {at}"
    raise RefusedError(f"there is no {asked}", place=f"case {case}", remedy=f"{ask} says why")


def reserve(
    department: "Container",
    case: CaseId,
    *,
    slot: Slot = None,
    at: Start = None,
    as_json: AsJson = False,
) -> None:
    """Hold a slot for a short while; the token books it."""
    chosen = pick(department, case, slot, at)
    kept = department.reserve(case, chosen.start, chosen.assigned)
    tz = department.department().site.tz
    if as_json:
        say_json(
            {**proposal_json(chosen), "token": kept.token, "expires_at": stamp(kept.expires_at, tz)}
        )
        return
    say(f"{case} holds {local(kept.held.start, tz)} until {local(kept.expires_at, tz)}")
    say(f"holdfast case book {case} --token {kept.token}")


def book(
    department: "Container",
    case: CaseId,
    *,
    token: Annotated[str | None, typer.Option(help="Book what `reserve` holds.")] = None,
    slot: Slot = None,
    at: Start = None,
    firm: Annotated[
        bool, typer.Option("--firm", help="Refuse to book while a requirement is open.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Book a slot; provisional while firm requirements are open."""
    if token:
        if slot is not None or at is not None:
            raise typer.BadParameter("a token names its slot: leave --slot and --at out")
        booking = department.book_reserved(case, token, firm=firm)
    else:
        chosen = pick(department, case, slot, at)
        booking = department.book(case, chosen.start, chosen.assigned, firm=firm)
    tell_booking(department, booking, as_json=as_json)


def move(
    department: "Container",
    case: CaseId,
    *,
    slot: Slot = None,
    at: Start = None,
    as_json: AsJson = False,
) -> None:
    """Move a booking to another slot, or leave it exactly where it is."""
    chosen = pick(department, case, slot, at)
    booking = department.move(case, chosen.start, chosen.assigned)
    tell_booking(department, booking, as_json=as_json)


def cancel(
    department: "Container",
    case: CaseId,
    *,
    reason: Annotated[str, typer.Option(help="Why, kept with the booking.")],
    as_json: AsJson = False,
) -> None:
    """Give up a booking and all it holds; the case waits again."""
    tell_booking(department, department.cancel(case, reason=reason), as_json=as_json)


def undo(department: "Container", case: CaseId, *, as_json: AsJson = False) -> None:
    """Take back the last change of a booking, for as long as the site allows."""
    from scheduler.services import undoing

    booking = department.write(lambda desk: undoing.undo(desk, case))
    tell_booking(department, booking, as_json=as_json)


def tell_booking(department: "Container", booking: "BookingRecord", *, as_json: bool) -> None:
    """Print a booking as it stands."""
    tz = department.department().site.tz
    if as_json:
        say_json(booking_json(booking, tz))
        return
    resources = ", ".join(booking.held.assigned.values())
    say(f"{booking.case}: {booking.state} at {local(booking.held.start, tz)} ({resources})")
    for sentence in booking.waiting_for:
        say(f"  waits for: {sentence}")
    for sentence in booking.trouble:
        say(f"  trouble: {sentence}")


def booking_json(booking: "BookingRecord", tz: ZoneInfo) -> dict[str, Any]:
    """A booking as plain data."""
    return {
        "case": booking.case,
        "state": booking.state.value,
        "start": stamp(booking.held.start, tz),
        "assigned": dict(booking.held.assigned),
        "locked": booking.locked,
        "waiting_for": list(booking.waiting_for),
        "trouble": list(booking.trouble),
        "version": booking.version,
    }


COMMANDS: Commands = {
    "list": on_store(list_cases),
    "propose": on_store(propose),
    "explain": on_store(explain),
    "reserve": on_store(reserve),
    "book": on_store(book),
    "move": on_store(move),
    "cancel": on_store(cancel),
    "undo": on_store(undo),
}
