"""The cheapest starts on a board, and the resources chosen at each."""

from datetime import datetime

import pytest

from models.errors import SolverError
from models.problem import PlanningProblem
from solver.board import Board
from solver.compile import compile_problem
from solver.seating import Demand, assign, seat
from solver.slots import Slot, cheapest_at, cheapest_slots
from tests.builders import a_case, a_problem, a_resource, at, between, need


def loaded(problem: PlanningProblem) -> Board:
    return Board.of_bookings(compile_problem(problem))


def told(board: Board, slot: Slot | None) -> tuple[str, int, list[str]]:
    assert slot is not None
    names = [board.instance.resources[resource].id for resource in slot.assigned]
    return f"{board.instance.frame.instant(slot.start):%H:%M}", slot.cost, names


def unit(board: Board, instant: datetime) -> int:
    found = board.instance.frame.start_unit(instant)
    assert found is not None
    return found


def two_suites() -> PlanningProblem:
    """A dear suite that is open at eight, and a cheap one that opens at nine."""
    return a_problem(
        [a_case("A", windows=[between("08:00", "10:00")])],
        [
            a_resource("dear", open_cost=40),
            a_resource("late", available=[between("09:00", "12:00")]),
        ],
        tick=60,
    )


def test_a_cheaper_resource_beats_an_earlier_start() -> None:
    board = loaded(two_suites())
    found = [told(board, slot) for slot in cheapest_slots(board, board.instance.cases[0], 5)]
    assert found == [("09:00", 0, ["late"]), ("08:00", 40, ["dear"])]


def test_only_as_many_starts_as_asked_for() -> None:
    board = loaded(two_suites())
    assert len(cheapest_slots(board, board.instance.cases[0], 1)) == 1


def test_one_start_by_itself() -> None:
    board = loaded(two_suites())
    case = board.instance.cases[0]
    assert told(board, cheapest_at(board, case, unit(board, at("08:00")))) == (
        "08:00",
        40,
        ["dear"],
    )
    assert cheapest_at(board, case, unit(board, at("11:00"))) is None


def test_equal_costs_go_to_the_first_ids() -> None:
    # "s-10" comes before "s-2" as text does.
    problem = a_problem([a_case("A")], [a_resource("s-2"), a_resource("s-10")])
    board = loaded(problem)
    assert told(board, cheapest_slots(board, board.instance.cases[0])[0])[2] == ["s-10"]


def test_equal_slots_go_to_the_first_id_whatever_lane_they_share() -> None:
    # a and d share the first lane, c and b the second; at half past nine d and b are open.
    slots = [
        a_resource("a", "slot", available=[between("08:00", "09:00")]),
        a_resource("b", "slot", available=[between("09:00", "10:30")]),
        a_resource("c", "slot", available=[between("08:00", "08:30")]),
        a_resource("d", "slot", available=[between("09:30", "10:30")]),
    ]
    case = a_case("A", need("slot", 30), windows=[between("09:30", "10:00")])
    board = loaded(a_problem([case], slots))
    assert told(board, cheapest_slots(board, board.instance.cases[0])[0]) == ("09:30", 0, ["b"])


def test_ids_are_compared_in_the_order_of_the_needs() -> None:
    # Both orders of x and y would serve; the first role gets the first id.
    problem = a_problem(
        [a_case("A", need("zeta", kind="bay"), need("alpha", kind="bay"))],
        [a_resource("y", "bay"), a_resource("x", "bay")],
    )
    board = loaded(problem)
    assert told(board, cheapest_slots(board, board.instance.cases[0])[0])[2] == ["x", "y"]


def test_one_resource_opened_for_two_needs_is_paid_once() -> None:
    # x for both needs costs 30; x and y would cost 30 + 20.
    needs = need("one", kind="bay"), need("two", kind="bay", offset=60)
    problem = a_problem(
        [a_case("A", *needs)],
        [a_resource("x", "bay", open_cost=30), a_resource("y", "bay", open_cost=20, limit=60)],
    )
    board = loaded(problem)
    assert told(board, cheapest_slots(board, board.instance.cases[0])[0])[1:] == (30, ["x", "x"])


def test_a_case_in_two_suites_costs_its_doctor_a_change() -> None:
    needs = need("suite"), need("annexe", kind="suite", offset=60), need("dr", 120)
    problem = a_problem(
        [a_case("A", *needs)],
        [
            a_resource("s", available=[between("09:00", "10:00")]),
            a_resource("t", available=[between("10:00", "11:00")]),
            a_resource("d", "dr", change_cost=25),
        ],
    )
    board = loaded(problem)
    slot = cheapest_slots(board, board.instance.cases[0])[0]
    assert told(board, slot) == ("09:00", 25, ["s", "t", "d"])


def test_seating_fails_when_one_resource_is_wanted_twice_at_once() -> None:
    problem = a_problem([a_case("A", need("one", kind="bay"))], [a_resource("x", "bay")])
    board = loaded(problem)
    wanted = board.instance.cases[0].needs[0]
    nine, ten = unit(board, at("09:00")), unit(board, at("10:00"))
    assert seat(board, [Demand(wanted, nine), Demand(wanted, nine)]) is None
    assert seat(board, [Demand(wanted, nine), Demand(wanted, ten)]) == (0, 0)


def test_assigning_at_a_start_that_is_not_free_is_refused() -> None:
    board = loaded(two_suites())
    with pytest.raises(SolverError, match="cannot be placed"):
        assign(board, board.instance.cases[0], unit(board, at("12:00")), 0)
