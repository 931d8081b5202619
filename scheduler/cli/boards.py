"""`board`: one day of the department in the terminal, as a page, or as data."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands, day
from scheduler.cli.output import console, draw, note, say_json, stamp

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.views.board import BoardView

PIPE_WIDTH = 120


def board(
    department: "Container",
    *,
    on: Annotated[
        str | None,
        typer.Option("--day", metavar="DAY", help="Local day, such as 2026-11-24 (else today)."),
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write a self-contained page here.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show one day: suites, CT, staff and bays as a timeline, and the holds of its patients."""
    from models.timegrid import local_day
    from scheduler.files import write_text
    from scheduler.pages.board_html import board_html
    from scheduler.pages.board_text import board_text
    from scheduler.views.department import department_board

    now = department.clock.now()
    site = department.department().site
    wanted = day(on) if on else local_day(now, site.tz)
    view = department_board(department.board_data(), wanted, now, site=site.name or site.id)
    if html:
        write_text(html, board_html(view))
        note(f"written to {html}")
    if as_json:
        say_json(_json(view))
    elif not html:
        screen = console(wide=PIPE_WIDTH)
        draw(board_text(view, screen.width), screen=screen)


def _json(view: "BoardView") -> dict[str, Any]:
    return {
        "site": view.site,
        "day": view.day.isoformat(),
        "now": stamp(view.now, view.tz),
        "resources": list(_resources(view)),
        "holds": [
            {
                "case": case.case,
                "procedure": case.procedure,
                "start": stamp(case.start, view.tz),
                "drugs": [
                    {
                        "drug": lane.drug,
                        "stage": lane.stage.value,
                        "verdict": lane.verdict.value,
                        "last_dose": stamp(lane.last_dose, view.tz) if lane.last_dose else None,
                        "ready_at": stamp(lane.ready_at, view.tz) if lane.ready_at else None,
                        "rule": lane.ref.rule,
                        "source": lane.ref.source,
                    }
                    for lane in case.lanes
                ],
                "open": list(case.open_points),
            }
            for case in view.holds.cases
        ],
    }


def _resources(view: "BoardView") -> Iterator[dict[str, Any]]:
    for group in view.groups:
        for row in group.rows:
            yield {
                "resource": row.resource,
                "kind": group.kind,
                "minutes": row.used_minutes,
                "limit": row.limit_minutes,
                "uses": [
                    {
                        "case": box.case,
                        "role": box.role,
                        "start": stamp(box.start, view.tz),
                        "end": stamp(box.end, view.tz),
                        "states": [state.value for state in box.states],
                        "notes": list(box.notes),
                    }
                    for box in row.boxes
                ],
            }


COMMANDS: Commands = {"board": on_store(board)}
