"""Moving cases between sites: what goes along, what stays, who can be served."""

from typing import Any

import pytest

from models.patients import PatientFacts
from scenarios.practice import Known, Practice, Promise
from scenarios.running.guests import Guest, can_serve, members, with_guests, without
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need
from tests.unit.models.worlds import local, referral, site

MONDAY = between("08:00", "17:00")


def a_target(**more: Any) -> Any:
    return a_problem([a_case("c")], [a_resource("suite-1"), a_resource("ct-1", "ct")], **more)


def a_known(name: str = "A", **changes: Any) -> Known:
    return Known(patient=PatientFacts(id="pat"), referral=referral(id=name), **changes)


def a_practice(*known: Known, **changes: Any) -> Practice:
    return Practice(site=site(**changes), now=local("11-23 08:00"), known=known)


def test_case_takes_its_windows_within_the_horizon_and_leaves_its_booking() -> None:
    case = a_case(
        "b",
        windows=[MONDAY, between("08:00", "17:00", day=1)],
        booking=booked(at("09:00"), {"suite": "suite-7"}),
    )
    short = a_target(horizon=(at("00:00"), at("12:00", day=1)))
    problem = with_guests(short, [Guest("north", "b", case)])
    added = members(problem)["north/b"]
    assert added.windows == (MONDAY, between("08:00", "12:00", day=1))  # type: ignore[union-attr]  # a case
    assert added.booking is None  # type: ignore[union-attr]  # a case
    assert list(members(problem)) == ["c", "north/b"]


@pytest.mark.parametrize(
    ("case", "served"),
    [
        (a_case("b", need("suite"), need("ct")), True),
        (a_case("b", need("suite"), need("bay")), False),  # no such kind
        (a_case("b", need("suite", tags=["biplane"])), False),  # no such tag
        (a_case("b", need("suite", among=["suite-1"])), False),  # names its own site's suite
        (a_case("b", mandatory=True), False),  # a must at home
        (a_case("b", windows=[between("08:00", "09:00", day=9)]), False),  # after the horizon
    ],
)
def test_planning_problem_serves_whose_kinds_and_tags_it_has(case: Any, *, served: bool) -> None:
    assert can_serve(a_target(), Guest("north", "b", case)) is served


def test_cases_are_taken_out_by_id() -> None:
    assert list(members(without(a_target(), ["c", "absent"]))) == []
    practice = a_practice(a_known("A"), a_known("B"))
    assert list(members(without(practice, ["A"]))) == ["B"]


def test_known_takes_its_facts_and_leaves_its_promise_and_its_way() -> None:
    promise = Promise(
        start=local("11-24 09:00"), assigned={}, needs=(), placed_at=local("11-23 08:00")
    )
    guest = Guest("north", "A", a_known(promise=promise, distance_km=12))
    practice = with_guests(a_practice(a_known("A")), [guest])
    added = members(practice)["north/A"]
    assert added == a_known("north/A")


def test_referrals_go_on_being_made_where_they_were() -> None:
    home = a_practice(a_known("A"), a_known("B"))
    moved = with_guests(without(home, ["A"]), [Guest("north", "C", a_known("C"))])
    assert list(members(moved)) == ["B", "north/C"]
    assert moved.sources == home.known


@pytest.mark.parametrize(
    ("changes", "sent", "served"),
    [
        ({}, {}, True),
        ({}, {"code": "00000"}, False),  # no procedure of ours
        ({"enabled": ["kyphoplasty-thoracic"]}, {}, False),  # not offered there
        ({"resources": [{"id": "s", "kind": "suite", "calendar": "day"}]}, {}, False),  # no tags
        ({}, {"priority": "whenever"}, False),
    ],
)
def test_practice_serves_what_it_offers(
    changes: dict[str, Any], sent: dict[str, Any], *, served: bool
) -> None:
    known = Known(patient=PatientFacts(id="pat"), referral=referral(**sent))
    assert can_serve(a_practice(**changes), Guest("north", "A", known)) is served


def test_facts_and_cases_do_not_mix() -> None:
    assert not can_serve(a_practice(), Guest("north", "b", a_case("b")))
    assert not can_serve(a_target(), Guest("north", "A", a_known()))
