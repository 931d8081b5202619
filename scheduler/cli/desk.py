"""The department itself: `init`, `import`, `close` and `reopen` a resource."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import InputError, PolicyError
from scheduler.cli.context import ActorOption, NowOption, StoreOption, on_store, open_department
from scheduler.cli.options import AsJson, Commands, PatientFiles, ReferralFiles, instant
from scheduler.cli.output import counting, note, say, say_json, working

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.services.disruptions import Disruption


def init(
    context: typer.Context,
    site: Annotated[Path, typer.Argument(metavar="SITE", help="Site file (.yaml).")],
    *,
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
    as_json: AsJson = False,
) -> None:
    """Make a store for a site, or give its store the next version of the site file."""
    from models.clinical.policy import PolicyBook
    from scheduler.site_files import read_site

    read = read_site(site)  # before anything is made: a bad site file leaves no store behind
    try:
        PolicyBook.of(read.policies, read.overrides)
    except PolicyError as error:
        raise InputError(str(error), place=str(site)) from error
    department = open_department(context, store=store, now=now, actor=actor, create=True)
    record = department.init(read)
    if as_json:
        say_json({"site": record.id, "version": record.version})
    else:
        say(f"site {record.id}, version {record.version}")


def take_in(
    department: "Container",
    *,
    patients: PatientFiles,
    referrals: ReferralFiles = None,
    as_json: AsJson = False,
) -> None:
    """Import patients and referrals, and assess every open case anew.

    The same files again change nothing. Faults go to stderr, by line and resource.
    """
    from scheduler.cli.assessing import read_intake

    zone = department.department().site.timezone
    now = department.clock.now()
    with counting("reading patients") as progress:
        intake, referred, faults = read_intake(
            patients, referrals or (), now=now, timezone=zone, progress=progress
        )
    with working("keeping and assessing them"):
        report = department.import_intake(intake.patients, referred)
        assessed = department.assess_all()
    for fault in faults:
        note(f"fault: {fault}")
    for sentence in report.faults:
        note(f"fault: {sentence}")
    if as_json:
        body = {**asdict(report), "assessed": asdict(assessed)}
        say_json({**body, "faults": [*map(str, faults), *report.faults]})
        return
    say(
        f"patients: {report.patients_added} new, {report.patients_changed} changed; "
        f"cases: {report.cases_added} new, {report.cases_changed} changed, "
        f"{report.cases_closed} closed; {report.unchanged} unchanged"
    )
    say(
        f"open cases: {assessed.ready} ready, {assessed.conditional} conditional, "
        f"{assessed.blocked} blocked"
    )
    for case in assessed.troubled:
        say(f"the booking of {case} can no longer stand")


def close(
    department: "Container",
    resource: Annotated[str, typer.Argument(metavar="RESOURCE", help="Id of the resource.")],
    *,
    start: Annotated[str, typer.Option("--from", metavar="INSTANT", help="Out of use from.")],
    end: Annotated[str, typer.Option("--to", metavar="INSTANT", help="In use again from.")],
    reason: Annotated[str, typer.Option(help="Why.")],
    as_json: AsJson = False,
) -> None:
    """Take a suite, a person or another resource out of use; bookings in it are flagged."""
    found = department.close_resource(resource, instant(start), instant(end), reason=reason)
    tell_disruption(department, found, as_json=as_json)


def reopen(
    department: "Container",
    closure: Annotated[str, typer.Argument(metavar="CLOSURE", help="Id that `close` gave.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Lift a closure."""
    tell_disruption(department, department.reopen_resource(closure), as_json=as_json)


def tell_disruption(department: "Container", found: "Disruption", *, as_json: bool) -> None:
    """Print what an event touched."""
    tz = department.department().site.tz
    if as_json:
        say_json(
            {
                "what": found.what,
                "closure": found.closure.id if found.closure else None,
                "troubled": {booking.case: list(booking.trouble) for booking in found.troubled},
                "released": list(found.released),
            }
        )
        return
    say(found.what + (f" (closure {found.closure.id})" if found.closure else ""))
    for booking in found.troubled:
        start = booking.held.start.astimezone(tz)
        say(f"{booking.case}, booked {start:%a %d %b %H:%M}: {'; '.join(booking.trouble)}")
    for case in found.released:
        say(f"{case}: its reservation was let go")


COMMANDS: Commands = {
    "init": init,
    "import": on_store(take_in),
    "close": on_store(close),
    "reopen": on_store(reopen),
}
