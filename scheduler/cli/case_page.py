"""`case show`, `case decide` and other commands on the facts and promises of one case."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from zoneinfo import ZoneInfo

import typer

from models.base import MAX_HOURS
from scheduler.cli.cases import booking_json, tell_booking
from scheduler.cli.context import on_store
from scheduler.cli.desk import tell_disruption
from scheduler.cli.options import AsJson, CaseId, Commands, instant
from scheduler.cli.output import local, note, say, say_json, stamp, table

if TYPE_CHECKING:
    from models.clinical.readiness import Readiness
    from scheduler.bootstrap import Container
    from scheduler.pages.instruction_words import SpokenSheet
    from scheduler.services.case_files import CaseFile

Language = Literal["en", "es"]


def show(department: "Container", case: CaseId, *, as_json: AsJson = False) -> None:
    """Show a case: what the rules say and why, what is missing, what is held for it."""
    file, tz = department.show_case(case), department.department().site.tz
    if as_json:
        say_json(_file_json(file, tz))
        return
    asked = file.referral
    levels = f", {' '.join(asked.levels)}" if asked.levels else ""
    say(f"{file.id}: {asked.display or asked.code}{levels}, {asked.priority}, {file.record.state}")
    if file.record.readiness:
        _tell_readiness(file.record.readiness, tz)
    if file.reservation:
        until = local(file.reservation.expires_at, tz)
        say(f"reserved: {local(file.reservation.held.start, tz)} until {until}")
    if file.booking:
        tell_booking(department, file.booking, as_json=False)


def _file_json(file: "CaseFile", tz: ZoneInfo) -> dict[str, Any]:
    from scheduler.cli.assessing import answer_json

    kept, booked = file.reservation, file.booking
    return {
        "case": file.id,
        "patient": file.patient.id,
        "referral": file.referral.model_dump(mode="json"),
        "state": file.record.state.value,
        "readiness": answer_json(file.record.readiness, tz) if file.record.readiness else None,
        "reservation": (
            {"start": stamp(kept.held.start, tz), "expires_at": stamp(kept.expires_at, tz)}
            if kept
            else None
        ),
        "booking": booking_json(booked, tz) if booked else None,
    }


def _tell_readiness(readiness: "Readiness", tz: ZoneInfo) -> None:
    from scheduler.cli.assessing import restart_text
    from scheduler.services.case_files import requirement_key

    say(f"{readiness.status} as of {local(readiness.assessed_at, tz)}")
    for block in readiness.blocks:
        say(f"  blocked: {block.sentence} [{block.ref.rule}: {block.ref.source}]")
    for a, b in readiness.windows:
        say(f"  may start: {local(a, tz)} to {local(b, tz)}")
    if readiness.holds:
        table(
            ("drug", "hold", "stage", "restart", "rule", "evidence"),
            [
                (
                    hold.drug,
                    hold.sentence,
                    hold.stage,
                    restart_text(hold.restart_hours),
                    hold.ref.rule,
                    hold.ref.evidence,
                )
                for hold in readiness.holds
            ],
        )
    if readiness.requirements:
        table(
            ("requirement", "what is still to be done", "latest"),
            [
                (requirement_key(r), r.sentence, local(r.latest, tz) if r.latest else "")
                for r in readiness.requirements
            ],
        )


def decide(
    department: "Container",
    case: CaseId,
    requirement: Annotated[
        str, typer.Argument(metavar="REQUIREMENT", help="Its name in `case show`.")
    ],
    *,
    reason: Annotated[str, typer.Option(help="Why, in words; kept with the name of who acts.")],
    refuse: Annotated[bool, typer.Option("--refuse", help="Decide against it.")] = False,
    hold_hours: Annotated[
        float | None,
        typer.Option(
            min=0, max=MAX_HOURS, help="Hours off the drug, where the rule has no figure."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Keep a clinician's decision on an open requirement; --actor says whose it is."""
    department.decide(case, requirement, reason=reason, accepted=not refuse, hold_hours=hold_hours)
    show(department, case, as_json=as_json)


def dose(
    department: "Container",
    case: CaseId,
    drug: Annotated[str, typer.Argument(metavar="DRUG", help="Ingredient, as `case show` has it.")],
    *,
    at: Annotated[str, typer.Option(metavar="INSTANT", help="When it was last taken.")],
    as_json: AsJson = False,
) -> None:
    """Note when the patient last took a drug; a hold that was missed flags the booking."""
    tell_disruption(
        department, department.record_missed_hold(case, drug, instant(at)), as_json=as_json
    )


def lock(
    department: "Container",
    case: CaseId,
    *,
    off: Annotated[bool, typer.Option("--off", help="Free it again.")] = False,
    as_json: AsJson = False,
) -> None:
    """Pin a booking to its place, so that the night leaves it alone."""
    tell_booking(department, department.set_lock(case, locked=not off), as_json=as_json)


def tell(department: "Container", case: CaseId, *, as_json: AsJson = False) -> None:
    """Note that the patient was told the time, and so when to stop each drug."""
    tell_booking(department, department.tell(case), as_json=as_json)


def instructions(
    department: "Container",
    case: CaseId,
    *,
    html: Annotated[Path | None, typer.Option(help="Write the sheet to print here.")] = None,
    ics: Annotated[Path | None, typer.Option(help="Write it for calendars here.")] = None,
    language: Annotated[
        Language | None, typer.Option(help="Of the sheet (else the patient's own).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what the patient of a booking is to do: last doses, tests, food, arrival, restart."""
    from scheduler.files import write_bytes, write_text
    from scheduler.pages.instruction_words import spoken
    from scheduler.pages.instructions_html import instructions_html
    from scheduler.pages.instructions_ics import instructions_ics
    from scheduler.views.department import booking_sheet, may_leave_at

    told = department.instructions_data(case)
    sheet = booking_sheet(told, language)
    if html:
        write_text(html, instructions_html(sheet, site=told.site.name))
        note(f"written to {html}")
    if ics:
        content = instructions_ics(
            sheet,
            site_id=told.site.id,
            site=told.site.name,
            stamp=department.clock.now(),
            sequence=told.booking.version,
            end=may_leave_at(told),
        )
        write_bytes(ics, content)
        note(f"written to {ics}")
    if as_json:
        say_json(sheet.model_dump(mode="json"))
    elif not html and not ics:
        _tell_sheet(spoken(sheet))


def _tell_sheet(words: "SpokenSheet") -> None:
    say(f"{words.title}: {words.procedure}")
    say(words.start.text)
    for section in words.sections:
        say(f"{section.title}:")
        for line in section.lines:
            say(f"  {line.sentence.text}")
    say(words.warning)
    for contact in words.contact_lines:
        say(contact)


COMMANDS: Commands = {
    "show": on_store(show),
    "decide": on_store(decide),
    "dose": on_store(dose),
    "lock": on_store(lock),
    "tell": on_store(tell),
    "instructions": on_store(instructions),
}
