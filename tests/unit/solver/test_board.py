"""The board: candidate starts, placing and removing, what a day adds to the cost."""

from datetime import datetime

import pytest

from models.errors import SolverError
from models.problem import PlanningProblem
from solver.bitrow import bits
from solver.board import Board
from solver.compile import compile_problem
from solver.instance import CaseForm
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need


def empty_board(problem: PlanningProblem) -> Board:
    return Board(compile_problem(problem))


def form(board: Board, name: str) -> CaseForm:
    return board.instance.cases[board.instance.case_index[name]]


def index(board: Board, *names: str) -> list[int]:
    return [board.instance.resource_index[name] for name in names]


def unit(board: Board, instant: datetime) -> int:
    found = board.instance.frame.start_unit(instant)
    assert found is not None
    return found


def clocks(board: Board, starts: int) -> list[str]:
    return [f"{board.instance.frame.instant(start):%H:%M}" for start in bits(starts)]


def test_a_case_fits_where_all_its_needs_do() -> None:
    # The suite allows 09:00-10:00; the bay, from 30 minutes before, is open from 09:00 on.
    problem = a_problem(
        [a_case("A", need("suite", 60), need("bay", 30, offset=-30))],
        [
            a_resource("s", available=[between("09:00", "11:00")]),
            a_resource("b", "bay", available=[between("09:00", "12:00")]),
        ],
        tick=30,
    )
    board = empty_board(problem)
    assert clocks(board, board.candidate_starts(form(board, "A"))) == ["09:30", "10:00"]


def test_a_placement_takes_its_time_and_gives_it_back() -> None:
    window = [between("09:00", "11:00")]
    problem = a_problem(
        [a_case("A", windows=window), a_case("B", windows=window)], [a_resource("s")], tick=30
    )
    board = empty_board(problem)
    a, b = form(board, "A"), form(board, "B")
    board.place(a, unit(board, at("10:00")), index(board, "s"))
    assert clocks(board, board.candidate_starts(b)) == ["09:00"]
    board.remove(a)
    assert clocks(board, board.candidate_starts(b)) == ["09:00", "09:30", "10:00", "10:30"]


def test_two_needs_at_once_want_two_resources() -> None:
    # Both bays are open from 10:00 only.
    problem = a_problem(
        [a_case("A", need("one", kind="bay"), need("two", kind="bay"))],
        [
            a_resource("x", "bay", available=[between("08:00", "12:00")]),
            a_resource("y", "bay", available=[between("10:00", "12:00")]),
        ],
        tick=60,
    )
    board = empty_board(problem)
    assert clocks(board, board.candidate_starts(form(board, "A"))) == ["10:00", "11:00"]


def test_the_choice_of_one_need_may_have_to_give_way_to_another() -> None:
    # "any" would take x first, but "tagged" can only have x.
    problem = a_problem(
        [a_case("A", need("any", kind="bay"), need("tagged", kind="bay", tags=["wide"]))],
        [a_resource("x", "bay", tags=["wide"]), a_resource("y", "bay")],
        tick=60,
    )
    board = empty_board(problem)
    assert board.candidate_starts(form(board, "A"))


def test_daily_minutes_count_both_needs_of_a_case() -> None:
    # 60 + 60 > 100 minutes, so the one doctor cannot serve both; either alone would do.
    needs = need("first", kind="dr"), need("second", kind="dr", offset=120)
    problem = a_problem(
        [a_case("A", *needs), a_case("B", needs[0])], [a_resource("d", "dr", limit=100)]
    )
    board = empty_board(problem)
    assert not board.candidate_starts(form(board, "A"))
    assert board.candidate_starts(form(board, "B"))


def test_daily_minutes_of_two_days_do_not_add_up() -> None:
    # 23:00 on Monday and 00:00 on Tuesday are two days of 60 minutes each.
    hours = [(at("23:00"), at("03:00", 1))]
    needs = need("first", kind="dr"), need("second", kind="dr", offset=60)
    problem = a_problem(
        [a_case("A", *needs, windows=hours)],
        [a_resource("d", "dr", available=hours, limit=100)],
        tick=60,
    )
    board = empty_board(problem)
    assert clocks(board, board.candidate_starts(form(board, "A"))) == ["23:00"]


def test_the_day_of_a_need_is_the_day_on_which_it_begins() -> None:
    # The need runs from 23:30 to 00:30 and counts on Monday, which has no minutes left.
    hours = [(at("23:30"), at("02:00", 1))]
    problem = a_problem(
        [a_case("A", windows=hours)],
        [a_resource("s", available=hours, limit={at("12:00").date(): 30})],
        tick=30,
    )
    board = empty_board(problem)
    found = clocks(board, board.candidate_starts(form(board, "A")))
    assert found == ["00:00", "00:30", "01:00"]


def test_a_day_at_its_limit_is_open_again_when_a_placement_goes() -> None:
    window = [between("09:00", "10:00"), between("13:00", "14:00")]
    problem = a_problem(
        [a_case("A", windows=window), a_case("B", windows=window)],
        [a_resource("s", limit=60)],
        tick=60,
    )
    board = empty_board(problem)
    a, b = form(board, "A"), form(board, "B")
    board.place(a, unit(board, at("09:00")), index(board, "s"))
    assert not board.candidate_starts(b)
    board.remove(a)
    assert clocks(board, board.candidate_starts(b)) == ["09:00", "13:00"]


def test_a_booking_that_no_longer_stands_still_holds_its_time() -> None:
    # A was booked for 09:00-10:00; the suite now opens at 09:30. A keeps 09:30-10:00.
    problem = a_problem(
        [
            a_case("A", booking=booked(at("09:00"), {"suite": "s"})),
            a_case("B", need("suite", 30), windows=[between("09:00", "10:30")]),
        ],
        [a_resource("s", available=[between("09:30", "12:00")])],
        tick=30,
    )
    board = Board.of_bookings(compile_problem(problem))
    assert clocks(board, board.candidate_starts(form(board, "B"))) == ["10:00"]


def test_a_booking_off_the_grid_holds_every_unit_it_touches() -> None:
    # 09:05-09:35 touches the half hours from 09:00 and from 09:30.
    case = a_case("B", need("suite", 30), windows=[between("08:30", "10:30")])
    booking = booked(at("09:05"), {"suite": "s"})
    problem = a_problem(
        [a_case("A", need("suite", 30), booking=booking), case], [a_resource("s")], tick=30
    )
    board = Board.of_bookings(compile_problem(problem))
    assert clocks(board, board.candidate_starts(form(board, "B"))) == ["08:30", "10:00"]


def test_time_held_twice_is_free_when_both_have_gone() -> None:
    # A and B were both booked on the one suite, 09:00-10:00 and 09:30-10:30.
    problem = a_problem(
        [
            a_case("A", booking=booked(at("09:00"), {"suite": "s"})),
            a_case("B", booking=booked(at("09:30"), {"suite": "s"})),
            a_case("C", need("suite", 30), windows=[between("09:00", "11:00")]),
        ],
        [a_resource("s")],
        tick=30,
    )
    board = Board.of_bookings(compile_problem(problem))
    c = form(board, "C")
    assert clocks(board, board.candidate_starts(c)) == ["10:30"]
    board.remove(form(board, "A"))
    assert clocks(board, board.candidate_starts(c)) == ["09:00", "10:30"]
    board.remove(form(board, "B"))
    assert clocks(board, board.candidate_starts(c)) == ["09:00", "09:30", "10:00", "10:30"]


def test_a_resource_is_opened_once_a_day() -> None:
    problem = a_problem([a_case("A"), a_case("B")], [a_resource("s", open_cost=40)])
    board = empty_board(problem)
    a, b, (s,) = form(board, "A"), form(board, "B"), index(board, "s")
    nine, ten = unit(board, at("09:00")), unit(board, at("10:00"))
    assert board.added_prices(a, nine, [s]) == (40, 0)
    board.place(b, ten, [s])
    assert board.added_prices(a, nine, [s]) == (0, 0)


def test_each_further_suite_of_a_doctor_costs_a_change() -> None:
    # The doctor works in s for B; s again is free, t costs 25.
    needs = need("suite"), need("dr")
    resources = [a_resource("s"), a_resource("t"), a_resource("d", "dr", change_cost=25)]
    board = empty_board(a_problem([a_case("A", *needs), a_case("B", *needs)], resources))
    a, b = form(board, "A"), form(board, "B")
    s, t, d = index(board, "s", "t", "d")
    board.place(b, unit(board, at("09:00")), [s, d])
    ten = unit(board, at("10:00"))
    assert board.added_prices(a, ten, [s, d]) == (0, 0)
    assert board.added_prices(a, ten, [t, d]) == (0, 25)


def test_a_case_on_the_board_has_no_starts_to_ask_for() -> None:
    board = empty_board(a_problem([a_case("A")], [a_resource("s")]))
    a = form(board, "A")
    board.place(a, unit(board, at("09:00")), index(board, "s"))
    with pytest.raises(SolverError, match="remove it first"):
        board.candidate_starts(a)
    with pytest.raises(SolverError, match="on the board already"):
        board.place(a, unit(board, at("11:00")), index(board, "s"))


def test_a_case_off_the_board_cannot_be_removed() -> None:
    board = empty_board(a_problem([a_case("A")], [a_resource("s")]))
    with pytest.raises(SolverError, match="not on the board"):
        board.remove(form(board, "A"))


def test_a_case_without_a_booking_cannot_be_held() -> None:
    board = empty_board(a_problem([a_case("A")], [a_resource("s")]))
    with pytest.raises(SolverError, match="has no booking"):
        board.hold_booking(form(board, "A"))
