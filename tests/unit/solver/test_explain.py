"""Why a case cannot start, in sentences."""

from datetime import datetime

import pytest

from models.errors import NotFoundError
from models.problem import PlanningProblem
from solver.explain import Explanation, Nowhere, Somewhere, explain_at, explain_case
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need


def needs_said(problem: PlanningProblem, instant: datetime) -> list[str]:
    return [reason.sentence for reason in explain_at(problem, "A", instant).needs]


def starts_said(problem: PlanningProblem, instant: datetime) -> dict[str, str]:
    return {reason.kind: reason.sentence for reason in explain_at(problem, "A", instant).starts}


def test_nothing_stands_against_a_candidate_start() -> None:
    found = explain_at(a_problem([a_case("A")], [a_resource("s")]), "A", at("09:00"))
    assert found == Explanation(
        "A", at("09:00"), possible=True, starts=(), needs=(), clashes=(),
        sentence="A can start on Mon 23 Nov 09:00",
    )  # fmt: skip


def test_an_instant_between_ticks() -> None:
    problem = a_problem([a_case("A")], [a_resource("s")])
    assert starts_said(problem, at("09:05")) == {
        "tick": "it is not on a tick of 15 minutes; the nearest are Mon 23 Nov 09:00 and"
        " Mon 23 Nov 09:15"
    }


def test_an_instant_outside_everything() -> None:
    problem = a_problem([a_case("A")], [a_resource("s")], now=at("00:00"))
    assert starts_said(problem, at("23:00", -1)) == {
        "horizon": "it lies outside the horizon, Mon 23 Nov 00:00 to Wed 25 Nov 00:00",
        "window": "it lies in none of the case's windows; the next begins on Mon 23 Nov 08:00",
        "past": "it is before Mon 23 Nov 00:00, when this was frozen",
    }


def test_an_instant_between_windows() -> None:
    case = a_case("A", windows=[between("08:00", "09:00"), between("11:00", "12:00")])
    assert starts_said(a_problem([case], [a_resource("s")]), at("10:00")) == {
        "window": "it lies in none of the case's windows; the last ended on Mon 23 Nov 09:00 and"
        " the next begins on Mon 23 Nov 11:00"
    }


def test_a_locked_booking_elsewhere() -> None:
    case = a_case("A", booking=booked(at("09:00"), {"suite": "s"}, locked=True))
    assert starts_said(a_problem([case], [a_resource("s")]), at("10:00")) == {
        "locked": "its booking on Mon 23 Nov 09:00 is locked"
    }


def test_who_holds_what_a_need_wants() -> None:
    holder = a_case("B", booking=booked(at("09:30"), {"suite": "s"}))
    assert needs_said(a_problem([a_case("A"), holder], [a_resource("s")]), at("09:00")) == [
        (
            "suite: no suite is free from Mon 23 Nov 09:00 to 10:00 (s is taken by B (suite) until"
            " Mon 23 Nov 10:30)"
        )
    ]


def test_a_holder_whose_booking_no_longer_stands() -> None:
    # B was booked for a bay too, which has closed since.
    assigned = {"suite": "s", "bay": "b"}
    holder = a_case("B", need("suite"), need("bay"), booking=booked(at("09:00"), assigned))
    resources = [a_resource("s"), a_resource("b", "bay", available=[])]
    (said,) = needs_said(a_problem([a_case("A"), holder], resources), at("09:00"))
    assert "taken by B (suite) until Mon 23 Nov 10:00, whose booking no longer stands" in said


def test_a_resource_that_is_closed_or_closes() -> None:
    hours = [between("08:00", "09:30")]
    resources = [
        a_resource("s", available=hours),
        a_resource("t", available=[between("10:00", "12:00")]),
        a_resource("u", available=[]),
    ]
    assert needs_said(a_problem([a_case("A")], resources), at("09:00")) == [
        (
            "suite: no suite is free from Mon 23 Nov 09:00 to 10:00 (s closes on Mon 23 Nov 09:30;"
            " t is closed until Mon 23 Nov 10:00; u is closed)"
        )
    ]


def test_many_closed_resources_are_counted_not_listed() -> None:
    resources = [a_resource(name, available=[between("15:00", "16:00")]) for name in "stuv"]
    problem = a_problem([a_case("A")], resources)
    (reason,) = explain_at(problem, "A", at("09:00")).needs
    assert reason.sentence.endswith("(4 are closed)")
    assert [found.resource for found in reason.resources] == ["s", "t", "u", "v"]


def test_a_day_without_minutes_left() -> None:
    holder = a_case("B", booking=booked(at("09:00"), {"suite": "s"}))
    problem = a_problem([a_case("A"), holder], [a_resource("s", limit=100)])
    assert needs_said(problem, at("12:00")) == [
        (
            "suite: no suite is free from Mon 23 Nov 12:00 to 13:00 (s has 60 of 100 minutes taken"
            " on 2026-11-23, and 60 more are wanted)"
        )
    ]


def test_a_need_that_nothing_serves() -> None:
    case = a_case("A", need("suite", tags=["biplane", "bariatric"], among=["s"]))
    problem = a_problem([case], [a_resource("s", tags=["biplane"])])
    assert needs_said(problem, at("09:00")) == [
        "suite: there is no suite with biplane and bariatric among s"
    ]


def test_a_locked_resource_that_no_longer_qualifies() -> None:
    booking = booked(at("09:00"), {"suite": "s"}, locked=True)
    case = a_case("A", need("suite", tags=["biplane"]), booking=booking)
    problem = a_problem([case], [a_resource("s"), a_resource("t", tags=["biplane"])])
    assert needs_said(problem, at("09:00")) == [
        "suite: its locked resource s is no suite with biplane"
    ]


def test_needs_that_get_in_each_others_way() -> None:
    case = a_case("A", need("one", kind="bay"), need("two", kind="bay"))
    found = explain_at(a_problem([case], [a_resource("x", "bay")]), "A", at("09:00"))
    assert not found.needs
    assert [clash.sentence for clash in found.clashes] == [
        (
            "one and two each find a resource but not all at once: x can serve one need at a time,"
            " and only so many minutes a day"
        )
    ]


def test_an_explanation_as_json() -> None:
    holder = a_case("B", booking=booked(at("09:00"), {"suite": "s"}))
    problem = a_problem([a_case("A"), holder], [a_resource("s")])
    found = explain_at(problem, "A", at("09:00")).as_json()
    assert found["at"] == "2026-11-23T09:00:00-06:00"
    assert found["needs"][0]["resources"][0] == {
        "resource": "s",
        "kind": "occupied",
        "sentence": "s is taken by B (suite) until Mon 23 Nov 10:00",
        "case": "B",
        "role": "suite",
        "until": "2026-11-23T10:00:00-06:00",
    }


def test_an_unknown_case_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no case 'Z'"):
        explain_case(a_problem([a_case("A")], [a_resource("s")]), "Z")


def test_a_case_that_has_starts() -> None:
    problem = a_problem([a_case("A", windows=[between("09:00", "10:00")])], [a_resource("s")])
    assert explain_case(problem, "A") == Somewhere(
        "A", 4, at("09:00"), at("09:45"), "A can be placed at 4 starts, the first Mon 23 Nov 09:00"
    )


def nowhere(problem: PlanningProblem) -> list[tuple[str, tuple[str, ...], str]]:
    found = explain_case(problem, "A")
    assert isinstance(found, Nowhere)
    return [(reason.kind, reason.roles, reason.sentence) for reason in found.reasons]


def test_nowhere_because_of_its_windows() -> None:
    suite = [a_resource("s")]
    past = a_case("A", windows=[between("08:00", "09:00")])
    short = a_case("A", windows=[between("09:05", "09:10")])
    assert nowhere(a_problem([a_case("A", windows=[])], suite)) == [
        ("no-start", (), "it has no window")
    ]
    assert nowhere(a_problem([past], suite, now=at("12:00"))) == [
        ("no-start", (), "its last window ended on Mon 23 Nov 09:00")
    ]
    assert nowhere(a_problem([short], suite)) == [
        ("no-start", (), "no tick of 15 minutes from now on lies in its windows")
    ]


def test_nowhere_because_nothing_is_eligible() -> None:
    case = a_case("A", need("suite", tags=["biplane"]), need("ct"))
    assert nowhere(a_problem([case], [a_resource("s")])) == [
        ("none-eligible", ("suite",), "suite: there is no suite with biplane"),
        ("none-eligible", ("ct",), "ct: there is no ct"),
    ]


def test_nowhere_because_everything_is_closed() -> None:
    problem = a_problem([a_case("A")], [a_resource("s", available=[between("18:00", "20:00")])])
    assert nowhere(problem) == [
        ("closed", ("suite",), "suite: no suite is open for 60 minutes at any permitted start")
    ]


def test_nowhere_because_needs_never_meet() -> None:
    # The bay is open at both times; it has nothing to do with it.
    case = a_case("A", need("suite"), need("bay"), need("dr"))
    resources = [
        a_resource("s", available=[between("08:00", "09:00")]),
        a_resource("b", "bay"),
        a_resource("d", "dr", available=[between("09:00", "10:00")]),
    ]
    assert nowhere(a_problem([case], resources)) == [
        ("apart", ("suite", "dr"), "suite and dr can never be served together at a permitted start")
    ]


def test_nowhere_because_all_is_taken() -> None:
    # Starts at 09:00 and 10:00; B holds the suite at both, C the bay at 10:00.
    case = a_case("A", need("suite"), need("bay"), windows=[between("09:00", "11:00")])
    others = [
        a_case("B", need("suite", 120), booking=booked(at("09:00"), {"suite": "s"})),
        a_case("C", need("bay"), booking=booked(at("10:00"), {"bay": "b"})),
    ]
    problem = a_problem([case, *others], [a_resource("s"), a_resource("b", "bay")], tick=60)
    assert nowhere(problem) == [
        (
            "taken",
            ("suite", "bay"),
            (
                "all 2 starts that its windows and opening hours allow are taken: nothing is free"
                " for suite at 2 and bay at 1"
            ),
        )
    ]


def test_nowhere_because_its_locked_booking_does_not_stand() -> None:
    case = a_case("A", booking=booked(at("16:30"), {"suite": "s"}, locked=True))
    ((kind, roles, sentence),) = nowhere(a_problem([case], [a_resource("s")]))
    assert (kind, roles) == ("locked", ("suite",))
    assert "s closes on Mon 23 Nov 17:00" in sentence
