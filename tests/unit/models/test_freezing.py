from datetime import date, datetime, timedelta
from typing import Any

import pytest

from models.checks.feasibility import find_violations
from models.errors import InputError
from models.freezing import freeze, planning_resources
from models.plan import Plan
from models.problem import Case, PlanningProblem, dump_problem, parse_problem
from models.windows import WindowSet
from tests.unit.models.worlds import FakeRules, local, site

NOW = local("11-23 09:00")
NEEDS = [
    {"role": "suite", "kind": "suite", "from": 0, "minutes": 60},
    {"role": "bay", "kind": "bay", "from": 60, "minutes": 60},
]


def case(name: str = "A", **changes: Any) -> Case:
    whole = {
        "id": name,
        "priority": "routine",
        "release": NOW,
        "windows": [[NOW, local("12-21 09:00")]],
        "needs": NEEDS,
    }
    return Case.model_validate(whole | changes)


def booked(start: datetime, name: str = "A", bay: str = "bay-1", **changes: Any) -> Case:
    assigned = {"suite": "suite-1", "bay": bay}
    locked = changes.pop("locked", False)
    booking = {"start": start, "assigned": assigned, "locked": locked}
    return case(name, booking=booking, **changes)


def frozen(
    *cases: Case, now: datetime = NOW, closed: Any = None, **changes: Any
) -> PlanningProblem:
    made = site(horizon_days=7, **changes)
    return freeze(made, cases, now, FakeRules(), closures=closed or {})


def locks(problem: PlanningProblem) -> dict[str, bool]:
    return {c.id: c.booking.locked for c in problem.cases if c.booking}


def assert_kept_plan_stands(problem: PlanningProblem) -> None:
    kept = [c.booked_placement for c in problem.cases if c.booking and c.booking.locked]
    plan = Plan(placements=tuple(p for p in kept if p))
    assert find_violations(problem, plan) == []


def test_the_horizon_begins_at_local_midnight() -> None:
    found = frozen()
    assert found.horizon.start.isoformat() == "2026-11-23T00:00:00-06:00"
    assert found.horizon.end.isoformat() == "2026-11-30T00:00:00-06:00"
    assert found.now == NOW


def test_a_frozen_problem_is_written_and_read_alike() -> None:
    found = frozen(case(), booked(local("11-24 09:00"), "B"))
    assert parse_problem(dump_problem(found), place="x") == found


def test_resources_are_open_by_their_calendars() -> None:
    suite = frozen().resource_by_id["suite-1"]
    assert suite.available[0] == (local("11-23 08:00"), local("11-23 12:00"))
    assert len(suite.available) == 5
    assert suite.available[0][0].isoformat() == "2026-11-23T08:00:00-06:00"


def test_closures_of_the_moment_are_cut_out() -> None:
    closed = {"suite-1": WindowSet.between(local("11-23 10:00"), local("11-24 09:00"))}
    suite = frozen(closed=closed).resource_by_id["suite-1"]
    assert suite.available[:2] == (
        (local("11-23 08:00"), local("11-23 10:00")),
        (local("11-24 09:00"), local("11-24 12:00")),
    )


def test_public_holidays_come_from_the_rules() -> None:
    made = site(holidays={"country": "US"}, horizon_days=7)
    span = made.horizon(NOW)
    rules = FakeRules(frozenset({date(2026, 11, 26)}))
    found = {r.id: r for r in planning_resources(made, span, rules)}
    # Monday to Friday less Thursday
    assert len(found["suite-1"].available) == 4


def test_arrival_slots_are_resources_and_can_be_closed() -> None:
    slots = [{"calendar": "day", "first": "08:00", "last": "08:30"}]
    closed = {"arrival": WindowSet.between(local("11-23 00:00"), local("11-27 00:00"))}
    found = frozen(arrivals=slots, closed=closed)
    # the closed days leave Friday's two
    names = [name for name in found.resource_by_id if name.startswith("arrival")]
    assert names == ["arrival-2026-11-27-0800-1", "arrival-2026-11-27-0830-1"]


def test_windows_are_cut_to_the_horizon() -> None:
    assert frozen(case()).cases[0].windows == ((NOW, local("11-30 00:00")),)


def test_cases_are_sorted_by_id() -> None:
    assert [c.id for c in frozen(case("B"), case("A")).cases] == ["A", "B"]


def test_what_begins_soon_is_locked() -> None:
    # 24 hours: 08:55 tomorrow is within, 09:00 is not
    found = frozen(booked(local("11-24 08:55")), booked(local("11-24 09:00"), "B", windows=[]))
    assert locks(found) == {"A": True, "B": False}
    found = frozen(booked(local("11-24 09:00")))
    assert locks(found) == {"A": False}


def test_a_lock_of_a_person_is_kept() -> None:
    found = frozen(booked(local("11-26 09:00"), locked=True))
    assert locks(found) == {"A": True}
    assert_kept_plan_stands(found)


def test_a_lock_opens_when_the_window_has_gone() -> None:
    late = [[local("11-25 08:00"), local("11-26 08:00")]]
    found = frozen(booked(local("11-24 08:00"), windows=late, locked=True))
    assert locks(found) == {"A": False}


@pytest.mark.parametrize("resource", ["suite-1", "bay-1"])
def test_a_lock_opens_when_a_resource_has_gone(resource: str) -> None:
    closed = {resource: WindowSet.between(local("11-24 09:00"), local("11-24 09:05"))}
    # the suite is needed from 08:00 to 09:00, the bay from 09:00 to 10:00
    found = frozen(booked(local("11-24 08:00"), locked=True), closed=closed)
    assert locks(found) == {"A": resource == "suite-1"}


def test_a_lock_opens_when_its_resource_will_no_longer_do() -> None:
    biplane = [NEEDS[0] | {"tags": ["biplane"]}, NEEDS[1]]
    found = frozen(booked(local("11-24 09:00"), needs=biplane, locked=True))
    assert locks(found) == {"A": False}


def test_of_two_bookings_that_collide_the_one_a_person_locked_is_kept() -> None:
    # 08:00-09:00 and 08:55-09:55 in the same suite, as after a procedure has become longer
    first = booked(local("11-24 08:00"))
    second = booked(local("11-24 08:55"), "B", bay="bay-2", locked=True)
    found = frozen(first, second)
    assert locks(found) == {"A": False, "B": True}
    assert_kept_plan_stands(found)


def test_of_two_bookings_that_collide_the_earlier_is_kept() -> None:
    found = frozen(booked(local("11-24 08:30"), "A", "bay-2"), booked(local("11-24 08:00"), "B"))
    assert locks(found) == {"A": False, "B": True}


def test_bookings_that_touch_are_both_locked() -> None:
    later = booked(local("11-24 09:00"), "B", "bay-2", locked=True)
    found = frozen(booked(local("11-24 08:00")), later)
    assert locks(found) == {"A": True, "B": True}
    assert_kept_plan_stands(found)


@pytest.mark.parametrize(("limit", "both"), [(120, True), (119, False)])
def test_locks_keep_within_a_daily_limit(limit: int, *, both: bool) -> None:
    resources = [r.model_dump() for r in site().resources]
    resources[0]["minutes_per_day"] = limit
    found = frozen(
        booked(local("11-24 08:00"), locked=True),
        booked(local("11-24 10:00"), "B", locked=True),
        resources=resources,
    )
    # an hour each in the suite
    assert locks(found) == {"A": True, "B": both}
    assert_kept_plan_stands(found)


def test_what_has_begun_needs_no_tag_any_more() -> None:
    biplane = [NEEDS[0] | {"tags": ["biplane"]}, NEEDS[1]]
    found = frozen(booked(local("11-23 08:30"), needs=biplane))
    assert_kept_plan_stands(found)


def test_what_has_begun_stays_whatever_is_open() -> None:
    closed = {"suite-1": WindowSet.between(local("11-23 00:00"), local("11-24 00:00"))}
    found = frozen(booked(local("11-23 08:30")), closed=closed)
    assert locks(found) == {"A": True}
    assert_kept_plan_stands(found)


def test_what_has_begun_may_lie_outside_its_windows() -> None:
    # the windows of today's assessment begin now, the case began at 08:30
    found = frozen(booked(local("11-23 08:30")))
    assert found.cases[0].windows[0] == (local("11-23 08:30"), local("11-23 08:35"))


def test_what_begins_now_has_not_begun() -> None:
    found = frozen(booked(NOW, windows=[]))
    assert locks(found) == {"A": False}


def test_a_booking_of_yesterday_is_refused() -> None:
    with pytest.raises(
        InputError, match=r"case A: its booking of .* lies before the horizon; mark"
    ):
        frozen(booked(NOW - timedelta(days=1)))


def test_a_booking_on_an_unknown_resource_is_refused() -> None:
    said = "site clinic: case A: its booking gives 'bay' the unknown resource 'bay-9'"
    with pytest.raises(InputError, match=said):
        frozen(booked(local("11-24 09:00"), bay="bay-9"))


def test_a_day_with_a_clock_change_is_frozen_whole() -> None:
    found = frozen(now=local("10-31 12:00"))
    # 7 days and the hour that 1 November repeats, of 12 ticks an hour
    assert found.grid.ticks == (7 * 24 + 1) * 12
