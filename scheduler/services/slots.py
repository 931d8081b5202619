"""Where a case can go: ranked exact slots, and why another moment is not among them."""

from models.problem import PlanningProblem
from scheduler.services.case_files import open_file
from scheduler.services.desk import Desk
from scheduler.services.problems import problem_for
from scheduler.services.readiness import assess_now


def question(desk: Desk, case: str) -> PlanningProblem:
    """The problem to search for one case, assessed at this moment, all else as it is held.

    Raises:
        NotFoundError: there is no such case.
        RefusedError: the case is not open, or cannot be planned here at all.
    """
    file = open_file(desk, case)
    readiness = assess_now(desk, file)
    assessed = file.with_readiness(file.record.model_copy(update={"readiness": readiness}))
    return problem_for(desk, assessed)
