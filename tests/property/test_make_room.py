"""Slots that need one booking moved agree with brute force; what is proposed always stands."""

from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.objective import left_out_cost
from models.plan import Plan
from models.problem import PlanningProblem
from solver.make_room import RoomProposal, make_room
from tests import oracle
from tests.builders import a_case, a_problem, a_resource, at, between, booked
from tests.room_oracle import one_move
from tests.strategies import random_problem

ALL = 1000


def two_hours(*, locked: bool = False) -> PlanningProblem:
    """One suite from 08:00 to 10:00; B holds 08:00, where alone A may start."""
    holder = a_case("B", booking=booked(at("08:00"), {"suite": "s"}, locked=locked))
    asking = a_case("A", windows=[between("08:00", "08:15")])
    return a_problem([asking, holder], [a_resource("s", available=[between("08:00", "10:00")])])


def test_whoever_is_in_the_way_moves_to_the_next_free_start() -> None:
    (room,) = make_room(two_hours(), "A")
    assert [(moved.case, moved.to_start) for moved in room.moved] == [("B", at("09:00"))]
    # A waits no whole day: 0. B moves within a day: 150.
    assert room.cost == 150


def test_a_locked_booking_makes_no_room() -> None:
    assert make_room(two_hours(locked=True), "A") == ()


@pytest.mark.parametrize("seed", range(60))
def test_one_move_equals_brute_force(seed: int) -> None:
    problem = random_problem(Random(seed), cases=3)
    for case in problem.cases:
        found = make_room(problem, case.id, top=ALL, max_moves=1)
        moving = sorted((room.cost, room.start) for room in found if room.moved)
        assert moving == sorted((room.cost, room.start) for room in one_move(problem, case.id))


@pytest.mark.parametrize("seed", range(60, 90))
def test_what_is_proposed_breaks_no_rule_and_costs_what_it_says(seed: int) -> None:
    problem = random_problem(Random(seed), cases=5)
    for case in problem.cases:
        for room in make_room(problem, case.id, top=20):
            assert judged(problem, room) == (set(), room.cost)


def judged(problem: PlanningProblem, room: RoomProposal) -> tuple[set[tuple[str, str]], int]:
    """The rules that are newly broken, and what the plan costs more, by the checker alone.

    A rule that bookings of the file break already may be broken less.
    """
    fixed = Plan(placements=oracle.others_as_booked(problem, room.case))
    moved = {moved.case for moved in room.moved}
    left = (placement for placement in fixed.placements if placement.case not in moved)
    plan = Plan(placements=(*left, *room.placements))
    left_out = left_out_cost(problem.objective, problem.case_by_id[room.case])
    more = score(problem, plan).cost - score(problem, fixed).cost + left_out
    return broken(problem, plan) - broken(problem, fixed), more


def broken(problem: PlanningProblem, plan: Plan) -> set[tuple[str, str]]:
    """Broken rules with whom they concern."""
    return {(violation.rule, violation.subject) for violation in find_violations(problem, plan)}
