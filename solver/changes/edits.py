"""Changed problems, and the starts of a case on them: every change is put to the test here."""

from collections.abc import Iterable
from typing import Any

from models.errors import SolverError
from models.problem import Interval, PlanningProblem
from models.windows import Window
from solver.board import Board
from solver.compile import compile_problem


def with_case(problem: PlanningProblem, case_id: str, **changed: Any) -> PlanningProblem:
    """The problem with members of one case changed."""
    cases = tuple(
        case.model_copy(update=changed) if case.id == case_id else case for case in problem.cases
    )
    return problem.model_copy(update={"cases": cases})


def with_hours(
    problem: PlanningProblem, resource_id: str, hours: Iterable[Window]
) -> PlanningProblem:
    """The problem with other hours for one resource."""
    available: tuple[Interval, ...] = tuple((window.start, window.end) for window in hours)
    resources = tuple(
        resource.model_copy(update={"available": available})
        if resource.id == resource_id
        else resource
        for resource in problem.resources
    )
    return problem.model_copy(update={"resources": resources})


def starts_of(problem: PlanningProblem, case_id: str) -> int:
    """The candidate starts of a case with everything else as booked.

    Units are those of the problem's own grid, which neither windows nor hours nor bookings shift.
    """
    instance = compile_problem(problem)
    board = Board.of_bookings(instance)
    case = instance.cases[instance.case_index[case_id]]
    if board.placed[case.index]:
        board.remove(case)
    return board.candidate_starts(case)


def prove(problem: PlanningProblem, case_id: str, start: int) -> None:
    """Make sure that a change opens the start that it is told to open.

    Raises:
        SolverError: it does not.
    """
    if not starts_of(problem, case_id) >> start & 1:
        raise SolverError(
            f"the change found for case {case_id} does not open the start it was found for",
            remedy="report this planning file",
        )
