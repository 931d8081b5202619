"""Bookings lost, moves by the night, late approvals and cost."""

from math import isnan

from models.base import Priority
from scenarios.records import Cause, Outcome
from tests.unit.scenarios.measures.measured import groups, value
from tests.unit.scenarios.runs import at, case, lost, moved, night, run

NO_SHOW = lost(Cause.NO_SHOW, at("08:00", 1), at=at("08:00", 1))
CALLED_OFF = lost(Cause.PATIENT, at("08:00", 3))
EARLIER = lost(Cause.PATIENT, at("08:00", -1))
CASES = (
    case("a", at("08:00", 4), lost=[NO_SHOW, CALLED_OFF]),
    case("b", at("08:00", 2)),
    case("c", outcome=Outcome.CANCELLED, lost=[CALLED_OFF]),
    case("d", lost=[EARLIER]),
)


def test_bookings_lost_in_the_window_by_cause() -> None:
    # a twice, c once; d's was known before the week began
    assert value("cancellations", run(CASES)) == 3.0
    found = groups("cancellations_by_cause", run(CASES))
    assert set(found) == {cause.value for cause in Cause}
    assert {name: n for name, n in found.items() if n} == {"patient": 2.0, "no-show": 1.0}


def test_the_share_lost_is_of_bookings_that_came_to_an_end() -> None:
    # 3 lost, 2 treated
    assert value("cancellation_share", run(CASES)) == 3 / 5
    assert isnan(value("cancellation_share", run()))


def test_given_up_are_cases_that_left_untreated() -> None:
    assert value("given_up", run(CASES)) == 1.0


def test_moves_are_those_of_the_windows_nights() -> None:
    tonight, before = at("02:00", 1), at("02:00", -1)
    there = (at("08:00", 3), at("08:00", 4))
    first = case(
        "a",
        priority=Priority.URGENT,
        age="80 and over",
        moves=[moved(*there, at=tonight, after_stop=True), moved(*there, at=tonight, told=False)],
    )
    second = case("b", moves=[moved(*there, at=before, after_stop=True), moved(*there, at=tonight)])
    found = run((first, second))
    # four moves, one of them before the week; of the three, two were told, one was after the stop
    assert value("moves", found) == 3.0
    assert value("moves_told", found) == 2.0
    assert value("moves_after_stop", found) == 1.0
    assert groups("moves_after_stop_by_priority", found)["urgent"] == 1.0
    assert groups("moves_after_stop_by_age", found) == {"80 and over": 1.0}


def test_late_approvals_are_those_of_the_window() -> None:
    late = [lost(Cause.APPROVAL_LATE, at("08:00", day)) for day in (0, 2, 4)]
    # each is known a day before: the first before the week began
    cases = (case("a", lost=late), case("b", at("08:00"), lost=[late[1], CALLED_OFF]))
    assert value("late_approvals", run(cases)) == 3.0


def test_cost_is_the_mean_of_the_nights_plans() -> None:
    nights = (night(0, after=900), night(1, after=600))
    assert value("cost", run(nights=nights, cost=1)) == 750.0


def test_cost_without_nights_is_that_of_the_last_plan_and_adds_up_over_sites() -> None:
    assert value("cost", run(cost=700), run(cost=300, site="north")) == 1_000.0
