"""`report morning`: who is ready today and tomorrow, who waits for what, what is late."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import note, say, say_json, stamp, table

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from scheduler.bootstrap import Container
    from scheduler.services.morning import Line


def morning(
    department: "Container",
    *,
    html: Annotated[Path | None, typer.Option(help="Write a self-contained page here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Report on the booked cases of today and tomorrow: ready, waiting for what, late."""
    from scheduler.files import write_text
    from scheduler.pages.morning_html import morning_html
    from scheduler.services.morning import morning_report

    report = department.read(morning_report)
    if html:
        write_text(html, morning_html(report))
        note(f"written to {html}")
    if as_json:
        lines = [_plain(line, report.tz) for line in report.lines]
        say_json({"day": report.today.isoformat(), "cases": lines})
        return
    for day in report.days:
        counted = ", ".join(f"{count} {what}" for what, count in report.count(day).items())
        say(f"{day:%a %d %b %Y}: {counted or 'nothing is booked'}")
        table(
            ("start", "case", "procedure", "stands", "what is open"),
            [
                (
                    f"{line.start.astimezone(report.tz):%H:%M}",
                    line.case,
                    line.procedure,
                    line.standing.value,
                    "; ".join(line.sentences(report.tz)),
                )
                for line in report.of_day(day)
            ],
        )


def _plain(line: "Line", tz: "ZoneInfo") -> dict[str, Any]:
    return {
        "case": line.case,
        "start": stamp(line.start, tz),
        "procedure": line.procedure,
        "stands": line.standing.value,
        "trouble": list(line.trouble),
        "late": [{"what": w.sentence, "due": stamp(w.due_at, tz)} for w in line.late],
        "waiting": [{"what": w.sentence, "due": stamp(w.due_at, tz)} for w in line.waiting],
    }


COMMANDS: Commands = {"morning": on_store(morning)}
