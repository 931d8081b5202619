"""Why a case can or cannot be placed, from the same board that books it.

So the explainer and the booker cannot disagree: an instant without reasons is a candidate start,
and a candidate start has no reasons. The case's own booking is lifted first, all others are held.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from models.errors import NotFoundError
from models.problem import PlanningProblem
from solver.bitrow import lowest
from solver.board import Board
from solver.changes.hours import hours_change
from solver.changes.moves import move_change
from solver.changes.windows import window_change
from solver.compile import compile_problem
from solver.instance import CaseForm
from solver.nowhere import why_nowhere
from solver.reasons import (
    Change,
    Clash,
    Explanation,
    HoursChange,
    MoveChange,
    NeedReason,
    Nowhere,
    NowhereReason,
    ResourceReason,
    Somewhere,
    StartReason,
    WindowChange,
    clock,
)
from solver.whynot import explain_start

__all__ = [
    "Change",
    "Clash",
    "Explainer",
    "Explanation",
    "HoursChange",
    "MoveChange",
    "NeedReason",
    "Nowhere",
    "NowhereReason",
    "ResourceReason",
    "Somewhere",
    "StartReason",
    "WindowChange",
    "explain_at",
    "explain_case",
    "smallest_change",
]


class Explainer:
    """Answers for one case after another on a board that stays loaded."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.instance = compile_problem(problem)
        self.board = Board.of_bookings(self.instance)

    def at(self, case_id: str, instant: datetime) -> Explanation:
        """Everything that stands against a case starting at an instant.

        Raises:
            NotFoundError: the problem has no such case.
        """
        with self._lifted(case_id) as case:
            return explain_start(self.board, case, instant)

    def case(self, case_id: str) -> Nowhere | Somewhere:
        """Why a case can be placed nowhere, or how many starts it has.

        Raises:
            NotFoundError: the problem has no such case.
        """
        with self._lifted(case_id) as case:
            starts = self.board.candidate_starts(case)
            return _somewhere(case, starts) if starts else why_nowhere(self.board, case)

    def smallest_change(self, case_id: str, at: datetime | None = None) -> tuple[Change, ...]:
        """The smallest change of each kind that opens a start, or the start `at`.

        Returns:
            One `WindowChange`, one `HoursChange` and one `MoveChange`, each where there is one;
            nothing when such a start is open already.

        Raises:
            NotFoundError: the problem has no such case.
        """
        with self._lifted(case_id) as case:
            unit = None if at is None else self.instance.frame.start_unit(at)
            asked = -1 if at is None else 0 if unit is None else 1 << unit
            wanted, permitted = case.startable & asked, case.permitted & asked
            if self.board.starts_within(case, permitted):
                return ()
            changes = (
                window_change(self.board, case, wanted),
                hours_change(self.board, case, permitted),
                move_change(self.board, case, permitted),
            )
            return tuple(change for change in changes if change is not None)

    @contextmanager
    def _lifted(self, case_id: str) -> Iterator[CaseForm]:
        index = self.instance.case_index.get(case_id)
        if index is None:
            raise NotFoundError(f"there is no case {case_id!r}", remedy="use the id of a case")
        case = self.instance.cases[index]
        held = self.board.remove(case) if self.board.placed[index] else None
        try:
            yield case
        finally:
            if held:
                self.board.put_back(case, held)


def _somewhere(case: CaseForm, starts: int) -> Somewhere:
    frame, count = case.frame, starts.bit_count()
    first, last = frame.instant(lowest(starts)), frame.instant(starts.bit_length() - 1)
    plural = "start" if count == 1 else "starts"
    sentence = f"{case.id} can be placed at {count} {plural}, the first {clock(first, frame.zone)}"
    return Somewhere(case.id, count, first, last, sentence)


def explain_at(problem: PlanningProblem, case_id: str, at: datetime) -> Explanation:
    """Everything that stands against a case starting at an instant; see `Explainer.at`."""
    return Explainer(problem).at(case_id, at)


def explain_case(problem: PlanningProblem, case_id: str) -> Nowhere | Somewhere:
    """Why a case can be placed nowhere, or how many starts it has; see `Explainer.case`."""
    return Explainer(problem).case(case_id)


def smallest_change(
    problem: PlanningProblem, case_id: str, *, at: datetime | None = None
) -> tuple[Change, ...]:
    """The smallest change of each kind that opens a start; see `Explainer.smallest_change`."""
    return Explainer(problem).smallest_change(case_id, at)
