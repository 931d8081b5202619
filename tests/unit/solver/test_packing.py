"""Packing scarce resources: what fits only in one arrangement is found and stands."""

import pytest

from models.problem import PlanningProblem
from solver.cpsat.packing import only_places_count, packings
from solver.improve import Search
from solver.improve_compile import compile_arrays
from tests.builders import a_case, a_problem, a_resource, between, need, prices

FREE_WAITING = prices(
    wait_per_day=dict.fromkeys(("emergent", "urgent", "soon", "routine"), 0),
)


def least_cost(problem: PlanningProblem) -> int:
    compiled = compile_arrays(problem)
    totals = []
    for standing in packings(compiled, 30):
        found = Search(compiled, 0)
        found.build(standing.start, standing.res)
        totals.append(found.total)
    return min(totals)


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
    assert least_cost(problem) == 0


def test_what_cannot_fit_is_left_out() -> None:
    # Four hours of left in three: one routine case stays out (4000).
    assert least_cost(problem_of(*[(("left",), 60)] * 4)) == 4000


def test_full_suites_with_a_shared_device_are_filled_and_put_in_order() -> None:
    # 360 minutes in two suites of 180: 105 + 75 and 90 + 90. B and C share the device, so where
    # C has the first half, B must come after A (105..180), else before it (0..75).
    hours = [between("08:00", "11:00")]
    resources = [a_resource(name, available=hours) for name in ("suite-1", "suite-2")]
    resources.append(a_resource("device", "device", available=hours))
    cases = [
        a_case("A", need("suite", 105)),
        a_case("B", need("suite", 75), need("device", 75)),
        a_case("C", need("suite", 90), need("device", 90)),
        a_case("D", need("suite", 90)),
    ]
    assert least_cost(a_problem(cases, resources, objective=FREE_WAITING)) == 0


def test_nothing_scarce_is_nothing_to_pack() -> None:
    assert not list(packings(compile_arrays(problem_of(((), 60), ((), 60))), 30))


@pytest.mark.parametrize(("open_cost", "limit"), [(40, None), (0, 120)])
def test_prices_and_daily_limits_are_not_a_packing(open_cost: int, limit: int | None) -> None:
    suite = a_resource("suite-1", open_cost=open_cost, limit=limit)
    problem = a_problem([a_case("A")], [suite], objective=FREE_WAITING)
    assert not only_places_count(compile_arrays(problem))
