"""Revisions: what a night would change and why, and applying all of it or none."""

from collections.abc import Mapping

from models.base import Frozen, HoldStage, Id, Instant
from models.errors import ConflictError, HoldfastError, RefusedError, StaleError
from models.plan import Placement, Plan
from models.problem import Case
from scheduler.records import Held, RevisionRecord, RevisionState
from scheduler.services.booking import end_booking, keep_booking, keep_move, new_booking
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import claim, refuse_faults
from scheduler.services.problems import Snapshot, case_of, fingerprint


class Change(Frozen):
    """One case that a revision books, moves, gives other resources, or leaves unbooked."""

    case: Id
    kind: str
    """`book`, `move`, `reassign` (other resources at the same start) or `unbook`."""
    before: Instant | None = None
    after: Instant | None = None
    assigned: dict[Id, Id] | None = None
    stage: HoldStage = HoldStage.NONE
    reasons: tuple[str, ...] = ()


class Changes(Frozen):
    """All that a revision would change, by case."""

    changes: tuple[Change, ...]

    def count(self, *kinds: str) -> int:
        """How many of some kinds."""
        return sum(change.kind in kinds for change in self.changes)

    @property
    def started_moves(self) -> int:
        """How many would waste a hold that has begun."""
        return sum(
            change.kind in {"move", "unbook"} and change.stage in {"started", "drawn"}
            for change in self.changes
        )


def changes_of(snapshot: Snapshot, plan: Plan, reasons: Mapping[str, tuple[str, ...]]) -> Changes:
    """What a plan changes of what was booked when the problem was frozen."""
    planned = plan.by_case
    cases = (case for case in snapshot.problem.cases if case.id not in snapshot.reserved)
    found = (
        _change(case, snapshot.booked.get(case.id), planned.get(case.id), reasons) for case in cases
    )
    return Changes(changes=tuple(change for change in found if change is not None))


def _change(
    case: Case,
    before: Held | None,
    after: Placement | None,
    reasons: Mapping[str, tuple[str, ...]],
) -> Change | None:
    if after is None:
        if before is None:
            return None
        kind = "unbook"
    elif before is None:
        kind = "book"
    elif before.start != after.start:
        kind = "move"
    elif before.assigned != after.assigned or before.needs != case.needs:
        kind = "reassign"
    else:
        return None
    return Change(
        case=case.id,
        kind=kind,
        before=before.start if before else None,
        after=after.start if after else None,
        assigned=dict(after.assigned) if after else None,
        stage=case.hold.stage if case.hold else HoldStage.NONE,
        reasons=reasons.get(case.id, ()),
    )


def apply_revision(desk: Desk, revision: str) -> RevisionRecord:
    """Carry out all changes of a proposed revision in this transaction, or none.

    Raises:
        NotFoundError: there is no such revision.
        StaleError: it was decided already, something has changed since the night froze the
            department, or a change is no longer permitted or no longer free.
    """
    record = _proposed(desk, revision)
    if fingerprint(desk) != record.fingerprint:
        raise StaleError(
            "the department has changed since this was planned",
            place=f"revision {revision}",
            remedy="run the night again",
        )
    try:
        _carry_out(desk, Changes.model_validate_json(record.document))
    except (RefusedError, ConflictError) as error:
        raise StaleError(
            f"it can no longer be carried out: {error}",
            place=f"revision {revision}",
            remedy="run the night again",
        ) from error
    return _decide(desk, record, RevisionState.APPLIED)


def refuse_revision(desk: Desk, revision: str, *, reason: str = "") -> RevisionRecord:
    """Put a proposed revision aside; the plan stays as it is.

    Raises:
        NotFoundError: there is no such revision.
        StaleError: it was decided already.
    """
    return _decide(desk, _proposed(desk, revision), RevisionState.REFUSED, reason)


def mark_stale(desk: Desk, revision: str, *, reason: str) -> None:
    """Say of a revision that could not be applied that its time is over."""
    record = desk.uow.revisions.get(revision)
    if record.state == RevisionState.PROPOSED:
        _decide(desk, record, RevisionState.STALE, reason)


def _proposed(desk: Desk, revision: str) -> RevisionRecord:
    record = desk.uow.revisions.get(revision)
    if record.state != RevisionState.PROPOSED:
        raise StaleError(f"it is {record.state} already", place=f"revision {revision}")
    return record


def _decide(
    desk: Desk, record: RevisionRecord, state: RevisionState, reason: str = ""
) -> RevisionRecord:
    decided = desk.uow.revisions.change(
        record.model_copy(update={"state": state, "decided_at": desk.now, "decided_by": desk.actor})
    )
    desk.audit(f"revision.{state}", record.id, before=record, after=decided, detail=reason)
    return decided


def _carry_out(desk: Desk, changes: Changes) -> None:
    """Let go of everything that moves, claim everything in one insert, then write and check it."""
    files = {c.case: open_file(desk, c.case) for c in changes.changes}
    desk.uow.claims.release(f.booking.id for f in files.values() if f.booking)
    placed = [
        (files[change.case], *_held(desk, files[change.case], change))
        for change in changes.changes
        if change.kind != "unbook"
    ]
    fresh = {f.id: new_booking(desk, f, held) for f, _, held in placed if f.booking is None}
    claim(desk, {(f.booking or fresh[f.id]).id: held for f, _, held in placed})
    desk.uow.sync("apply.claimed")
    for change in changes.changes:
        booking = files[change.case].booking
        if change.kind == "unbook" and booking:
            end_booking(desk, booking, "; ".join(change.reasons))
    for file, _, held in placed:
        if file.booking:
            keep_move(desk, file, held)
        else:
            keep_booking(desk, fresh[file.id])
    for file, case, held in placed:
        refuse_faults(desk, file, case, held)


def _held(desk: Desk, file: CaseFile, change: Change) -> tuple[Case, Held]:
    case = case_of(desk, file)
    if change.after is None or change.assigned is None:
        raise HoldfastError("a change without a placement", place=f"case {change.case}")
    placement = Placement(case=change.case, start=change.after, assigned=change.assigned)
    if set(change.assigned) != {need.role for need in case.needs}:
        raise StaleError("its needs have changed", place=f"case {change.case}")
    return case, Held.of(placement, case.needs)
