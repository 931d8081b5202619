"""The pages that the demonstration writes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from models.plan import Placement
from scheduler.bootstrap import Container
from scheduler.files import write_bytes, write_text
from scheduler.pages.board_html import board_html
from scheduler.pages.instructions_html import instructions_html
from scheduler.pages.instructions_ics import instructions_ics
from scheduler.pages.revision_html import revision_html
from scheduler.services.night import RunReport
from scheduler.views.department import booking_sheet, department_board, may_leave_at
from scheduler.views.revision import revision_view


def write_board(container: Container, day: date, path: Path) -> Path:
    """The board of a day."""
    name = container.department().site.name
    view = department_board(container.board_data(), day, container.clock.now(), site=name)
    write_text(path, board_html(view))
    return path


def write_revision(
    container: Container, report: RunReport, held: Mapping[str, Placement], path: Path
) -> Iterator[Path]:
    """What the night has changed, if anything; `held` is what was booked before it."""
    if report.revision is None:
        return
    site = container.department().site
    view = revision_view(
        report.revision,
        site=site.name,
        zone_name=site.timezone,
        procedures=container.board_data().procedures,
        held={case: placement.assigned for case, placement in held.items()},
        left_aside=report.left_aside,
    )
    write_text(path, revision_html(view))
    yield path


def write_sheets(container: Container, cases: Iterable[str], folder: Path) -> Iterator[Path]:
    """The instruction sheet of each booking, to print and for calendars."""
    for case in cases:
        told = container.instructions_data(case)
        sheet = booking_sheet(told)
        page, dates = (folder / f"instructions-{case}{suffix}" for suffix in (".html", ".ics"))
        write_text(page, instructions_html(sheet, site=told.site.name))
        calendar = instructions_ics(
            sheet,
            site_id=told.site.id,
            site=told.site.name,
            stamp=container.clock.now(),
            sequence=told.booking.version,
            end=may_leave_at(told),
        )
        write_bytes(dates, calendar)
        yield from (page, dates)
