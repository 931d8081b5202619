"""Why a case can be placed at no start at all: the first kind of cause that explains it."""

from collections.abc import Iterator
from dataclasses import replace

from solver.board import Board
from solver.instance import CaseForm
from solver.reasons import Nowhere, NowhereReason, clock, listed
from solver.whynot import explain_start, no_such


def why_nowhere(board: Board, case: CaseForm) -> Nowhere:
    """The causes for a case without candidate starts; the case must not be on the board.

    Causes that hold on an empty board come first: while one of those is left, what is booked does
    not matter.
    """
    empty = Board(board.instance)
    causes = (_locked(board, case), _no_start(case), _none_eligible(board, case))
    reasons = next((found for cause in causes if (found := tuple(cause))), ())
    reasons = reasons or tuple(_closed(empty, case)) or tuple(_apart(empty, case))
    reasons = reasons or (_taken(empty, board, case),)
    said = "; ".join(reason.sentence for reason in reasons)
    return Nowhere(case.id, reasons, f"{case.id} can be placed nowhere: {said}")


def _locked(board: Board, case: CaseForm) -> Iterator[NowhereReason]:
    booking = case.case.booking
    if booking is not None and booking.locked:
        found = explain_start(board, case, booking.start)
        roles = {reason.role for reason in found.needs}
        roles |= {role for clash in found.clashes for role in clash.roles}
        ordered = tuple(need.role for need in case.needs if need.role in roles)
        yield NowhereReason("locked", ordered, f"its booking is locked, and {found.sentence}")


def _no_start(case: CaseForm) -> Iterator[NowhereReason]:
    if case.permitted:
        return
    windows, now = case.case.windows, case.problem.now
    if not windows:
        sentence = "it has no window"
    elif all(end <= now for _, end in windows):
        last = max(end for _, end in windows)
        sentence = f"its last window ended on {clock(last, case.frame.zone)}"
    else:
        sentence = f"no tick of {case.problem.tick_minutes} minutes from now on lies in its windows"
    yield NowhereReason("no-start", (), sentence)


def _none_eligible(board: Board, case: CaseForm) -> Iterator[NowhereReason]:
    for number, need in enumerate(case.needs):
        if not board.instance.pools[need.pool].resources:
            yield NowhereReason(
                "none-eligible", (need.role,), f"{need.role}: {no_such(case, number)}"
            )


def _closed(empty: Board, case: CaseForm) -> Iterator[NowhereReason]:
    for need, source in zip(case.needs, case.case.needs, strict=True):
        if not case.permitted & empty.pool_starts(need):
            wanted = " ".join((*source.tags, source.kind))
            sentence = f"no {wanted} is open for {need.minutes} minutes at any permitted start"
            yield NowhereReason("closed", (need.role,), f"{need.role}: {sentence}")


def _apart(empty: Board, case: CaseForm) -> Iterator[NowhereReason]:
    """A set of needs that are never served together, none of which could be left out."""
    if empty.starts_within(case, case.permitted):
        return
    kept = list(range(len(case.needs)))
    for number in range(len(case.needs)):
        fewer = [n for n in kept if n != number]
        if not _together(empty, case, fewer):
            kept = fewer
    roles = tuple(case.needs[number].role for number in kept)
    yield NowhereReason(
        "apart", roles, f"{listed(roles)} can never be served together at a permitted start"
    )


def _together(empty: Board, case: CaseForm, numbers: list[int]) -> bool:
    # The ties of a board are kept by case, so the shortened case is asked on a board of its own.
    part = replace(case, needs=tuple(case.needs[number] for number in numbers))
    return bool(Board(empty.instance).starts_within(part, case.permitted))


def _taken(empty: Board, board: Board, case: CaseForm) -> NowhereReason:
    """How many starts there would be, and at how many of them each need is shut out."""
    starts = empty.starts_within(case, case.permitted)
    blocked = {
        need.role: (starts & ~board.pool_starts(need)).bit_count()
        for need in case.needs
        if starts & ~board.pool_starts(need)
    }
    count = starts.bit_count()
    worst = sorted(blocked, key=lambda role: -blocked[role])
    said = listed([f"{role} at {blocked[role]}" for role in worst])
    many = f"all {count} starts" if count > 1 else "the one start"
    verb = "are" if count > 1 else "is"
    shut = f"nothing is free for {said}" if said else "its needs get in each other's way"
    return NowhereReason(
        "taken",
        tuple(need.role for need in case.needs if need.role in blocked),
        f"{many} that its windows and opening hours allow {verb} taken: {shut}",
    )
