"""Revisions: what a night would change and why, and applying all of it or none."""

from collections.abc import Iterable

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
from solver.revision import CaseChange, Change, revision


class Move(Frozen):
    """One case that a revision books, moves, gives other resources, or leaves unbooked."""

    case: Id
    change: Change
    """`placed`, `moved`, `reassigned` (other resources at the same start) or `unbooked`."""
    before: Instant | None = None
    after: Instant | None = None
    assigned: dict[Id, Id] | None = None
    stage: HoldStage = HoldStage.NONE
    price: int = 0
    """Points that the change itself costs."""
    forced: bool = False
    """Whether the booking could no longer stand."""
    reasons: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    """Cases that have to give something up before this one can have it."""


class Moves(Frozen):
    """All that a revision would change, by case."""

    moves: tuple[Move, ...] = ()

    def count(self, *changes: Change) -> int:
        """How many of some kinds."""
        return sum(move.change in changes for move in self.moves)

    @property
    def started_moves(self) -> int:
        """How many would waste a hold that has begun."""
        return sum(
            move.change in {Change.MOVED, Change.UNBOOKED}
            and move.stage in {HoldStage.STARTED, HoldStage.DRAWN}
            for move in self.moves
        )


def moves_of(snapshot: Snapshot, plan: Plan) -> Moves:
    """What a plan changes of what was booked when the problem was frozen, with the reasons."""
    told = {change.case: change for change in revision(snapshot.problem, plan).changes}
    planned = plan.by_case
    found = (
        _move(case, snapshot.booked.get(case.id), planned.get(case.id), told[case.id])
        for case in snapshot.problem.cases
        if case.id not in snapshot.reserved
    )
    return Moves(moves=tuple(move for move in found if move is not None))


def _move(
    case: Case, before: Held | None, after: Placement | None, told: CaseChange
) -> Move | None:
    change = _kind(case, before, after)
    if change is None:
        return None
    anew = before is not None and case.booking is None
    return Move(
        case=case.id,
        change=change,
        before=before.start if before else None,
        after=after.start if after else None,
        assigned=dict(after.assigned) if after else None,
        stage=case.hold.stage if case.hold else HoldStage.NONE,
        price=told.price,
        forced=told.forced or anew,
        reasons=("its needs have changed since it was booked", *told.reasons)
        if anew
        else told.reasons,
        depends_on=told.depends_on,
    )


def _kind(case: Case, before: Held | None, after: Placement | None) -> Change | None:
    """The change against what is stored, which the problem may have had to leave out."""
    if after is None:
        return Change.UNBOOKED if before else None
    if before is None:
        return Change.PLACED
    if before.start != after.start:
        return Change.MOVED
    pinned = case.booking is not None and case.booking.locked
    same = pinned or (before.assigned == after.assigned and before.needs == case.needs)
    return None if same else Change.REASSIGNED


def apply_revision(desk: Desk, name: str) -> RevisionRecord:
    """Carry out all changes of a proposed revision in this transaction, or none.

    Raises:
        NotFoundError: there is no such revision.
        StaleError: it was decided already, something has changed since the night froze the
            department, or a change is no longer permitted or no longer free.
    """
    record = _proposed(desk, name)
    if fingerprint(desk) != record.fingerprint:
        raise StaleError(
            "the department has changed since this was planned",
            place=f"revision {name}",
            remedy="run the night again",
        )
    try:
        _carry_out(desk, Moves.model_validate_json(record.document).moves)
    except (RefusedError, ConflictError) as error:
        raise StaleError(
            f"it can no longer be carried out: {error}",
            place=f"revision {name}",
            remedy="run the night again",
        ) from error
    return _decide(desk, record, RevisionState.APPLIED)


def refuse_revision(desk: Desk, name: str, *, reason: str = "") -> RevisionRecord:
    """Put a proposed revision aside; the plan stays as it is.

    Raises:
        NotFoundError: there is no such revision.
        StaleError: it was decided already.
    """
    return _decide(desk, _proposed(desk, name), RevisionState.REFUSED, reason)


def mark_stale(desk: Desk, name: str, *, reason: str) -> None:
    """Say of a revision that could not be applied that its time is over."""
    record = desk.uow.revisions.get(name)
    if record.state == RevisionState.PROPOSED:
        _decide(desk, record, RevisionState.STALE, reason)


def _proposed(desk: Desk, name: str) -> RevisionRecord:
    record = desk.uow.revisions.get(name)
    if record.state != RevisionState.PROPOSED:
        raise StaleError(f"it is {record.state} already", place=f"revision {name}")
    return record


def _decide(
    desk: Desk, record: RevisionRecord, state: RevisionState, reason: str = ""
) -> RevisionRecord:
    decided = desk.uow.revisions.change(
        record.model_copy(update={"state": state, "decided_at": desk.now, "decided_by": desk.actor})
    )
    desk.audit(f"revision.{state}", record.id, before=record, after=decided, detail=reason)
    return decided


def _carry_out(desk: Desk, moves: Iterable[Move]) -> None:
    """Let go of everything that moves, claim everything in one insert, then write and check it."""
    files = {move.case: (move, open_file(desk, move.case)) for move in moves}
    desk.uow.claims.release(f.booking.id for _, f in files.values() if f.booking)
    placed = [
        (file, *_held(desk, file, move))
        for move, file in files.values()
        if move.change is not Change.UNBOOKED
    ]
    fresh = {f.id: new_booking(desk, f, held) for f, _, held in placed if f.booking is None}
    claim(desk, {(f.booking or fresh[f.id]).id: held for f, _, held in placed})
    desk.uow.sync("apply.claimed")
    for move, file in files.values():
        if move.change is Change.UNBOOKED and file.booking:
            end_booking(desk, file.booking, "; ".join(move.reasons))
    for file, _, held in placed:
        if file.booking:
            keep_move(desk, file, held)
        else:
            keep_booking(desk, fresh[file.id])
    for file, case, held in placed:
        refuse_faults(desk, file, case, held)


def _held(desk: Desk, file: CaseFile, move: Move) -> tuple[Case, Held]:
    case = case_of(desk.scene, file)
    if move.after is None or move.assigned is None:
        raise HoldfastError("a move without a place", place=f"case {move.case}")
    if set(move.assigned) != {need.role for need in case.needs}:
        raise RefusedError("its needs have changed", place=f"case {move.case}")
    placement = Placement(case=move.case, start=move.after, assigned=move.assigned)
    return case, Held.of(placement, case.needs)
