"""The smallest single changes that would open a start."""

from datetime import timedelta

import pytest

from models.errors import SolverError
from solver.changes.edits import prove
from solver.compile import compile_problem
from solver.explain import HoursChange, MoveChange, WindowChange, smallest_change
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need


def minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def test_a_case_that_has_starts_needs_no_change() -> None:
    assert smallest_change(a_problem([a_case("A")], [a_resource("s")]), "A") == ()


def test_a_window_that_begins_earlier() -> None:
    # The last hour of the suite begins at 16:00; the window opens at 16:30.
    case = a_case("A", windows=[between("16:30", "17:00")])
    window, hours = smallest_change(a_problem([case], [a_resource("s")]), "A")
    assert window == WindowChange(
        "A", "start", at("16:30"), at("16:00"), minutes(30), at("16:00"),
        "A could start on Mon 23 Nov 16:00 if its window began on Mon 23 Nov 16:00 instead of"
        " Mon 23 Nov 16:30, 30 min earlier",
    )  # fmt: skip
    # The other way: 16:30 to 17:30 needs the suite half an hour longer.
    assert hours == HoursChange(
        "A", "s", "end", at("17:00"), at("17:30"), minutes(30), at("16:30"),
        "A could start on Mon 23 Nov 16:30 if s stayed open until Mon 23 Nov 17:30 instead of"
        " Mon 23 Nov 17:00, 30 min later",
    )  # fmt: skip


def test_a_window_that_ends_later() -> None:
    # To let in 08:00 the window has to reach the tick after it.
    case = a_case("A", windows=[between("06:00", "07:00")])
    (window,) = smallest_change(a_problem([case], [a_resource("s")]), "A")
    assert isinstance(window, WindowChange)
    assert (window.edge, window.new, window.by) == ("end", at("08:15"), minutes(75))


def test_hours_grow_by_an_hour_at_most() -> None:
    # The last start of the window, 06:45, is 75 minutes before the suite opens.
    case = a_case("A", windows=[between("06:00", "07:00")])
    changes = smallest_change(a_problem([case], [a_resource("s")]), "A")
    assert [type(change) for change in changes] == [WindowChange]


def test_equal_hours_go_to_the_earlier_start_then_to_the_id() -> None:
    # s, t and u all lack 15 minutes: t and u before 08:00, s after 17:00.
    case = a_case("A", windows=[between("07:45", "08:00"), between("16:15", "16:30")])
    resources = [
        a_resource("s", available=[between("10:00", "17:00")]),
        a_resource("u", available=[between("08:00", "09:00")]),
        a_resource("t", available=[between("08:00", "09:00")]),
    ]
    found = smallest_change(a_problem([case], resources), "A")
    (hours,) = (change for change in found if isinstance(change, HoursChange))
    assert (hours.resource, hours.edge, hours.opens) == ("t", "start", at("07:45"))


def test_another_booking_moves_as_little_as_it_can() -> None:
    # A must start at 09:00. B, booked then, can go to 10:00; C stays.
    resources = [a_resource("s", available=[between("09:00", "12:00")])]
    cases = [
        a_case("A", windows=[between("09:00", "09:15")]),
        a_case("B", booking=booked(at("09:00"), {"suite": "s"})),
        a_case("C", booking=booked(at("11:00"), {"suite": "s"})),
    ]
    found = smallest_change(a_problem(cases, resources), "A")
    (move,) = (change for change in found if isinstance(change, MoveChange))
    assert move == MoveChange(
        "A", "B", at("09:00"), at("10:00"), {"suite": "s"}, minutes(60), at("09:00"),
        "A could start on Mon 23 Nov 09:00 if B moved to Mon 23 Nov 10:00, 1 h later (suite s)",
    )  # fmt: skip


def test_a_later_start_may_ask_for_a_shorter_move() -> None:
    # A takes 90 minutes. At 09:00 B would go to 10:30, an hour on; at 10:00 to 09:00, half an hour.
    cases = [
        a_case("A", need("suite", 90), windows=[between("09:00", "10:15")]),
        a_case("B", booking=booked(at("09:30"), {"suite": "s"})),
    ]
    resources = [a_resource("s", available=[between("09:00", "12:00")])]
    found = smallest_change(a_problem(cases, resources, tick=30), "A")
    (move,) = (change for change in found if isinstance(change, MoveChange))
    assert (move.by, move.opens, move.new) == (minutes(30), at("10:00"), at("09:00"))


def test_another_booking_may_only_need_another_resource() -> None:
    # A can only have s; B, in s, could as well be in t at the same time.
    cases = [
        a_case("A", need("suite", among=["s"]), windows=[between("09:00", "09:15")]),
        a_case("B", booking=booked(at("09:00"), {"suite": "s"})),
    ]
    found = smallest_change(a_problem(cases, [a_resource("s"), a_resource("t")]), "A")
    (move,) = (change for change in found if isinstance(change, MoveChange))
    assert (move.by, move.assigned) == (minutes(0), {"suite": "t"})
    assert move.sentence == (
        "A could start on Mon 23 Nov 09:00 if B kept Mon 23 Nov 09:00 with other resources"
        " (suite t)"
    )


def test_locked_bookings_are_not_moved() -> None:
    cases = [
        a_case("A", windows=[between("09:00", "09:15")]),
        a_case("B", booking=booked(at("09:00"), {"suite": "s"}, locked=True)),
    ]
    found = smallest_change(a_problem(cases, [a_resource("s")]), "A")
    assert not any(isinstance(change, MoveChange) for change in found)


def test_only_the_start_that_is_asked_for() -> None:
    # A has starts after 10:00, but 09:00 is wanted: B would have to go.
    cases = [a_case("A"), a_case("B", booking=booked(at("09:00"), {"suite": "s"}))]
    problem = a_problem(cases, [a_resource("s")])
    (move,) = smallest_change(problem, "A", at=at("09:00"))
    assert isinstance(move, MoveChange)
    assert move.opens == at("09:00")
    assert smallest_change(problem, "A", at=at("11:00")) == ()
    assert smallest_change(problem, "A", at=at("09:01")) == ()


def test_changes_as_json() -> None:
    case = a_case("A", windows=[between("16:30", "17:00")])
    window, _ = smallest_change(a_problem([case], [a_resource("s")]), "A")
    assert window.as_json() == {
        "case": "A",
        "edge": "start",
        "old": "2026-11-23T16:30:00-06:00",
        "new": "2026-11-23T16:00:00-06:00",
        "by": 30.0,
        "opens": "2026-11-23T16:00:00-06:00",
        "sentence": window.sentence,
    }


def test_a_change_that_opens_nothing_is_never_told() -> None:
    problem = a_problem([a_case("A")], [a_resource("s", available=[])])
    start = compile_problem(problem).frame.start_unit(at("09:00"))
    assert start is not None
    with pytest.raises(SolverError, match="does not open the start"):
        prove(problem, "A", start)
