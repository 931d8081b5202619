"""What is shown: slots with reasons, the board, and the data of the instruction sheet."""

from datetime import timedelta

import pytest

from models.errors import NotFoundError, RefusedError
from scheduler.bootstrap import Container
from scheduler.store.engine import Store
from scheduler.views.department import booking_sheet
from solver.explain import Somewhere
from tests.contract.department import (
    APIXABAN,
    at,
    department_at,
    patient,
    referral,
    seats,
    with_cases,
)

TEN = at("10:00", day=1)


def test_why_not_there_names_who_holds_what_it_wants(store: Store) -> None:
    container = with_cases(department_at(store), "A", "B", "C")
    container.book("A", TEN, seats(1, TEN))
    container.book("B", TEN, seats(2, TEN))
    why = container.explain("C", TEN)
    assert not why.possible
    assert why.clinical == ()
    assert "suite" in {reason.role for reason in why.engine.needs}


def test_why_not_there_in_the_words_of_the_rules(store: Store) -> None:
    container = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    why = container.explain("A", TEN)
    assert not why.possible
    assert "apixaban" in why.clinical[0]


def test_a_free_start_has_nothing_against_it(small: Container) -> None:
    assert small.explain("A", TEN).possible
    assert isinstance(small.where("A"), Somewhere)


def test_the_board_has_what_is_booked_and_how_it_stands(store: Store) -> None:
    container = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    with_cases(container, "B")
    start = at("10:00", day=3)
    container.book("A", start, seats(1, start))
    container.book("B", TEN, seats(1, TEN))
    container.close_resource("suite-1", TEN, TEN + timedelta(hours=1), reason="broken")
    board = container.board_data()
    assert {name: place.start for name, place in board.placements.items()} == {
        "A": start,
        "B": TEN,
    }
    assert board.provisional == {"A"}
    assert set(board.troubled) == {"B"}
    assert board.turnover_minutes == {"A": 15, "B": 15}
    assert set(board.readiness) == {"A", "B"}


def test_instructions_are_written_from_the_booking(store: Store) -> None:
    container = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    with pytest.raises(NotFoundError, match="no booking"):
        container.instructions_data("A")
    start = at("10:00", day=3)
    container.book("A", start, seats(1, start))
    data = container.instructions_data("A")
    assert data.booking.held.start == start
    assert [hold.drug for hold in data.readiness.holds] == ["apixaban"]
    assert data.facts.procedure.key == "vertebroplasty-lumbosacral"


def test_a_case_that_was_never_assessed_is_left_aside(store: Store) -> None:
    container = department_at(store)
    container.import_intake([patient()], [referral("A")])
    snapshot = container.problem_now()
    assert snapshot.left_aside == (("A", "the case has not been assessed yet"),)
    assert snapshot.problem.cases == ()
    with pytest.raises(RefusedError, match="not been assessed"):
        _ = container.show_case("A").readiness


def test_a_changed_referral_is_taken_over(small: Container) -> None:
    report = small.import_intake([], [referral("A", "p-A", priority="urgent")])
    assert report.cases_changed == 1
    assert small.show_case("A").referral.priority == "urgent"


def test_a_withdrawn_referral_that_comes_back_is_open_again(small: Container) -> None:
    small.import_intake([], [referral("A", "p-A", active=False)])
    small.import_intake([], [referral("A", "p-A")])
    assert small.show_case("A").record.state == "open"


def test_no_slot_is_offered_that_leaves_no_time_to_prepare(store: Store) -> None:
    # Preparation begins a while before the procedure; nobody can be received in the past.
    now = at("09:00", day=1)
    container = with_cases(department_at(store, now=now), "A")
    offered = container.propose("A", top=1000).proposals
    needs = container.problem_now().problem.case_by_id["A"].needs
    lead = timedelta(minutes=-min(need.offset for need in needs))
    assert lead > timedelta()
    assert min(proposal.start for proposal in offered) >= now + lead


def test_a_start_without_time_to_prepare_is_refused_and_explained(store: Store) -> None:
    container = with_cases(department_at(store, now=at("09:00", day=1)), "A")
    start = at("09:05", day=1)
    assert "which is past" in container.explain("A", start).clinical[0]
    with pytest.raises(RefusedError, match="which is past"):
        container.book("A", start, seats(1, start))


def test_a_booking_stays_when_its_preparation_has_begun(store: Store) -> None:
    with_cases(department_at(store), "A").book("A", TEN, seats(1, TEN))
    later = department_at(store, now=TEN - timedelta(minutes=5))
    assert later.assess_all().troubled == ()
    placed = later.problem_now().problem.case_by_id["A"].booking
    assert placed is not None
    assert placed.start == TEN


def test_nobody_is_told_to_prepare_for_a_booking_that_cannot_stand(store: Store) -> None:
    container = with_cases(department_at(store), "A", facts=patient("p1", APIXABAN))
    start = at("10:00", day=3)
    container.book("A", start, seats(1, start))
    later = department_at(store, now=at("09:00", day=2))
    later.record_missed_hold("A", "apixaban", at("08:00", day=2))
    with pytest.raises(RefusedError, match="can no longer stand"):
        booking_sheet(later.instructions_data("A"))


def test_the_sheet_names_the_time_at_which_a_place_is_kept(store: Store) -> None:
    container = with_cases(department_at(store), "A")
    booking = container.book("A", TEN, seats(1, TEN))
    (kept,) = (span.begin for span in booking.held.spans() if span.role == "arrival")
    sheet = booking_sheet(container.instructions_data("A"))
    assert [line.at for line in sheet.lines if line.key == "arrival"] == [kept]
