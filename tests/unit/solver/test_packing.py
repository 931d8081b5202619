"""Packing scarce resources: what fits only in one arrangement is found and stands."""

import pytest

from models.problem import PlanningProblem
from solver.cpsat.packing import only_places_count, pack
from solver.improve import Search
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, between, need, prices

FREE_WAITING = prices(
    wait_per_day=dict.fromkeys(("emergent", "urgent", "soon", "routine"), 0),
)


def packed(problem: PlanningProblem) -> Search:
    compiled = compile_arrays(problem)
    standing = pack(compiled, 30)
    found = Search(compiled, 0)
    assert standing is not None
    found.build(standing.start, standing.res)
    return found


def problem_of(*minutes: tuple[tuple[str, ...], int]) -> PlanningProblem:
    """Three hours of `left` and `right`, one each, and plenty of bays."""
    hours = [between("08:00", "11:00")]
    resources = [a_resource(kind, kind, available=hours) for kind in ("left", "right")]
    resources += [a_resource(f"bay-{n}", "bay", available=hours) for n in range(5)]
    cases = [
        a_case(f"case-{n}", *(need(kind, length) for kind in (*kinds, "bay")))
        for n, (kinds, length) in enumerate(minutes)
    ]
    return a_problem(cases, resources, objective=FREE_WAITING)


def test_full_resources_are_packed_without_a_gap() -> None:
    # Left: 60 + 120, right: 60 + 90 + 30; both need the first together.
    both = ("left", "right")
    problem = problem_of((both, 60), (("left",), 120), (("right",), 90), (("right",), 30))
    assert packed(problem).total == 0


def test_what_cannot_fit_is_left_out() -> None:
    # Four hours of left in three: one routine case stays out (4000).
    assert packed(problem_of(*[(("left",), 60)] * 4)).total == 4000


def test_nothing_scarce_is_nothing_to_pack() -> None:
    assert pack(compile_arrays(problem_of(((), 60), ((), 60))), 30) is None


@pytest.mark.parametrize(("open_cost", "limit"), [(40, None), (0, 120)])
def test_prices_and_daily_limits_are_not_a_packing(open_cost: int, limit: int | None) -> None:
    suite = a_resource("suite-1", open_cost=open_cost, limit=limit)
    problem = a_problem([a_case("A")], [suite], objective=FREE_WAITING)
    assert not only_places_count(compile_arrays(problem))
