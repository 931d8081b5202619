"""A plan without any search, for when the search itself has failed.

What is booked and stands is kept; then each other case gets its cheapest slot, the dearest to
leave out first. Nothing here is native code: what brings the search down does not reach it.
"""

from models.objective import left_out_cost
from models.plan import Plan
from models.problem import Case, PlanningProblem
from solver.compile import compile_problem
from solver.standing import standing
from solver.take_back import Returns


def first_plan(problem: PlanningProblem) -> Plan:
    """The plan of a careful clerk: keep what stands, then one case after another.

    A case is left out where it can be placed nowhere any more, or where that costs less. The same
    problem gives the same plan.
    """
    stands = standing(problem)
    kept = (case.booked_placement for case in problem.cases if case.id in stands)
    plan = Plan(placements=tuple(placement for placement in kept if placement))
    instance = compile_problem(problem)
    board = Returns(instance, plan, stands)
    for case in sorted(problem.cases, key=lambda case: _turn(problem, case)):
        if case.id not in stands:
            board.insert(instance.cases[instance.case_index[case.id]])
    return board.plan


def _turn(problem: PlanningProblem, case: Case) -> tuple[bool, int, str]:
    """When a case is placed: mandatory ones first, then the dearest to leave out, then by id."""
    return not case.mandatory, -left_out_cost(problem.objective, case), case.id
