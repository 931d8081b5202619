"""Plans with few moves, and cost against the number of moves."""

from datetime import timedelta
from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import InputError
from models.plan import Placement, Plan
from models.problem import PlanningProblem
from solver.compile import compile_problem
from solver.few_moves import FewMoves, fewest_moves, moved, moves_curve
from solver.optimize import Settings, Status
from solver.standing import standing
from solver.take_back import Returns, take_back
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.strategies import random_problem

# Steps end each search; the seconds leave room for compiling the search at its first use.
COUNTED = Settings(seconds=3600, workers=1, max_iterations=60)
MORNING = (between("08:00", "09:00"),)


def promised(count: int) -> PlanningProblem:
    """So many bookings from 08:00 in suites open till 10:00, and an urgent case for each.

    The urgent one fits at 08:00 only: it needs one booking moved to 09:00, at 150 points, and
    costs 20,000 left out.
    """
    suites = [a_resource(f"s-{n}", available=[between("08:00", "10:00")]) for n in range(count)]
    old = [
        a_case(f"old-{n}", booking=booked(at("08:00"), {"suite": f"s-{n}"})) for n in range(count)
    ]
    new = [a_case(f"new-{n}", priority="urgent", windows=MORNING) for n in range(count)]
    starts = [case.model_copy(update={"windows": (between("08:00", "09:30"),)}) for case in old]
    return a_problem([*starts, *new], suites, tick=60)


def costs(points: tuple[FewMoves, ...]) -> list[tuple[int | None, int, int]]:
    return [(point.most_moves, len(point.moves), point.result.cost) for point in points]


def test_no_move_keeps_every_start() -> None:
    found = fewest_moves(promised(2), 0, COUNTED)
    # both urgent cases stay out: 2 * 20,000
    assert (found.moves, found.result.cost) == ((), 40_000)
    assert found.result.status is Status.OPTIMAL


def test_one_move_makes_room_for_one() -> None:
    found = fewest_moves(promised(2), 1, COUNTED)
    # one moved at 150, the other urgent case out at 20,000
    assert (len(found.moves), found.result.cost) == (1, 20_150)


def test_curve_gives_every_number_up_to_the_free_plan() -> None:
    # each move saves 20,000 - 150
    assert costs(moves_curve(promised(3), None, COUNTED)) == [
        (0, 0, 60_000),
        (1, 1, 40_150),
        (2, 2, 20_300),
        (None, 3, 450),
    ]


def test_more_moves_than_needed_change_nothing() -> None:
    found = fewest_moves(promised(1), 5, COUNTED)
    assert (len(found.moves), found.result.cost) == (1, 150)


def test_a_booking_that_cannot_stand_is_forced_and_no_move() -> None:
    closed = a_resource("s-1", available=[between("12:00", "17:00")])
    case = a_case("A", booking=booked(at("09:00"), {"suite": "s-1"}))
    found = fewest_moves(a_problem([case], [closed]), 0, COUNTED)
    # moved within a day: 150
    assert (found.moves, found.forced, found.result.cost) == ((), ("A",), 150)


def test_a_broken_booking_is_a_move() -> None:
    case = a_case("A", booking=booked(at("09:00"), {"suite": "s-1"}))
    problem = a_problem([case], [a_resource("s-1")])
    assert moved(problem, Plan()) == (("A",), ())


def test_another_resource_at_the_same_start_is_no_move() -> None:
    # B needs s-1 and stays in for 20,000 points, so A changes suites and keeps its start
    first = a_case("A", booking=booked(at("08:00"), {"suite": "s-1"}), windows=MORNING)
    second = a_case("B", need("suite", among=["s-1"]), priority="urgent", windows=MORNING)
    problem = a_problem([first, second], [a_resource("s-1"), a_resource("s-2")], tick=60)
    found = fewest_moves(problem, 0, COUNTED)
    assert (found.moves, found.result.cost) == ((), 0)
    assert found.result.plan.by_case["A"].assigned == {"suite": "s-2"}


def test_of_two_bookings_that_clash_the_locked_one_stands() -> None:
    first = a_case("A", booking=booked(at("08:00"), {"suite": "s-1"}))
    second = a_case("B", booking=booked(at("08:30"), {"suite": "s-1"}, locked=True))
    assert standing(a_problem([first, second], [a_resource("s-1")])) == {"B"}


def test_fewer_than_no_moves_is_refused() -> None:
    with pytest.raises(InputError, match="from none up"):
        fewest_moves(promised(1), -1, COUNTED)


def test_a_stop_request_still_keeps_to_the_limit() -> None:
    found = fewest_moves(promised(3), 1, COUNTED, should_stop=lambda: True)
    assert len(found.moves) <= 1
    assert find_violations(promised(3), found.result.plan) == []


def test_minutes_of_a_day_are_given_back_to_a_booking_that_returns() -> None:
    # dr-1 works 60 minutes a day: B took the minutes that A's booking on Monday needs
    days = [between("08:00", "17:00", day=n) for n in (0, 1)]
    doctor = a_resource("dr-1", "doctor", available=days, limit=60)
    first, second = (a_case(name, need("doctor"), windows=days) for name in "AB")
    first = first.model_copy(update={"booking": booked(at("09:00"), {"doctor": "dr-1"})})
    problem = a_problem([first, second], [doctor])
    plan = Plan(
        placements=tuple(
            Placement(case=case, start=start, assigned={"doctor": "dr-1"})
            for case, start in (("A", at("09:00", 1)), ("B", at("12:00")))
        )
    )
    returns = Returns(compile_problem(problem), plan, standing(problem))
    take_back(returns, 0)
    after = returns.plan.by_case
    assert after["A"].start == at("09:00")
    assert after["B"].start - at("00:00", 1) >= timedelta(0)
    assert find_violations(problem, returns.plan) == []


@pytest.mark.parametrize("seed", range(25))
def test_curves_of_random_problems_keep_the_rules_and_fall(seed: int) -> None:
    problem = random_problem(Random(seed), cases=6)
    points = moves_curve(problem, (0, 1, 2), COUNTED)
    ranks = []
    for point in points:
        result = point.result
        broken = {v.subject for v in find_violations(problem, result.plan)}
        assert broken <= set(result.missing)
        assert score(problem, result.plan).cost == result.cost
        assert point.most_moves is None or len(point.moves) <= point.most_moves
        assert result.missing or result.bound <= result.cost
        ranks.append((len(result.missing), result.cost))
    assert ranks == sorted(ranks, reverse=True)
