"""The optimiser's face: limits, seeds, statuses, and costs against brute force."""

from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.problem import PlanningProblem
from solver.optimize import Progress, Settings, SolveResult, Status, optimize
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.strategies import random_problem
from tests.unit.solver.whole_plans import cheapest_plan_cost

STEPS = Settings(seconds=30, workers=1, max_iterations=400)


def solved(problem: PlanningProblem, settings: Settings = STEPS) -> SolveResult:
    return optimize(problem, settings)


def test_single_case_takes_its_cheapest_start() -> None:
    # Waiting costs 25 a day from midnight on Monday: Monday is free, Tuesday costs 25.
    suite = a_resource("suite-1", available=[between("08:00", "17:00", day=n) for n in (0, 1)])
    windows = [between("08:00", "17:00", day=n) for n in (1, 0)]
    result = solved(a_problem([a_case("A", windows=windows)], [suite]))
    assert result.cost == 0
    assert result.status is Status.OPTIMAL


def test_dearer_case_wins_the_only_slot() -> None:
    # One hour, two cases: leaving the routine case out costs 4000, the soon one 8000.
    suite = a_resource("suite-1", available=[between("08:00", "09:00")])
    cases = [a_case("A"), a_case("B", priority="soon")]
    result = solved(a_problem(cases, [suite]))
    assert set(result.plan.by_case) == {"B"}
    assert result.cost == 4000


def test_mandatory_case_displaces_a_dearer_one() -> None:
    suite = a_resource("suite-1", available=[between("08:00", "09:00")])
    cases = [a_case("A", mandatory=True), a_case("B", priority="emergent")]
    result = solved(a_problem(cases, [suite]))
    assert set(result.plan.by_case) == {"A"}
    assert result.cost == 60_000


def test_impossible_mandatory_case_is_infeasible() -> None:
    suite = a_resource("suite-1", available=[between("08:00", "08:30")])
    result = solved(a_problem([a_case("A", mandatory=True)], [suite]))
    assert result.status is Status.INFEASIBLE
    assert result.missing == ("A",)


def test_two_mandatory_cases_for_one_slot_are_incomplete() -> None:
    suite = a_resource("suite-1", available=[between("08:00", "09:00")])
    cases = [a_case("A", mandatory=True), a_case("B", mandatory=True)]
    result = solved(a_problem(cases, [suite]))
    assert result.status is Status.INCOMPLETE
    assert len(result.missing) == 1


def test_locked_booking_keeps_start_and_resource() -> None:
    suites = [a_resource("suite-1"), a_resource("suite-2")]
    booking = booked(at("11:00"), {"suite": "suite-2"}, locked=True)
    cases = [a_case("A", booking=booking), *(a_case(name) for name in "BCDE")]
    plan = solved(a_problem(cases, suites)).plan
    assert plan.by_case["A"].start == at("11:00")
    assert plan.by_case["A"].assigned == {"suite": "suite-2"}


def test_booking_on_a_closed_suite_moves_to_the_open_one() -> None:
    # A change of resource at the same start is free.
    suites = [a_resource("suite-1", available=[between("14:00", "15:00")]), a_resource("suite-2")]
    booking = booked(at("11:00"), {"suite": "suite-1"})
    result = solved(a_problem([a_case("A", booking=booking)], suites))
    assert result.plan.by_case["A"].assigned == {"suite": "suite-2"}
    assert result.cost == 0


def test_daily_limit_is_kept() -> None:
    # Two hours of work fit the doctor's limit of 120 minutes, the third case waits a day: 25.
    days = [between("08:00", "17:00", day=n) for n in (0, 1)]
    doctor = a_resource("dr-1", "doctor", available=days, limit=120)
    cases = [a_case(name, need("doctor", 60), windows=days) for name in "ABC"]
    result = solved(a_problem(cases, [doctor]))
    assert result.cost == 25
    assert result.placed == 3


def test_one_worker_and_seed_repeat_the_plan() -> None:
    problem = random_problem(Random(5), cases=9)
    settings = Settings(seconds=60, workers=1, seed=3, max_iterations=300)
    assert solved(problem, settings).plan == solved(problem, settings).plan


def test_stop_request_returns_the_best_so_far() -> None:
    problem = random_problem(Random(7), cases=9)
    result = optimize(problem, Settings(seconds=600), should_stop=lambda: True)
    assert result.seconds < 300
    assert score(problem, result.plan).cost == result.cost


def test_progress_never_gets_dearer_and_its_plan_costs_what_it_says() -> None:
    problem = random_problem(Random(11), cases=9)
    seen: list[Progress] = []
    optimize(problem, STEPS, on_progress=seen.append)
    costs = [progress.cost for progress in seen if not progress.missing]
    assert seen
    assert costs == sorted(costs, reverse=True)
    assert all(score(problem, progress.plan).cost == progress.cost for progress in seen)


def test_two_workers_agree_with_the_checker() -> None:
    problem = random_problem(Random(21), cases=12)
    result = optimize(problem, Settings(seconds=1.5, workers=2))
    assert score(problem, result.plan).cost == result.cost
    assert not [v for v in find_violations(problem, result.plan) if v.subject not in result.missing]


def test_empty_problem_costs_nothing() -> None:
    result = solved(a_problem([], [a_resource("suite-1")]))
    assert (result.cost, result.bound, result.placed) == (0, 0, 0)


@pytest.mark.parametrize("seed", range(40))
def test_random_problem_stands_and_is_bracketed_by_bound_and_brute_force(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng, cases=rng.choice((1, 2, 2, 3)))
    result = optimize(problem, Settings(seconds=60, workers=1, seed=seed, max_iterations=200))
    left = [v for v in find_violations(problem, result.plan) if v.subject not in result.missing]
    assert left == []
    assert score(problem, result.plan).cost == result.cost
    least = cheapest_plan_cost(problem, most=1500)
    if least is not None:
        assert result.bound <= least
        assert result.missing or result.cost >= least
