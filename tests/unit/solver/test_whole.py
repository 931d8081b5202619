"""The exact model of a small problem: never above the best plan, and its answers stand."""

from random import Random

import numpy as np
import pytest

from models.problem import PlanningProblem
from solver.cpsat.whole import Standing, WholeAnswer, solve_whole
from solver.improve import Search
from solver.improve_compile import compile_arrays
from solver.optimize import Settings, Status, optimize
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.strategies import random_problem
from tests.unit.solver.whole_plans import cheapest_plan_cost


def whole(problem: PlanningProblem) -> tuple[Search, WholeAnswer]:
    compiled = compile_arrays(problem)
    search = Search(compiled, 0)
    search.construct()
    best = search.best()
    answer = solve_whole(compiled, Standing(best.start, best.res), 30)
    found = Search(compiled, 0)
    if answer.standing is not None:
        found.build(answer.standing.start, answer.standing.res)
    return found, answer


@pytest.mark.parametrize("seed", range(40))
def test_bound_is_never_above_the_best_plan(seed: int) -> None:
    rng = Random(2000 + seed)
    problem = random_problem(rng, cases=rng.choice((2, 3)))
    least = cheapest_plan_cost(problem, most=1500)
    _, answer = whole(problem)
    assert least is None or answer.bound <= least


def test_changes_of_suites_and_openings_are_counted() -> None:
    # Two suites of an hour each: both open for 2 * 40, and the doctor changes once for 7.
    suites = [
        a_resource(f"suite-{n}", available=[between("08:00", "09:00")], open_cost=40) for n in (1,)
    ]
    suites.append(a_resource("suite-2", available=[between("09:00", "10:00")], open_cost=40))
    doctor = a_resource("dr-1", "doctor", change_cost=7)
    needs = (need("suite", 60), need("doctor", 60))
    found, answer = whole(a_problem([a_case("A", *needs), a_case("B", *needs)], [*suites, doctor]))
    assert answer.bound == 87
    assert found.total == 87


def test_members_of_a_class_are_dealt_out() -> None:
    # Three bays alike, three cases at the only hour: nobody is left out.
    bays = [a_resource(f"bay-{n}", "bay", available=[between("08:00", "09:00")]) for n in range(3)]
    cases = [a_case(name, need("bay", 60)) for name in "ABC"]
    found, answer = whole(a_problem(cases, bays))
    assert answer.bound == 0
    assert answer.standing is not None
    assert len(np.unique(answer.standing.res)) == 3
    assert found.total == 0


def test_locked_case_keeps_its_resource() -> None:
    suites = [a_resource("suite-1"), a_resource("suite-2", open_cost=40)]
    booking = booked(at("11:00"), {"suite": "suite-2"}, locked=True)
    found, answer = whole(a_problem([a_case("A", booking=booking)], suites))
    assert (answer.bound, found.total) == (40, 40)


def test_small_problem_is_proven_optimal() -> None:
    # Two hours, three cases: one is left out (4000); the relaxation of days sees as much.
    suite = a_resource("suite-1", available=[between("08:00", "09:30"), between("12:00", "13:00")])
    result = optimize(a_problem([a_case(name) for name in "ABC"], [suite]), Settings(seconds=60))
    assert result.status is Status.OPTIMAL
    assert result.cost == 4000
