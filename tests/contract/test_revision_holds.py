"""Nobody is moved who has stopped a drug for the time they were told, unless it cannot stand."""

from datetime import timedelta

import pytest

from models.errors import StaleError
from models.plan import Placement
from scheduler.bootstrap import Container
from scheduler.records import RevisionState
from scheduler.services.revisions import kept_moves
from scheduler.store.engine import Store
from tests.contract import searches
from tests.contract.department import (
    APIXABAN,
    at,
    at_hour,
    department_at,
    patient,
    seats,
    with_cases,
)
from tests.contract.test_revisions import FRIDAY, accept, proposed, starts


def told_of_apixaban(store: Store) -> Container:
    """A is told Friday at one and stops apixaban on Wednesday; the night would have it on Monday.

    Four doses are skipped: the last is taken on Wednesday at 08:00 at the latest.
    """
    later = at("13:00", 7)
    place = Placement(case="A", start=later, assigned=seats(1, later))
    container = with_cases(
        department_at(store, search=searches.to_these({"A": place})),
        "A",
        facts=patient("p1", APIXABAN),
    )
    container.book("A", FRIDAY, seats(1, FRIDAY))
    container.tell("A")
    return container


def test_a_hold_begun_since_for_the_time_told_is_not_wasted(store: Store) -> None:
    container = told_of_apixaban(store)
    container.night(apply=False)
    assert [move.stage for move in kept_moves(proposed(container)).moves] == ["planned"]
    wednesday = at_hour(container, at("20:30", 2))
    with pytest.raises(StaleError, match="has stopped a drug for the time they were told"):
        accept(wednesday)
    assert starts(wednesday) == {"A": FRIDAY}


def test_before_the_hold_begins_the_move_is_made(store: Store) -> None:
    container = told_of_apixaban(store)
    container.night(apply=False)
    assert accept(container).state == RevisionState.APPLIED


def test_the_night_moves_nobody_whose_hold_has_begun_for_the_time_told(store: Store) -> None:
    wednesday = at_hour(told_of_apixaban(store), at("20:30", 2))
    wednesday.assess_all()
    case = wednesday.problem_now().problem.case_by_id["A"]
    assert case.booking is not None
    assert case.booking.locked
    assert case.windows == ((FRIDAY, FRIDAY + timedelta(minutes=5)),)


def test_the_night_moves_even_them_when_the_booking_cannot_stand(store: Store) -> None:
    wednesday = at_hour(told_of_apixaban(store), at("20:30", 2))
    wednesday.close_resource("suite-1", at("06:00", 4), at("20:00", 4), reason="broken")
    report = wednesday.night(apply=True)
    assert [(move.case, move.forced) for move in report.moves.moves] == [("A", True)]
    assert starts(wednesday) == {"A": at("13:00", 7)}
