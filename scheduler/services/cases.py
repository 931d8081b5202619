"""Looking at cases, and ending those whose day is over."""

from scheduler.records import CaseState
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.desk import Desk


def list_cases(desk: Desk, *, state: CaseState | None = None) -> tuple[CaseFile, ...]:
    """All cases, or those in a state, by id."""
    return all_files(desk, state=state)


def show_case(desk: Desk, case: str) -> CaseFile:
    """One case with its readiness, approvals, booking and reservation.

    Raises:
        NotFoundError: there is no such case.
    """
    return open_file(desk, case)


def finish_past(desk: Desk) -> tuple[str, ...]:
    """Call done every open case whose booked day is over and whose booking nobody cancelled."""
    today = desk.department.site.horizon(desk.now).start
    past = [
        file
        for file in all_files(desk, state=CaseState.OPEN)
        if file.booking and file.booking.held.start < today
    ]
    for file in past:
        done = desk.uow.cases.change(file.record.model_copy(update={"state": CaseState.DONE}))
        desk.audit("case.done", file.id, before=file.record, after=done)
    return tuple(file.id for file in past)
