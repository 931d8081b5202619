"""The least move of one window edge that lets a case start."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from solver.bitrow import lowest
from solver.board import Board
from solver.changes.edits import prove, with_case
from solver.instance import CaseForm
from solver.reasons import Edge, WindowChange, clock, elapsed


class _Moved(NamedTuple):
    """An edge moved to let in a start; compared by how far, then by the start."""

    by: timedelta
    start: int
    edge: Edge
    number: int
    new: datetime


def window_change(board: Board, case: CaseForm, wanted: int) -> WindowChange | None:
    """The window edge that moves least to let in one of the wanted starts.

    A window begins at the start it lets in, and ends on the tick after it. Ties go to the earlier
    start. None when the case has no window, or nothing is free anywhere.
    """
    starts = board.starts_within(case, wanted)
    options = [moved for n in range(len(case.case.windows)) for moved in _edges(case, starts, n)]
    if not options:
        return None
    best = min(options)
    windows = list(case.case.windows)
    a, b = windows[best.number]
    windows[best.number] = (best.new, b) if best.edge == "start" else (a, best.new)
    prove(with_case(case.problem, case.id, windows=tuple(windows)), case.id, best.start)
    return _told(case, best, a if best.edge == "start" else b)


def _edges(case: CaseForm, starts: int, number: int) -> Iterator[_Moved]:
    """Both edges of a window, moved just far enough to let in the nearest of the starts."""
    frame, problem, (a, b) = case.frame, case.problem, case.case.windows[number]
    first, end = max(0, frame.grid.ceil(a)), max(0, frame.grid.ceil(b))
    before, after = starts & ((1 << first) - 1), starts >> end << end
    if before:
        start = before.bit_length() - 1
        new = frame.instant(start)
        yield _Moved(a - new, start, "start", number, new)
    if after:
        start = lowest(after)
        tick = timedelta(minutes=problem.tick_minutes)
        new = min(frame.instant(start) + tick, problem.horizon.end)
        yield _Moved(new - b, start, "end", number, new)


def _told(case: CaseForm, best: _Moved, old: datetime) -> WindowChange:
    tz, opens = case.frame.zone, case.frame.instant(best.start)
    verb, side = ("began", "earlier") if best.edge == "start" else ("ended", "later")
    sentence = (
        f"{case.id} could start on {clock(opens, tz)} if its window {verb} on"
        f" {clock(best.new, tz)} instead of {clock(old, tz)}, {elapsed(best.by)} {side}"
    )
    local = case.frame.local
    return WindowChange(case.id, best.edge, local(old), local(best.new), best.by, opens, sentence)
