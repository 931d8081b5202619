from typing import Any

import pytest

from models.errors import InputError
from tests.builders import a_case, a_resource, at, between, booked, need
from tests.unit.scenarios.edits.worlds import (
    case,
    edit,
    known,
    pieces,
    practice,
    problem,
    promise,
)

NEW: dict[str, Any] = {"id": "suite-9", "kind": "suite", "tags": ["biplane"]}


def test_a_resource_is_added_on_a_calendar_of_the_site() -> None:
    more = edit("add-resource", resource=NEW | {"calendar": "day"}).on_practice(practice())
    assert more.site.resource_by_id["suite-9"].calendar == "day"


def test_a_resource_is_added_with_hours_of_its_own() -> None:
    given = NEW | {"hours": {"mon": ["09:00-11:00"]}}
    more = edit("add-resource", resource=given).on_practice(practice())
    assert more.site.calendars[more.site.resource_by_id["suite-9"].calendar].weekly.keys() == {
        "mon"
    }


def test_an_added_resource_of_a_planning_file_is_there_on_each_such_weekday() -> None:
    # the horizon is a Monday and a Tuesday: one Monday of 9 to 11
    given = NEW | {"hours": {"mon": ["09:00-11:00"]}}
    more = edit("add-resource", resource=given).on_problem(problem())
    assert pieces(more, "suite-9") == [between("09:00", "11:00")]


@pytest.mark.parametrize("calendar", ["dya", "nothing-like-it"])
def test_an_unknown_calendar_is_refused(calendar: str) -> None:
    wrong = edit("add-resource", resource=NEW | {"calendar": calendar})
    with pytest.raises(InputError, match="there is no calendar"):
        wrong.on_practice(practice())


def test_an_id_that_is_taken_is_refused() -> None:
    taken = edit("add-resource", resource=NEW | {"id": "suite-1", "calendar": "day"})
    with pytest.raises(InputError, match="'suite-1' is used 2 times"):
        taken.on_practice(practice())


def test_a_planning_file_needs_the_hours() -> None:
    with pytest.raises(InputError, match="give the hours"):
        edit("add-resource", resource=NEW | {"calendar": "day"}).on_problem(problem())


def test_a_clone_is_alike_but_for_its_id() -> None:
    more = edit("clone-resource", resource="suite-2", copies=2).on_practice(practice())
    one, two = (more.site.resource_by_id[f"suite-2~{n}"] for n in (1, 2))
    assert one.tags == two.tags == ("fluoroscopy", "biplane")


def test_a_clone_of_a_clone_takes_the_next_free_number() -> None:
    once = edit("clone-resource", resource="suite-2").on_practice(practice())
    twice = edit("clone-resource", resource="suite-2~1").on_practice(once)
    assert "suite-2~2" in twice.site.resource_by_id


def test_a_clone_in_a_planning_file_serves_needs_that_name_the_original() -> None:
    one = a_case("A", need("suite", among=["suite-1"]))
    more = edit("clone-resource", resource="suite-1", names=["suite-9"]).on_problem(problem(one))
    assert more.case_by_id["A"].needs[0].among == ("suite-1", "suite-9")
    assert pieces(more, "suite-9") == pieces(more, "suite-1")


def test_copies_and_names_must_agree() -> None:
    with pytest.raises(ValueError, match="3 copies need as many names, and 2 are given"):
        edit("clone-resource", resource="suite-1", copies=3, names=["a", "b"])


def test_removing_drops_what_is_booked_on_it_and_nothing_else() -> None:
    before = practice(known("A", promise=promise()), known("B"))
    after = edit("remove-resource", resource="suite-2").on_practice(before)
    assert [k.promise for k in after.known] == [None, None]
    assert "suite-2" not in after.site.resource_by_id


def test_a_promise_elsewhere_no_longer_names_what_is_gone() -> None:
    needs = (need("suite"), need("doctor", kind="proceduralist", among=["dr-1", "suite-1"]))
    before = practice(known("A", promise=promise(needs=needs)))
    after = edit("remove-resource", resource="suite-1").on_practice(before)
    kept = after.known[0].promise
    assert kept is not None
    assert kept.needs[1].among == ("dr-1",)


def test_removing_from_a_planning_file_places_its_case_anew() -> None:
    other = a_resource("suite-2")
    promised = booked(at("09:00"), {"suite": "suite-2", "doctor": "dr-1"}, locked=True)
    before = problem(case(booking=promised), resources=(other,))
    after = edit("remove-resource", resource="suite-2").on_problem(before)
    assert after.case_by_id["A"].booking is None


def test_the_last_of_a_kind_cannot_be_removed() -> None:
    with pytest.raises(InputError, match="dr-1 is the last proceduralist"):
        edit("remove-resource", resource="dr-1").on_practice(practice())
    with pytest.raises(InputError, match="dr-1 is the last doctor"):
        edit("remove-resource", resource="dr-1").on_problem(problem())


def test_what_a_case_is_on_at_this_moment_cannot_be_removed() -> None:
    before = practice(known("A", promise=promise("11-23 07:30")))
    with pytest.raises(InputError, match="case A is under way"):
        edit("remove-resource", resource="suite-2").on_practice(before)


SLOTS = [{"id": "arrival", "calendar": "day", "first": "08:00", "last": "10:00"}]


def test_outpatients_are_received_otherwise() -> None:
    change = edit("arrival-slots", per_time=3, every_minutes=20)
    (slots,) = change.on_practice(practice(arrivals=SLOTS)).site.arrivals
    assert (slots.per_time, slots.every_minutes, f"{slots.last:%H:%M}") == (3, 20, "10:00")


def test_arrival_slots_that_cannot_be_are_refused() -> None:
    with pytest.raises(InputError, match="the last time 07:00 lies before the first"):
        edit("arrival-slots", last="07:00").on_practice(practice(arrivals=SLOTS))
    with pytest.raises(InputError, match="no set of arrival slots 'arival'; nearest: arrival"):
        edit("arrival-slots", slots="arival", per_time=1).on_practice(practice(arrivals=SLOTS))


def test_an_unknown_resource_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="there is no resource 'suite-9'; nearest: suite-"):
        edit("remove-resource", resource="suite-9").on_practice(practice())
