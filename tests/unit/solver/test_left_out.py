"""Why a plan leaves a case out or late, and what would change it."""

from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import NotFoundError
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from solver.explain import Explainer
from solver.left_out import booked_with, why_left_out
from solver.proposals import Proposer
from solver.reasons import MoveChange, Somewhere, WindowChange
from tests.builders import a_case, a_problem, a_resource, at, between, booked
from tests.strategies import random_problem

ONLY_EIGHT = (between("08:00", "08:15"),)


def placed(**starts: str) -> Plan:
    return Plan(
        placements=tuple(
            Placement(case=case, start=at(clock), assigned={"suite": "s"})
            for case, clock in starts.items()
        )
    )


def one_suite(*cases: Case) -> PlanningProblem:
    return a_problem(cases, [a_resource("s")], tick=60)


def test_the_case_that_holds_its_only_start_is_named() -> None:
    problem = one_suite(a_case("A", priority="urgent", windows=ONLY_EIGHT), a_case("B"))
    found = why_left_out(problem, placed(B="08:00"), "A")
    assert (found.fate, found.points, found.open_starts) == ("left-out", 20_000, 0)
    assert [(rival.case, rival.starts, rival.roles) for rival in found.rivals] == [
        ("B", 1, ("suite",))
    ]
    assert found.rivals[0].sentence == (
        "B (routine) holds what it wants for suite at 1 of 1 starts lost"
    )


def test_a_remedy_tells_what_it_adds_to_the_plan() -> None:
    booking = booked(at("08:00"), {"suite": "s"})
    problem = one_suite(
        a_case("A", priority="urgent", windows=ONLY_EIGHT), a_case("B", booking=booking)
    )
    found = why_left_out(problem, placed(B="08:00"), "A")
    costs = {type(remedy.change): remedy.cost for remedy in found.remedies}
    # A is in, at no wait: 20,000 saved; moving B within the day costs 150
    assert costs == {WindowChange: -20_000, MoveChange: 150 - 20_000}
    assert found.remedies[-1].sentence.endswith(": saves 19850 points")


def test_a_late_case_wants_the_starts_up_to_its_due_time() -> None:
    problem = one_suite(a_case("A", priority="urgent", due=at("08:30")), a_case("B"))
    found = why_left_out(problem, placed(B="08:00", A="09:00"), "A")
    # half an hour late is one day begun: 1,500; only 08:00 is in time
    assert (found.fate, found.points) == ("late", 1500)
    assert [(rival.case, rival.starts) for rival in found.rivals] == [("B", 1)]
    assert found.sentence == "A is late for 1500 points: no start is free in time"
    # B goes to 09:00, which A leaves, and neither waits a day
    assert {r.cost for r in found.remedies if isinstance(r.change, MoveChange)} == {-1500}


def test_a_case_that_cannot_be_in_time_is_told_so() -> None:
    problem = one_suite(a_case("A", due=at("07:00")))
    found = why_left_out(problem, placed(A="09:00"), "A")
    assert found.sentence.endswith("no start in time is possible, whatever is booked")
    assert found.rivals == ()


def test_a_case_left_out_for_its_price_is_told_the_cheapest_start() -> None:
    suite = a_resource("s", open_cost=5000)
    problem = a_problem([a_case("A", windows=ONLY_EIGHT)], [suite], tick=60)
    found = why_left_out(problem, Plan(), "A")
    # 5,000 to open the suite against 4,000 left out
    assert found.sentence == (
        "A is left out for 4000 points: 1 start is free, the cheapest at 5000 points"
    )
    assert found.remedies == ()


def test_a_case_in_time_needs_no_reason() -> None:
    found = why_left_out(one_suite(a_case("A")), placed(A="08:00"), "A")
    assert (found.fate, found.rivals, found.sentence) == ("in-time", (), "A is placed in time")


def test_an_unknown_case_is_an_error() -> None:
    with pytest.raises(NotFoundError, match="no case 'Z'"):
        why_left_out(one_suite(), Plan(), "Z")


def test_answers_agree_with_the_explainer_and_the_scorecard() -> None:
    told = priced = 0
    for seed in range(40):
        problem = random_problem(Random(seed), cases=6)
        plan = _careless(problem)
        inside = booked_with(problem, plan)
        for case in problem.cases:
            if case.id in plan.by_case:
                continue
            found = why_left_out(problem, plan, case.id)
            explainer = Explainer(inside)
            answer = explainer.case(case.id)
            assert found.open_starts == (answer.count if isinstance(answer, Somewhere) else 0)
            changes = explainer.smallest_change(case.id)
            assert tuple(remedy.change for remedy in found.remedies) == changes
            told += 1
            for remedy in found.remedies:
                if isinstance(remedy.change, MoveChange):
                    assert remedy.cost == _added(problem, plan, remedy.change)
                    priced += 1
    assert told > 20
    assert priced > 0


def _careless(problem: PlanningProblem) -> Plan:
    """One case after another at its dearest start, so that they get in each other's way."""
    proposer = Proposer(problem)
    for case in problem.cases:
        proposer.lift(case.id)
    placements = []
    for case in sorted(problem.cases, key=lambda case: case.id not in _locked(problem)):
        slots = proposer.propose(case.id, top=30)
        if slots:
            proposer.hold(slots[-1].placement)
            placements.append(slots[-1].placement)
    return Plan(placements=tuple(placements))


def _locked(problem: PlanningProblem) -> set[str]:
    return {case.id for case in problem.cases if case.booking and case.booking.locked}


def _added(problem: PlanningProblem, plan: Plan, change: MoveChange) -> int:
    """What the move and the case at its start add, by the independent scorecard."""
    moved = Placement(case=change.moved, start=change.new, assigned=change.assigned)
    others = tuple(p for p in plan.placements if p.case != change.moved)
    after = Plan(placements=(*others, moved))
    slot = Proposer(booked_with(problem, after)).propose_at(change.case, change.opens)
    assert slot is not None
    full = Plan(placements=(*after.placements, slot.placement))
    assert {v.rule for v in find_violations(problem, full)} <= {"mandatory", "locked"}
    return score(problem, full).cost - score(problem, plan).cost
