"""Accepting and rejecting moves of a revision, some or all, in one transaction.

To accept moves is to carry them out. A move is stale if its case has changed since the night froze
it, if a rule of this moment forbids it, or if somebody else holds what it needs; then it is refused
with all that waits for it, and the rest is carried out. Moves that wait for each other share their
fate, so no group is ever half applied.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.errors import ConflictError, StaleError
from scheduler.records import (
    BookingRecord,
    MoveRecord,
    MoveState,
    RevisionRecord,
    RevisionState,
)
from scheduler.services.booking import end_booking, keep_booking, keep_move, new_booking
from scheduler.services.desk import Desk
from scheduler.services.holding import claim
from scheduler.services.notices import notify
from scheduler.services.resulting import broken_rules
from scheduler.services.revisions import kept_moves
from scheduler.services.sifting import FileStep, sifted
from solver.moves import Moves


@dataclass(frozen=True, slots=True)
class Decision:
    """What one decision did: the revision as it stands now, and the cases it decided on."""

    record: RevisionRecord
    applied: tuple[str, ...] = ()
    rejected: tuple[str, ...] = ()
    stale: tuple[tuple[str, str], ...] = ()
    """Cases whose move could no longer be carried out, each with the reason."""


def accept_moves(
    desk: Desk, name: str, cases: Iterable[str] | None = None, *, with_needed: bool = False
) -> Decision:
    """Carry out moves of a revision; what proves stale is refused with all that waits for it.

    Args:
        desk: the transaction.
        name: id of the revision.
        cases: whose moves; None for all that are not decided yet.
        with_needed: accept what these wait for with them.

    Raises:
        NotFoundError: there is no such revision, or it has no move of a case.
        StaleError: the revision or one of the moves was decided already.
        RefusedError: the moves wait for others that are not among them; names these.
    """
    record = _undecided(desk, name)
    moves = kept_moves(record)
    chosen = _chosen(record, moves, cases)
    made = record.cases(MoveState.APPLIED)
    if with_needed:
        chosen = moves.with_needed(chosen) - set(made)
    moves.refuse_part(chosen, made)
    found = sifted(desk, record, moves, chosen)
    _carry_out(desk, found.steps)
    applied = tuple(found.standing)
    decided = dict.fromkeys(applied, (MoveState.APPLIED, ""))
    decided |= {case: (MoveState.STALE, reason) for case, reason in found.stale.items()}
    kept = _decide(desk, record, "revision.accept", decided)
    return Decision(kept, applied=applied, stale=tuple(sorted(found.stale.items())))


def reject_moves(
    desk: Desk, name: str, cases: Iterable[str] | None = None, *, reason: str = ""
) -> Decision:
    """Put moves of a revision aside, with all that waits for them; the bookings stay as they are.

    Args:
        desk: the transaction.
        name: id of the revision.
        cases: whose moves; None for all that are not decided yet.
        reason: why, kept with each move.

    Raises:
        NotFoundError: there is no such revision, or it has no move of a case.
        StaleError: the revision or one of the moves was decided already.
    """
    record = _undecided(desk, name)
    moves = kept_moves(record)
    chosen = _chosen(record, moves, cases)
    rejected = _open_part(record, moves.with_dependents(chosen))
    decided = {case: (MoveState.REJECTED, reason) for case in rejected if case in chosen}
    for case in rejected - chosen:
        waits_for = ", ".join(sorted(moves.with_needed([case]) & chosen))
        decided[case] = MoveState.REJECTED, f"it waits for the move of {waits_for}"
    kept = _decide(desk, record, "revision.reject", decided)
    return Decision(kept, rejected=tuple(sorted(rejected)))


def _undecided(desk: Desk, name: str) -> RevisionRecord:
    record = desk.uow.revisions.get(name)
    if record.state != RevisionState.PROPOSED:
        raise StaleError(f"it is {record.state} already", place=f"revision {name}")
    return record


def _chosen(record: RevisionRecord, moves: Moves, cases: Iterable[str] | None) -> frozenset[str]:
    """The cases named, or all that are open.

    Raises:
        NotFoundError: a case has no move.
        StaleError: the move of a case was decided already.
    """
    waiting = frozenset(record.cases(MoveState.PROPOSED))
    if cases is None:
        return waiting
    named = moves.known(cases)
    states = {move.case: move.state for move in record.moves}
    for case in sorted(named - waiting):
        raise StaleError(
            f"its move is {states[case]} already", place=f"revision {record.id}, case {case}"
        )
    return named


def _open_part(record: RevisionRecord, cases: Iterable[str]) -> frozenset[str]:
    return frozenset(cases) & frozenset(record.cases(MoveState.PROPOSED))


def _decide(
    desk: Desk,
    record: RevisionRecord,
    action: str,
    decided: Mapping[str, tuple[MoveState, str]],
) -> RevisionRecord:
    moves = tuple(
        _decided(desk, move, *decided[move.case]) if move.case in decided else move
        for move in record.moves
    )
    state = _state(moves)
    update: dict[str, object] = {"moves": moves, "state": state}
    if state != RevisionState.PROPOSED:
        update |= {"decided_at": desk.now, "decided_by": desk.actor}
    after = desk.uow.revisions.change(record.model_copy(update=update))
    cases = {case: now_it_is for case, (now_it_is, _) in sorted(decided.items())}
    # Why stays with the moves: it may have been typed, or speak of what a patient takes.
    told = "; ".join(f"{case} {now_it_is}" for case, now_it_is in cases.items())
    desk.audit(action, record.id, before=record, after=after, detail=told)
    notify(desk, action, record.id, state=after.state, cases=cases)
    return after


def _decided(desk: Desk, move: MoveRecord, state: MoveState, detail: str) -> MoveRecord:
    update = {
        "state": state,
        "detail": detail,
        "decided_at": desk.now,
        "decided_by": desk.actor,
    }
    return move.model_copy(update=update)


def _state(moves: Iterable[MoveRecord]) -> RevisionState:
    states = {move.state for move in moves}
    if MoveState.PROPOSED in states:
        return RevisionState.PROPOSED
    if MoveState.APPLIED in states:
        return RevisionState.APPLIED
    return RevisionState.REFUSED if MoveState.REJECTED in states else RevisionState.STALE


def _carry_out(desk: Desk, steps: tuple[FileStep, ...]) -> None:
    """Let go of everything that moves, claim everything in one insert, then write and check it.

    Raises:
        ConflictError: somebody else holds some of it after all; then nothing may be kept.
    """
    desk.uow.claims.release(step.file.booking.id for step in steps if step.file.booking)
    placed = [(step, step.held) for step in steps if step.held is not None]
    fresh = {
        step.case: new_booking(desk, step.file, held)
        for step, held in placed
        if step.file.booking is None
    }
    claim(desk, {_owner(step, fresh).id: held for step, held in placed})
    desk.uow.sync("apply.claimed")
    for step in steps:
        if step.held is None and step.file.booking:
            end_booking(desk, step.file.booking, "; ".join(step.move.reasons))
    for step, held in placed:
        if step.file.booking:
            keep_move(desk, step.file, held)
        else:
            keep_booking(desk, fresh[step.case])
    _refuse_broken(desk, steps)


def _owner(step: FileStep, fresh: Mapping[str, BookingRecord]) -> BookingRecord:
    return step.file.booking or fresh[step.case]


def _refuse_broken(desk: Desk, steps: tuple[FileStep, ...]) -> None:
    """Judge what was written, as it was written, by the rules that share no code with the search.

    Raises:
        ConflictError: it breaks a rule; then nothing may be kept.
    """
    placed = {
        step.case: (step.planned, desk.uow.bookings.get(step.case).held)
        for step in steps
        if step.planned is not None
    }
    for violation in broken_rules(desk, placed):
        raise ConflictError(
            f"the plan would break {violation.rule} of {violation.subject}: {violation.sentence}",
            place="revision",
            remedy="run the night again",
        )
