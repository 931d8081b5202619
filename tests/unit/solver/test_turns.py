"""Turns on parts of one plan: what they make together is one plan that stands at its cost."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from solver.improve import Search, Solution, plan_of
from solver.improve_arrays import Compiled
from solver.improve_compile import compile_arrays
from solver.improve_team import cooled_early
from solver.improve_turns import Turns
from tests.builders import a_case, a_problem, a_resource, between
from tests.strategies import random_problem


def some_iterations(search: Search) -> None:
    search.run(30, 0.3)


def after_turns(compiled: Compiled, count: int = 4) -> tuple[list[Search], list[Solution]]:
    """Two searches after some turns, and the best plan of each turn."""
    searches = [Search(compiled, 1), Search(compiled, 2)]
    for search in searches:
        search.construct()
    turns = Turns(compiled, 0)
    with ThreadPoolExecutor(1) as pool:
        return searches, [turns.turn(searches, some_iterations, pool) for _ in range(count)]


def without_penalty(compiled: Compiled, plan: Solution) -> int:
    must = compiled.data.out_cost >= compiled.penalty
    return plan.total - compiled.penalty * int((must & (plan.start < 0)).sum())


@pytest.mark.parametrize("seed", range(12))
def test_best_plan_of_a_turn_is_what_the_checker_says(seed: int) -> None:
    problem = random_problem(Random(seed), cases=10)
    compiled = compile_arrays(problem)
    _, bests = after_turns(compiled)
    for best in bests:
        plan = plan_of(compiled, best)
        locked = {"mandatory", "locked"}
        assert not [v for v in find_violations(problem, plan) if v.rule not in locked]
        assert score(problem, plan).cost == without_penalty(compiled, best)


@pytest.mark.parametrize("seed", range(6))
def test_searches_stand_at_one_plan_after_a_turn(seed: int) -> None:
    (first, second), _ = after_turns(compile_arrays(random_problem(Random(seed), cases=10)))
    mine, other = first.present_plan(), second.present_plan()
    assert mine.total == other.total
    assert (mine.start == other.start).all()


def test_limited_search_leaves_other_cases_alone() -> None:
    days = [between("08:00", "17:00", day=n) for n in (0, 1)]
    cases = [a_case(name, windows=days) for name in "AB"]
    compiled = compile_arrays(a_problem(cases, [a_resource("suite-1", available=days)]))
    search = Search(compiled, 0)
    search.construct()
    before = search.present_plan()
    locked = compiled.data.fixed.copy()
    locked[1] = 1
    search.limit(compiled.data._replace(fixed=locked))
    search.run(200, 0.0)
    assert search.present_plan().start[1] == before.start[1]
    search.limit(None)
    search.run(200, 0.0)
    assert search.present_plan().start[1] != before.start[1]


def test_plan_that_costs_something_else_is_told_apart() -> None:
    compiled = compile_arrays(random_problem(Random(3), cases=8))
    search = Search(compiled, 0)
    search.construct()
    now = search.present_plan()
    assert search.stand_at(now)
    assert not search.stand_at(Solution(now.total + 1, now.start, now.res))


def test_annealing_is_cold_before_the_end_and_warms_a_little() -> None:
    # Cold at 0.7; from there 0.85 again, and cold at the end.
    found = [cooled_early(share) for share in (0.0, 0.35, 0.7, 1.0)]
    assert found == pytest.approx([0.0, 0.5, 0.85, 1.0])
