"""Proposals on random small problems, against brute force judged by the independent checks."""

from hypothesis import given, settings

from models.problem import PlanningProblem
from solver.board import Board
from solver.compile import compile_problem
from solver.proposals import Proposer
from solver.slots import cheapest_slots
from tests import oracle
from tests.strategies import small_problems


def every_proposal(proposer: Proposer, case_id: str) -> list[oracle.Answer]:
    needs = proposer.instance.problem.case_by_id[case_id].needs
    return [
        oracle.Answer(found.cost, found.start, tuple(found.assigned[n.role] for n in needs))
        for found in proposer.propose(case_id, top=1_000)
    ]


@settings(max_examples=120, deadline=None)
@given(problem=small_problems())
def test_starts_costs_order_and_resources_equal_brute_force(problem: PlanningProblem) -> None:
    proposer = Proposer(problem)
    for case in problem.cases:
        assert every_proposal(proposer, case.id) == oracle.proposals(problem, case.id)


@settings(max_examples=100, deadline=None)
@given(problem=small_problems())
def test_fewer_proposals_are_the_first_of_all(problem: PlanningProblem) -> None:
    proposer = Proposer(problem)
    for case in problem.cases:
        everything = proposer.propose(case.id, top=1_000)
        assert proposer.propose(case.id, top=3) == everything[:3]


@settings(max_examples=100, deadline=None)
@given(problem=small_problems())
def test_the_terms_add_up_to_the_cost(problem: PlanningProblem) -> None:
    proposer = Proposer(problem)
    for case in problem.cases:
        for found in proposer.propose(case.id):
            terms = found.as_json()["terms"]
            assert sum(terms.values()) == found.cost


@settings(max_examples=100, deadline=None)
@given(problem=small_problems())
def test_placing_and_removing_leaves_the_board_as_it_was(problem: PlanningProblem) -> None:
    board, same = (Board.of_bookings(compile_problem(problem)) for _ in range(2))
    for case in board.instance.cases:
        if board.placed[case.index] is not None:
            continue
        for slot in cheapest_slots(board, case, 3):
            board.place(case, slot.start, slot.assigned)
            board.remove(case)
    for case in board.instance.cases:
        if case.booked is not None:
            board.put_back(case, board.remove(case))
    assert board.rows == same.rows
    assert board.minutes == same.minutes
    assert board.opened == same.opened
    assert board.met == same.met
