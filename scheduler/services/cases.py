"""Looking at cases, and ending those whose day is over."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from scheduler.records import AuditEntry, BookingRecord, CaseRecord, CaseState
from scheduler.services.access import AccessKind
from scheduler.services.booking import WITH_REASON
from scheduler.services.case_files import CaseFile, all_files, open_file
from scheduler.services.desk import Desk
from scheduler.services.readiness import assess_now

AT_ONCE = 200
"""How many cases are read at once where many may have to be looked through."""
Overview = tuple[CaseRecord, BookingRecord | None]
"""A case and its booking."""


class Told(NamedTuple):
    """A row of the audit, and what the booking that it tells of keeps as its reason."""

    row: AuditEntry
    reason: str


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


def assessed_now(desk: Desk, case: str) -> CaseFile:
    """The case with what the rules say at this moment; nothing is kept.

    Raises:
        NotFoundError: there is no such case.
    """
    file = open_file(desk, case)
    readiness = assess_now(desk.scene, file)
    return file.with_readiness(file.record.model_copy(update={"readiness": readiness}))


def overview(
    desk: Desk,
    wanted: Callable[[Overview], bool],
    *,
    state: CaseState | None = None,
    after: str = "",
    limit: int,
) -> tuple[Overview, ...]:
    """The next cases by id, each with its booking, that are wanted.

    Args:
        desk: the transaction.
        wanted: whether a case with its booking is one of them.
        state: only cases in this state.
        after: cases whose ids come after this one.
        limit: most of them.
    """
    found: list[Overview] = []
    while len(found) < limit:
        records = desk.uow.cases.following(after, AT_ONCE, state=state)
        bookings = desk.uow.bookings.of_cases(record.id for record in records)
        seen = ((record, bookings.get(record.id)) for record in records)
        found += filter(wanted, seen)
        if len(records) < AT_ONCE:
            break
        after = records[-1].id
    return tuple(found[:limit])


def history(desk: Desk, case: str) -> tuple[Told, ...]:
    """Everything that was changed about a case and the facts of its patient, oldest first.

    Who only looked at it is in the audit alone.

    Raises:
        NotFoundError: there is no such case.
    """
    patient = desk.uow.cases.get(case).referral.patient
    rows = {row.seq: row for name in (case, patient) for row in desk.uow.audit.entries(name)}
    changes = (rows[seq] for seq in sorted(rows))
    return with_reasons(desk, (row for row in changes if row.action not in set(AccessKind)))


def with_reasons(desk: Desk, rows: Iterable[AuditEntry]) -> tuple[Told, ...]:
    """Rows of the audit with what was typed, which the bookings keep and the audit does not.

    The digest in a row says which booking it tells of; what has changed since is another.
    """
    entries = tuple(rows)
    typed = sorted({row.subject for row in entries if row.detail == WITH_REASON})
    kept = {case: desk.uow.bookings.reasons(case) for case in typed}
    return tuple(Told(row, kept.get(row.subject, {}).get(row.after or "", "")) for row in entries)
