"""The board of what is held answers as the whole problem does."""

from random import Random

import pytest

from models.errors import InputError
from models.problem import Case, PlanningProblem
from solver.held_board import HeldBoard, HeldGround, Holding
from solver.proposals import Proposer
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.strategies import random_problem


def holding(case: Case) -> Holding:
    placement = case.booked_placement
    assert placement is not None
    return Holding(placement, case.needs)


def board_of(problem: PlanningProblem, *holders: str) -> HeldBoard:
    """A board on which some booked cases of a problem are held."""
    needs = [need for case in problem.cases for need in case.needs]
    ground = HeldGround(problem.model_copy(update={"cases": ()}), needs)
    board = ground.empty().changed([], {n: holding(problem.case_by_id[n]) for n in holders})
    assert board is not None
    return board


def two_suites(*cases: Case) -> PlanningProblem:
    """These cases; two suites from 08:00 to 10:00 that cost 40 to open; a doctor for 90 minutes."""
    suites = [
        a_resource(name, available=[between("08:00", "10:00")], open_cost=40) for name in ("s", "t")
    ]
    doctor = a_resource("d", "doctor", limit=90, change_cost=25)
    return a_problem(cases, [*suites, doctor], tick=30)


PAIR = (need("suite"), need("doctor", 30))
WINDOW = [between("08:00", "09:30")]


def asking() -> Case:
    return a_case("A", *PAIR, windows=WINDOW)


def holder(name: str, clock: str, suite: str = "s") -> Case:
    placed = booked(at(clock), {"suite": suite, "doctor": "d"})
    return a_case(name, *PAIR, windows=WINDOW, booking=placed)


def told(board: HeldBoard, problem: PlanningProblem) -> list[tuple[str, int]] | None:
    found = board.propose(problem.now, asking(), top=9)
    return None if found is None else [(f"{p.start:%H:%M}", p.cost) for p in found]


def test_nothing_held_leaves_all_starts() -> None:
    problem = two_suites()
    # A suite of either has to be opened: 40.
    assert told(board_of(problem), problem) == [("08:00", 40), ("08:30", 40), ("09:00", 40)]


def test_a_holding_takes_its_resources_and_opens_its_suite() -> None:
    problem = two_suites(holder("B", "08:00"))
    # 08:00: the doctor is busy. 08:30: t for 40 and 25 for the doctor's change. 09:00: s is open.
    assert told(board_of(problem, "B"), problem) == [("09:00", 0), ("08:30", 65)]


def test_what_has_gone_is_free_again() -> None:
    problem = two_suites(holder("B", "08:00"), holder("C", "09:00"))
    full = board_of(problem, "B", "C")
    freed = full.changed(["B"], {})
    assert freed is not None
    assert told(freed, problem) == told(board_of(problem, "C"), problem)


def test_the_limit_of_a_day_is_counted_and_given_back() -> None:
    # Three times 30 of 90 minutes are held: A finds no doctor until one of them goes.
    names = ("B", "C", "E")
    problem = two_suites(holder("B", "08:00"), holder("C", "09:00"), holder("E", "08:30", "t"))
    full = board_of(problem, *names)
    assert told(full, problem) == []
    freed = full.changed(["C"], {})
    assert freed is not None
    # 09:00: s is open, but the doctor works in both suites already: no further change.
    assert told(freed, problem) == [("09:00", 0)]


def test_a_board_is_never_changed_in_place() -> None:
    problem = two_suites(holder("B", "08:00"))
    board = board_of(problem)
    before = told(board, problem)
    assert board.changed([], {"B": holding(problem.case_by_id["B"])}) is not None
    assert told(board, problem) == before


def test_holdings_on_each_other_cannot_be_told() -> None:
    problem = two_suites(holder("B", "08:00"), holder("C", "08:00"))
    one = board_of(problem, "B")
    assert one.changed([], {"C": holding(problem.case_by_id["C"])}) is None


def test_a_holding_off_the_ticks_cannot_be_told() -> None:
    problem = two_suites(holder("B", "08:10"))
    assert board_of(problem).changed([], {"B": holding(problem.case_by_id["B"])}) is None


def test_a_holding_of_what_is_no_more_cannot_be_told() -> None:
    gone = a_case("B", booking=booked(at("08:00"), {"suite": "z"}))
    assert board_of(two_suites()).changed([], {"B": holding(gone)}) is None


@pytest.mark.parametrize(
    "asked",
    [
        need("suite", 7),  # finer than the ground
        need("suite", 60, offset=-900),  # further back
        need("suite", 900),  # further on
    ],
)
def test_a_need_beyond_the_ground_cannot_be_told(asked: object) -> None:
    problem = two_suites()
    case = a_case("A", asked, windows=WINDOW)  # type: ignore[arg-type]  # a need
    assert board_of(problem).propose(problem.now, case, top=1) is None


def test_a_booking_on_what_is_no_more_cannot_be_told() -> None:
    problem = two_suites()
    case = a_case("A", windows=WINDOW, booking=booked(at("08:00"), {"suite": "z"}))
    assert board_of(problem).propose(problem.now, case, top=1) is None


def test_a_senseless_top_is_refused() -> None:
    with pytest.raises(InputError):
        board_of(two_suites()).propose(at("00:00"), asking(), top=0)


@pytest.mark.parametrize("seed", range(120))
def test_answers_are_those_of_the_whole_problem(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng, cases=5)
    needs = [need for case in problem.cases for need in case.needs]
    board = HeldGround(problem.model_copy(update={"cases": ()}), needs).empty()
    held: list[Case] = []
    for case in problem.cases:
        if case.booking is not None:
            more = board.changed([], {case.id: holding(case)})
            held, board = ([*held, case], more) if more is not None else (held, board)
    if len(held) > 2:
        left = board.changed([held[0].id], {})
        assert left is not None
        held, board = held[1:], left
    for asked in problem.cases:
        if asked in held or (asked.booking is not None and asked.booking.locked):
            continue
        found = board.propose(problem.now, asked, top=50)
        if found is not None:
            whole = problem.model_copy(update={"cases": (asked, *held)})
            assert found == Proposer(whole).propose(asked.id, top=50)
