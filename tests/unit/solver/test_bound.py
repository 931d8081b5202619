"""Lower bounds: never above a plan's cost, and as high as the arithmetic says."""

from fractions import Fraction
from random import Random

import numpy as np
import pytest

from solver.bound import own_cost_bound
from solver.bound_day import day_bound, day_minutes, day_model, exact_bound
from solver.cpsat.days import assign_days
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, at, between, need
from tests.strategies import random_problem
from tests.unit.solver.whole_plans import cheapest_plan_cost


def test_own_cost_takes_the_cheaper_of_placing_and_leaving_out() -> None:
    # A: free on Monday. B: nothing fits, 4000 left out. C: must wait a day, 25.
    suite = a_resource("suite-1", available=[between("08:00", "17:00", day=n) for n in (0, 1)])
    cases = [
        a_case("A"),
        a_case("B", need("suite", 600)),
        a_case("C", windows=[between("08:00", "17:00", day=1)]),
    ]
    assert own_cost_bound(compile_arrays(a_problem(cases, [suite]))).points == 4025


def test_day_relaxation_sees_a_full_day() -> None:
    # 120 minutes, three cases of 60: one is left out (4000).
    suite = a_resource("suite-1", available=[between("08:00", "10:00")])
    compiled = compile_arrays(a_problem([a_case(name) for name in "ABC"], [suite]))
    bound = day_bound(compiled, day_model(compiled), 30)
    assert bound is not None
    assert (bound.points, bound.kind) == (4000, "day-relaxation")
    assert own_cost_bound(compiled).points == 0


def test_opening_is_paid_by_the_minutes_used() -> None:
    # At a third of a point a minute, 120 minutes are worth just the 40 points of opening them, and
    # the case pays 60 / 3 = 20.
    suite = a_resource("suite-1", available=[between("08:00", "10:00")], open_cost=40)
    model = day_model(compile_arrays(a_problem([a_case("A")], [suite])))
    assert exact_bound(model, [Fraction(1, 3)] * len(model.row_cap)) == 20


def test_bound_rises_to_a_sum_of_whole_prices() -> None:
    # 20 cannot be the cost of a plan: all prices, 4000 and 40, are multiples of 40.
    suite = a_resource("suite-1", available=[between("08:00", "10:00")], open_cost=40)
    compiled = compile_arrays(a_problem([a_case("A")], [suite]))
    bound = day_bound(compiled, day_model(compiled), 30)
    assert bound is not None
    assert bound.points == 40


def test_day_assignment_is_whole() -> None:
    # The suite is opened or not: 40.
    suite = a_resource("suite-1", available=[between("08:00", "10:00")], open_cost=40)
    model = day_model(compile_arrays(a_problem([a_case("A")], [suite])))
    answer = assign_days(model, None, 30)
    assert answer.bound == 40
    assert answer.days is not None
    assert answer.days.tolist() == [model.col_day[0]]


def test_minutes_of_a_day_stop_at_its_limit_and_run_on_past_midnight() -> None:
    # 22:00 to 02:00: Monday's needs may begin until midnight and run 60 minutes on: 120 + 55.
    night = a_resource("night", available=[(at("22:00"), at("02:00", day=1))])
    day = a_resource("day", limit=90)
    cases = [a_case("A", windows=[between("08:00", "23:55")])]
    compiled = compile_arrays(a_problem(cases, [night, day], horizon=(at("00:00"), at("12:00", 1))))
    monday = compiled.days.index(at("12:00").date())
    assert day_minutes(compiled)[:, monday].tolist() == [120 + 60, 90]


@pytest.mark.parametrize("seed", range(25))
def test_no_price_of_time_lifts_the_bound_above_the_best_plan(seed: int) -> None:
    rng = Random(1000 + seed)
    problem = random_problem(rng, cases=2)
    least = cheapest_plan_cost(problem, most=1500)
    if least is None:
        least = 10**9
    model = day_model(compile_arrays(problem))
    prices = [Fraction(rng.randrange(0, 200), 7) for _ in model.row_cap]
    assert exact_bound(model, prices) <= least
    assert exact_bound(model, [Fraction(0)] * len(prices)) <= least


def test_bound_at_no_price_is_the_own_cost() -> None:
    problem = random_problem(Random(4), cases=4)
    compiled = compile_arrays(problem)
    model = day_model(compiled)
    free = [Fraction(0)] * len(model.row_cap)
    assert exact_bound(model, free) == int(np.asarray(own_cost_bound(compiled).points))
