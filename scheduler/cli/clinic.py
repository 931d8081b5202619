"""`assess` and `catalogue`: what the clinical rules say of referrals, and what can be asked for."""

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from models.base import MAX_HOURS
from scheduler.cli.context import NowOption, moment
from scheduler.cli.options import AsJson, Commands, PatientFiles, ReferralFiles
from scheduler.cli.output import counting, note, say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.clinical.readiness import Block, HoldPlan, Readiness, Requirement
    from models.patients import Referral
    from scheduler.cli.assessing import Clinic
    from scheduler.intake.intake import Intake


def assess(
    context: typer.Context,
    *,
    patients: PatientFiles,
    referrals: ReferralFiles = None,
    now: NowOption = None,
    site: Annotated[Path | None, typer.Option(help="Site file with zone and policies.")] = None,
    policy: Annotated[
        list[str] | None,
        typer.Option(help="Policy by name or file, in order of precedence (else clinic-page)."),
    ] = None,
    notice_hours: Annotated[
        float | None,
        typer.Option(min=0, max=MAX_HOURS, help="Hours it takes to tell a patient (else 24)."),
    ] = None,
    timezone: Annotated[
        str | None, typer.Option(help="IANA zone (else the site's, else UTC).")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say for each referral when the patient may be treated, and what is still missing.

    Faults in the files go to stderr and do not change the exit code, unless nothing can be read.
    """
    from models.timegrid import zone
    from scheduler.cli.assessing import answer_json, clinic_of, read_intake

    clinic = clinic_of(site, policies=policy or (), notice_hours=notice_hours, timezone=timezone)
    if site is None and timezone is None:
        note("note: no --site and no --timezone: dose times and dates are read in UTC")
    instant = moment(context, now)
    with counting("reading patients") as progress:
        intake, asked, faults = read_intake(
            patients,
            referrals or (),
            now=instant,
            timezone=clinic.setting.timezone,
            progress=progress,
        )
    given = _assessed(intake, asked, clinic, instant)
    for fault in faults:
        note(f"fault: {fault}")
    tz = zone(clinic.setting.timezone)
    if as_json:
        say_json([answer_json(answer, tz) for answer in given])
    else:
        _tell(given, tz)
    note(
        f"{len(given)} referrals of {len(intake.patients)} patients by {clinic.policies}: "
        f"{_counted(given)}; {len(faults)} faults, {len(intake.notes)} notes"
    )


def _assessed(
    intake: "Intake", asked: "Sequence[Referral]", clinic: "Clinic", instant: "datetime"
) -> "list[Readiness]":
    """The answers, with how far it has come on stderr."""
    from scheduler.cli.assessing import answers

    given = []
    with counting("assessing referrals") as progress:
        for answer in answers(intake, asked, clinic, instant):
            given.append(answer)
            progress(len(given), len(asked))
    return given


def _counted(given: "list[Readiness]") -> str:
    """How many are in each status."""
    counts = Counter(answer.status.value for answer in given)
    return ", ".join(f"{counts[s]} {s}" for s in ("ready", "conditional", "blocked"))


def _tell(given: "list[Readiness]", tz: ZoneInfo) -> None:
    rows = []
    for answer in given:
        first = answer.windows[0][0].astimezone(tz) if answer.windows else None
        said: tuple[Block | HoldPlan | Requirement, ...] = (
            *answer.blocks,
            *answer.holds,
            *answer.requirements,
        )
        reasons = dict.fromkeys(f"{one.sentence} [{one.ref.rule}]" for one in said)
        when = f"{first:%Y-%m-%d %H:%M}" if first else "-"
        rows.append((answer.referral, answer.procedure, answer.status.value, when, reasons))
    table(
        ("referral", "procedure", "status", "from", "why, and what is missing"),
        [(*row[:-1], "\n".join(row[-1])) for row in rows],
    )


def catalogue(
    *,
    site: Annotated[Path | None, typer.Option(help="Only what this site offers.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the procedures that can be asked for, with their codes and minutes."""
    from models.catalogue import shipped_catalogue
    from scheduler.site_files import read_site

    offered = shipped_catalogue()
    if site:
        offered = read_site(site).offered(offered)
    if as_json:
        say_json([p.model_dump(mode="json") for p in offered.procedures])
        return
    say(f"catalogue version {offered.version}")
    table(
        ("key", "procedure", "CPT", "SNOMED CT", "bleeding", "minutes", "in the suite"),
        [
            (
                p.key,
                p.label,
                " ".join(p.cpt),
                " ".join(p.snomed),
                p.bleeding_risk.value,
                p.procedure_minutes.base,
                "fluoroscopy" if p.fluoroscopy else "",
            )
            for p in offered.procedures
        ],
        right=("minutes",),
    )


COMMANDS: Commands = {"assess": assess, "catalogue": catalogue}
