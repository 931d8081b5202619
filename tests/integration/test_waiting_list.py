"""A whole waiting list placed case by case: what each proposal promised adds up to the plan."""

import gzip

import pytest

from models.base import Priority
from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.objective import left_out_cost
from models.plan import Placement, Plan
from models.problem import PlanningProblem, parse_problem
from solver.explain import Explainer
from solver.proposals import Proposer
from tests.shared_data import shared


def reference(name: str) -> PlanningProblem:
    path = shared(f"bench/planning/{name}.json.gz")
    return parse_problem(gzip.decompress(path.read_bytes()), place=name)


@pytest.mark.shared
def test_proposals_taken_one_after_another_add_up_to_the_plan() -> None:
    problem = reference("waiting-120-12")
    proposer, order = Proposer(problem), list(Priority)
    plan: list[Placement] = []
    promised = 0
    for case in sorted(problem.cases, key=lambda case: (order.index(case.priority), case.id)):
        found = proposer.propose(case.id, top=1)
        for proposal in found:
            proposer.hold(proposal.placement)
            plan.append(proposal.placement)
            promised += proposal.cost
        if not found:
            promised += left_out_cost(problem.objective, case)
    whole = Plan(placements=tuple(plan))
    assert find_violations(problem, whole) == []
    assert score(problem, whole).cost == promised


@pytest.mark.shared
def test_reasons_and_proposals_agree_on_the_bookings_of_a_disrupted_department() -> None:
    problem = reference("disrupted-120-12")
    explainer, proposer = Explainer(problem), Proposer(problem)
    fallen = 0
    for case in problem.cases:
        if case.booking is None:
            continue
        offered = {found.start for found in proposer.propose(case.id, top=10_000)}
        found = explainer.at(case.id, case.booking.start)
        assert found.possible == (case.booking.start in offered), found.sentence
        fallen += not found.possible
    # The file was published and then disrupted: some of its bookings cannot stay.
    assert fallen
