"""Arguments and options that several commands share, and how instants and days are read."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Annotated

import typer

from models.errors import InputError
from models.timegrid import at_local, zone

_INSTANT = re.compile(
    r"(?P<day>\d{4}-\d\d-\d\d)[Tt ](?P<clock>\d\d:\d\d(:\d\d)?)"
    r"(?P<offset>[Zz]|[+-]\d\d:\d\d)?(\[(?P<zone>[\w/+-]+)\])?"
)

YEARS = range(1900, 2200)
"""Beyond them a date is a slip of the pen, and the weeks after it may leave the calendar."""

Commands = Mapping[str, Callable[..., None]]
"""Commands of one module by name."""

PlanningFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="Planning file, .json or .json.gz.")
]
PatientFiles = Annotated[
    list[Path],
    typer.Option("--patients", help="FHIR R4 bundles: .json, .ndjson, .gz or folders; repeatable."),
]
ReferralFiles = Annotated[
    list[Path] | None,
    typer.Option("--referrals", help="ServiceRequests; those in --patients when left out."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
CaseId = Annotated[str, typer.Argument(metavar="ID", help="Id of the case.")]


def instant(text: str) -> datetime:
    """The instant that a text names: RFC 3339 with an offset, or a local time with `[Zone]`.

    Raises:
        InputError: no such form, no zone, a year beyond all care, or a time that the clocks skip.
    """
    found = _INSTANT.fullmatch(text.strip())
    if found is None:
        raise InputError(
            f"{text!r} is not an instant", remedy="write one such as 2026-11-24T09:00:00-06:00"
        )
    if not found["offset"] and not found["zone"]:
        raise InputError(
            f"{text!r} has no time zone",
            remedy="add an offset such as -06:00, or a zone such as [America/Chicago]",
        )
    _in_years(int(found["day"][:4]), text)
    try:
        day_, clock = date.fromisoformat(found["day"]), time.fromisoformat(found["clock"])
        if not found["zone"]:
            return datetime.fromisoformat(f"{day_}T{clock}{found['offset']}")
        local = at_local(day_, clock, zone(found["zone"])).astimezone(zone(found["zone"]))
    except ValueError as error:
        raise InputError(f"{text!r} is not an instant: {error}", remedy="correct it") from error
    return _agreeing(text, local, found["offset"])


def _agreeing(text: str, local: datetime, offset: str | None) -> datetime:
    """A local time with a fixed offset; where one was written, the zone must know it."""
    fold = local.replace(fold=1)
    for reading in (local, fold):
        fixed = reading.replace(tzinfo=timezone(reading.utcoffset() or timedelta()), fold=0)
        if offset is None or fixed.isoformat().endswith(offset.upper().replace("Z", "+00:00")):
            return fixed
    raise InputError(
        f"the offset and the zone of {text!r} disagree", remedy="leave one of them out"
    )


def day(text: str) -> date:
    """The calendar day that a text names.

    Raises:
        InputError: not a day such as 2026-11-24, or a year beyond all care.
    """
    try:
        named = date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"{text!r} is not a day", remedy="write one such as 2026-11-24") from error
    _in_years(named.year, text)
    return named


def _in_years(year: int, text: str) -> None:
    if year not in YEARS:
        raise InputError(
            f"{text!r} is not in the years {YEARS[0]} to {YEARS[-1]}", remedy="correct it"
        )
