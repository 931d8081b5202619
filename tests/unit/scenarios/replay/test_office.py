"""A department in memory: what is booked is held, and what a rule forbids is refused."""

from datetime import timedelta

import pytest

from models.errors import RefusedError
from models.patients import Exposure
from scenarios.assumptions import Chance, Durations, Quantiles
from scenarios.practice import OutOfUse
from scenarios.replay.answers import answered, named_hours, questions
from scenarios.replay.draws import Draws
from scenarios.replay.office import Office
from scenarios.replay.phone import ask, offer
from scenarios.replay.proposing import Board
from scenarios.replay.simulate import opened
from tests.contract.department import APIXABAN, NOW, at, patient, referral
from tests.unit.scenarios.replay.departments import RULES, small_practice

UNHEARD_OF = Exposure(drug="unknown drug: bitterwort", known=False)


def office(*drugs: Exposure) -> Office:
    made = Office(small_practice(), RULES)
    made.take_in(patient("pA", *drugs), referral("A", "pA"))
    made.take_in(patient("pB"), referral("B", "pB"))
    return made


def test_what_is_booked_is_held_and_cannot_be_booked_again() -> None:
    made = office()
    best = Board(made).proposals("A", top=1)[0]
    made.book("A", best.start, best.assigned)
    with pytest.raises(RefusedError, match="is held by case A"):
        made.book("B", best.start, best.assigned)
    assert set(made.held) == {"A"}


def test_a_start_within_the_hold_is_refused() -> None:
    made = office(APIXABAN)
    soon = Board(made).proposals("B", top=1)[0]
    with pytest.raises(RefusedError, match="apixaban"):
        made.book("A", soon.start, soon.assigned)


def test_what_was_done_yesterday_is_held_until_its_day_is_past() -> None:
    made = office()
    best = Board(made).proposals("A", top=1)[0]
    made.book("A", best.start, best.assigned)
    made.at(best.start + timedelta(hours=1))
    made.finish("A")
    assert set(made.held) == {"A"}
    made.at(best.start + timedelta(days=3))
    assert made.held == {}


def test_a_closure_troubles_the_bookings_in_it_and_no_others() -> None:
    made = office()
    board = Board(made)
    for case in "AB":
        best = board.proposals(case, top=1)[0]
        made.book(case, best.start, best.assigned)
    suite = made.held["A"].assigned["suite"]
    assert made.held["B"].assigned["suite"] != suite  # at the same time, in the other one
    made.close(OutOfUse(resource=suite, start=NOW, end=NOW + timedelta(days=1)))
    trouble = {case: bool(file.booked and file.booked.trouble) for case, file in made.files.items()}
    assert trouble == {"A": True, "B": False}


def test_the_planned_quantile_is_booked_and_the_catalogue_stays_known() -> None:
    ratio = Quantiles(levels=(0, 1), values=(1.0, 2.0), source="test", evidence="planning")
    durations = Durations(groups=({"key": (), "ratio": ratio, "cases": 0},), planned_quantile=0.5)
    made = Office(small_practice(durations=durations), RULES)
    file = made.take_in(patient("pA"), referral("A", "pA"))
    assert made.minutes_of(file) == (60, 90)  # half-way from once to twice the hour
    suite = next(need for need in made.case_of(file).needs if need.role == "suite")
    assert suite.minutes == 105  # with a quarter of an hour of turnover


def test_an_open_question_is_answered_and_the_patient_booked() -> None:
    world = opened(small_practice(), Draws(1, 0), RULES)
    file = world.office.take_in(patient("pA", UNHEARD_OF), referral("A", "pA"))
    world.enter(file, None)
    assert not offer(world, "A")
    assert [question.asked.kind for question in questions(file)] == ["unknown-drug"]
    decided = answered(file, world.practice.book, world.assumed, world.draws, NOW)
    later = world.office.learn("A", decisions=decided)
    hours = decided[0].hold_hours
    assert hours in named_hours(world.practice.book)  # a figure of a policy, with its source
    assert min(a for a, _ in later.readiness.windows) >= NOW + timedelta(hours=hours)
    assert offer(world, "A")
    ask(world, world.office.files["A"])  # nothing is left to ask


def test_no_day_suits_and_the_best_is_taken() -> None:
    never = Chance(share=0.0, source="test", evidence="planning")
    world = opened(small_practice(accepts_day=never), Draws(1, 0), RULES)
    best = world.board.proposals("C0", top=1)[0]
    assert offer(world, "C0")
    booked = world.office.files["C0"].booked
    assert booked is not None
    assert (booked.start, booked.told_at) == (best.start, NOW)
    assert best.start < at("17:00", day=1)
