"""The pages that the demonstration writes."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

from models.plan import Placement
from scheduler.bootstrap import Container
from scheduler.files import write_text
from scheduler.pages.board_html import board_html
from scheduler.pages.instructions_html import instructions_html
from scheduler.pages.revision_html import revision_html
from scheduler.services.night import RunReport
from scheduler.views.department import booking_sheet, department_board
from scheduler.views.revision import revision_view


def write_board(container: Container, day: date, path: Path) -> Path:
    """The board of a day."""
    view = department_board(container.board_data(), day, container.clock.now())
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
    """The instruction sheet of each booking."""
    for case in cases:
        told = container.instructions_data(case)
        path = folder / f"instructions-{case}.html"
        write_text(path, instructions_html(booking_sheet(told), site=told.site.name))
        yield path
