"""What the services of a department know, as its pages want it: boards and instruction sheets."""

from datetime import date, datetime

from models.clinical.instructions import InstructionLine, InstructionSheet, instruction_sheet
from models.errors import RefusedError
from scheduler.services.looking import BoardData, InstructionsData
from scheduler.views.board import BoardView, board_view
from scheduler.views.rows import BoxState
from scheduler.views.spans import CaseLabel

ARRIVAL = "arrival"
"""The role of the place kept at the reception, and the key of the line that names the time."""


def department_board(
    data: BoardData, day: date, now: datetime, *, site: str | None = None
) -> BoardView:
    """The board of one local day.

    Args:
        data: everything that is booked.
        day: the local day.
        now: where the now-line stands.
        site: the site's name, in place of its id.
    """
    return board_view(
        data.problem,
        data.placements,
        data.readiness,
        day,
        labels={case: _label(data, case) for case in data.placements},
        marks={case: _marks(data, case) for case in data.placements},
        notes=data.troubled,
        now=now,
        site=site,
    )


def _label(data: BoardData, case: str) -> CaseLabel:
    return CaseLabel(data.procedures.get(case, ""), data.turnover_minutes.get(case))


def _marks(data: BoardData, case: str) -> frozenset[str]:
    firm = BoxState.PROVISIONAL if case in data.provisional else BoxState.BOOKED
    trouble = {BoxState.CONFLICT.value} if case in data.troubled else set()
    return frozenset({firm.value} | trouble)


def booking_sheet(told: InstructionsData, language: str | None = None) -> InstructionSheet:
    """The instruction sheet of a booking, in the patient's language unless another is named.

    Raises:
        RefusedError: the booking can no longer stand; nobody is told to prepare for it.
    """
    if told.against:
        raise RefusedError(
            f"the booking can no longer stand: {'; '.join(told.against)}",
            place=f"case {told.booking.case}",
            remedy="move it first",
        )
    speaks = language or told.facts.patient.language
    lines = told.site.contact_lines(speaks)
    sheet = instruction_sheet(told.facts, told.readiness, told.booking.held.start, lines)
    told_lines = tuple(_as_kept(line, told) for line in sheet.lines)
    return sheet.model_copy(update={"language": speaks, "lines": told_lines})


def _as_kept(line: InstructionLine, told: InstructionsData) -> InstructionLine:
    """A patient arrives when a place is kept for it; the general rule speaks where none is."""
    kept = [span.begin for span in told.booking.held.spans() if span.role == ARRIVAL]
    if line.key == ARRIVAL and kept:
        return line.model_copy(update={"at": min(kept)})
    return line


def may_leave_at(told: InstructionsData) -> datetime:
    """When the last resource of a booking is free again, which is when the patient may leave."""
    return max(span.end for span in told.booking.held.spans())
