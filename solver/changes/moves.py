"""The least move of one booking of another case that lets a case start."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple

from models.problem import Booking
from solver.bitrow import bits
from solver.board import Board
from solver.changes.edits import prove, with_case
from solver.instance import CaseForm
from solver.reasons import MoveChange, clock, elapsed
from solver.seating import Demand, seat
from solver.ties import joined


class _Move(NamedTuple):
    """A booking's new place; compared by how far it moves, then by the start that opens."""

    by: timedelta
    start: int
    moved: int
    new: int
    assigned: tuple[int, ...]


def move_change(board: Board, case: CaseForm, wanted: int) -> MoveChange | None:
    """The booking that moves least in time so that one of the wanted starts opens.

    Locked bookings stay. A booking may keep its start and change its resources alone. Ties go to
    the earlier start for the case, then to the id of the moved case, then to its earlier place.
    None when no single move helps.
    """
    best: _Move | None = None
    for other in board.instance.cases:
        if other.index == case.index or other.locked or board.placed[other.index] is None:
            continue
        if other.booked is None:
            continue
        lifted = board.remove(other)
        try:
            starts = board.starts_within(case, wanted)
            if starts:
                found = next(_moves(board, case, starts, other, best), None)
                best = found if best is None or (found and found < best) else best
        finally:
            board.put_back(other, lifted)
    if best is None:
        return None
    return _told(board, case, best)


def _moves(
    board: Board, case: CaseForm, starts: int, other: CaseForm, best: _Move | None
) -> Iterator[_Move]:
    """The ways of placing both cases, the least move first, as long as it may beat the best."""
    booking = other.case.booking
    if booking is None:
        return
    by_distance: dict[timedelta, list[int]] = defaultdict(list)
    for new in bits(board.candidate_starts(other)):
        by_distance[abs(other.frame.grid.instant(new) - booking.start)].append(new)
    for distance in sorted(by_distance):
        if best is not None and distance > best.by:
            return
        for start in bits(starts):
            for new in by_distance[distance]:
                assigned = _both(board, (other, new), (case, start))
                if assigned is not None:
                    yield _Move(distance, start, other.index, new, assigned)


def _both(
    board: Board, moved: tuple[CaseForm, int], opened: tuple[CaseForm, int]
) -> tuple[int, ...] | None:
    """Resources for the moved case such that both cases are served; neither is on the board."""
    demands = [Demand(need, start) for case, start in (moved, opened) for need in case.needs]
    chosen = [-1] * len(demands)
    pools = [board.instance.pools[demand.need.pool].members for demand in demands]
    for group in joined(len(demands), lambda i, j: not pools[i].isdisjoint(pools[j])):
        seats = seat(board, [demands[number] for number in group])
        if seats is None:
            return None
        for number, resource in zip(group, seats, strict=True):
            chosen[number] = resource
    return tuple(chosen[: len(moved[0].needs)])


def _told(board: Board, case: CaseForm, best: _Move) -> MoveChange | None:
    frame, resources = case.frame, board.instance.resources
    moved = board.instance.cases[best.moved]
    booking = moved.case.booking
    if booking is None:
        return None
    new, opens, tz = frame.instant(best.new), frame.instant(best.start), frame.zone
    roles = (need.role for need in moved.needs)
    assigned = {r: resources[index].id for r, index in zip(roles, best.assigned, strict=True)}
    rebooked = Booking(start=new, assigned=assigned, move_weight=booking.move_weight)
    prove(with_case(case.problem, moved.id, booking=rebooked), case.id, best.start)
    named = ", ".join(f"{role} {name}" for role, name in assigned.items())
    if best.by:
        side = "later" if new > booking.start else "earlier"
        where = f"moved to {clock(new, tz)}, {elapsed(best.by)} {side} ({named})"
    else:
        where = f"kept {clock(new, tz)} with other resources ({named})"
    sentence = f"{case.id} could start on {clock(opens, tz)} if {moved.id} {where}"
    return MoveChange(
        case.id, moved.id, frame.local(booking.start), new, assigned, best.by, opens, sentence
    )
