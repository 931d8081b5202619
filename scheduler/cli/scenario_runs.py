"""`scenario run` and `scenario compare`: carry scenarios out, tell and write what they change."""

import shlex
import sys
from datetime import date
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InputError
from scheduler.cli.options import AsJson, day
from scheduler.cli.output import draw, note, say, say_json, table
from scheduler.cli.studying import Asked

if TYPE_CHECKING:
    import pandas as pd

    from scenarios.carrying_out import Found
    from scenarios.measures.comparison import Comparison
    from scenarios.study import Study

STOPPED = 130
"""Exit code of a run that was stopped and has kept what was finished."""
ABREAST = 4
"""Scenarios beside the baseline in one table."""
OutFolder = Annotated[
    Path | None, typer.Option(help="Folder for tables of all figures; made if need be.")
]
Csv = Annotated[bool, typer.Option("--csv", help="Tables as CSV, as is usual.")]
Parquet = Annotated[bool, typer.Option("--parquet", help="Tables as Parquet.")]


def run(
    asked: Asked,
    *,
    out: OutFolder = None,
    csv: Csv = False,
    parquet: Parquet = False,
    as_json: AsJson = False,
) -> None:
    """Run scenarios and the department as it is, and tell the figures of each.

    Ctrl-C keeps what is finished and says what is missing; the same again goes on from there.
    """
    from scenarios.found_json import found_json

    folder = _made(out)
    found = asked.carry_out()
    _write_tables(found, folder, csv=csv, parquet=parquet)
    if as_json:
        say_json(found_json(found, "intervals"))
    else:
        _tell_figures(found)
    _end(found, as_json=as_json)


def compare(
    asked: Asked,
    *,
    html: Annotated[Path | None, typer.Option(help="Where to write the page.")] = None,
    day_shown: Annotated[
        str | None,
        typer.Option("--day", metavar="DATE", help="Day whose plan the page shows."),
    ] = None,
    adjust: Annotated[
        bool, typer.Option("--holm", help="Verdicts that hold for all measures together.")
    ] = False,
    out: OutFolder = None,
    csv: Csv = False,
    parquet: Parquet = False,
    as_json: AsJson = False,
) -> None:
    """Run scenarios and compare them with the department as it is, measure by measure.

    Ctrl-C keeps what is finished and says what is missing; the same again goes on from there.
    """
    from scenarios.found_json import found_json
    from scheduler.files import check_writable

    chosen = day(day_shown) if day_shown else None
    if chosen:
        _check_day(asked.study, chosen, html)
    if html:
        check_writable(html)
    folder = _made(out)
    found = asked.carry_out(adjust=adjust)
    _write_tables(found, folder, csv=csv, parquet=parquet)
    if html:
        _write_page(found, html, chosen)
    if as_json:
        say_json(found_json(found, "differences", "moved_after_stop"))
    elif found.comparison is not None:
        _tell_differences(found.comparison)
    _end(found, as_json=as_json)


def _check_day(study: "Study", chosen: date, html: Path | None) -> None:
    """Refuse a day that the page could not show, before anything is run.

    Raises:
        InputError: the day lies outside of what is planned or measured.
        BadParameter: there is no page to show it.
    """
    if html is None:
        raise typer.BadParameter("--day goes with --html")
    first, last = study.days
    if not first <= chosen <= last:
        raise InputError(
            f"{chosen} is not among the days that are compared, {first} to {last}",
            place="--day",
            remedy="name one of them, or leave it out",
        )


def _made(folder: Path | None) -> Path | None:
    """The folder, made if need be.

    Raises:
        InputError: it cannot be made.
    """
    if folder is not None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(
                f"cannot be made: {error.strerror}", place=str(folder), remedy="name another"
            ) from error
    return folder


def _end(found: "Found", *, as_json: bool) -> None:
    """Say what was computed; a run that was stopped says what is missing and is no success."""
    ran = found.ran
    if not as_json:
        note(f"{ran.computed} runs computed, {ran.kept} kept from before")
    if ran.missing:
        note(ran.missing)
        raise typer.Exit(STOPPED)


def _write_tables(found: "Found", folder: Path | None, *, csv: bool, parquet: bool) -> None:
    if folder is None or found.comparison is None:
        return
    from scenarios.measures.exports import write_tables

    comparison = found.comparison
    tables: dict[str, pd.DataFrame] = {
        "values": comparison.values,
        "intervals": comparison.intervals,
        "differences": comparison.differences,
        "moved_after_stop": found.moved,
    }
    endings = [*(["csv"] if csv or not parquet else []), *(["parquet"] if parquet else [])]
    for ending in endings:
        for path in write_tables(folder, tables, ending):
            note(f"wrote {path}")


def _tell_figures(found: "Found") -> None:
    """Tables of measures by scenario, each with its interval; the baseline stands in every one."""
    if found.comparison is None:
        return
    for name, why in found.comparison.cautions.items():
        say(f"{name} has the baseline's figures: {why}.")
    first, *others = found.comparison.scenarios
    parts = [others[at : at + ABREAST] for at in range(0, len(others), ABREAST)] or [[]]
    for part in parts:
        _tell_part(found.comparison, (first, *part))


def _tell_part(comparison: "Comparison", names: tuple[str, ...]) -> None:
    from scenarios.measures.registry import MEASURES

    whole = comparison.whole(comparison.intervals)
    cells = {(row.scenario, row.measure): _figure(row) for row in whole.itertuples()}
    rows = [
        (m.title, m.unit, *(cells.get((name, m.name), "") for name in names))
        for m in MEASURES
        if any((name, m.name) in cells for name in names)
    ]
    table(("measure", "unit", *names), rows, right=names)


def _figure(row: Any) -> str:
    """A mean with the ends of its interval; of how many runs, where it is not defined in all."""
    from scenarios.report.data import Estimate
    from scenarios.report.words import figure, interval

    if isnan(row.mean):
        return "-"
    few = f" ({row.n} of {row.replications} runs)" if row.n < row.replications else ""
    if isnan(row.low):
        return figure(row.mean, row.unit) + few
    ends = interval(Estimate(row.mean, row.low, row.high), row.unit, signed=False)
    return f"{figure(row.mean, row.unit)} [{ends}]{few}"


def _tell_differences(comparison: "Comparison") -> None:
    from scenarios.report.text import comparison_text

    draw(comparison_text(comparison))


def _write_page(found: "Found", path: Path, day_shown: date | None) -> None:
    """The page for people."""
    from scenarios.report.page import comparison_html
    from scenarios.study_page import study_page
    from scheduler.files import write_text

    report = study_page(found, command=_command(), day=day_shown)
    if report is not None:
        write_text(path, comparison_html(report))
        note(f"wrote {path}")


def _command() -> str:
    """The command line as it was given, for whoever wants to run it again."""
    return shlex.join(("holdfast", *sys.argv[1:]))
