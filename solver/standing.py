"""Which bookings of a planning problem still stand, each by itself and all together."""

from models.problem import PlanningProblem
from solver.revision_reasons import Reasons


def standing(problem: PlanningProblem) -> frozenset[str]:
    """The cases whose bookings stand: on calendars, in windows, clear of each other.

    Of two that clash a locked one stands before others, then the first in the file.
    """
    reasons = Reasons(problem)
    found = set()
    booked = [case for case in problem.cases if case.booking is not None]
    for case in sorted(booked, key=lambda case: not (case.booking and case.booking.locked)):
        if not reasons.broken(case):
            reasons.hold(case)
            found.add(case.id)
    return frozenset(found)
