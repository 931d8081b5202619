from typing import Any

import pytest

from models.calendars import open_windows
from models.errors import InputError
from models.windows import Window, WindowSet
from scenarios.practice import Practice
from tests.builders import a_case, a_resource, at, between, booked, need
from tests.unit.models.worlds import dates, local
from tests.unit.scenarios.edits.worlds import case, edit, hours, pieces, practice, problem

SUITE = {"resources": "suite-1"}


def there(found: Practice, name: str, day: str) -> WindowSet:
    """When a resource is there on a day of November."""
    resource = found.site.resource_by_id[name]
    calendar = resource.own_calendar(found.site.calendars[resource.calendar])
    span = Window(local(f"{day} 00:00"), local(f"{day} 23:59"))
    return open_windows(calendar, span, dates())


def test_only_the_weekdays_named_of_the_resource_named_change() -> None:
    after = edit("change-hours", **SUITE, hours={"tue": ["08:00-19:00"]}).on_practice(practice())
    assert hours(after, "suite-1", "tue") == ["08:00-19:00"]
    assert hours(after, "suite-1", "wed") == ["08:00-12:00"]
    assert hours(after, "suite-2", "tue") == ["08:00-12:00"]


def test_a_calendar_changes_for_all_who_follow_it() -> None:
    after = edit("change-hours", calendar="day", hours={"tue": []}).on_practice(practice())
    assert hours(after, "suite-1", "tue") == hours(after, "dr-1", "tue") == []


def test_all_of_a_kind_with_a_tag_change() -> None:
    chosen = edit("change-hours", of_kind="suite", with_tags="biplane", days="mon-thu")
    after = chosen.on_practice(practice())
    assert hours(after, "suite-2", "fri") == []
    assert hours(after, "suite-1", "fri") == ["08:00-12:00"]


def test_breaks_are_cut_out() -> None:
    after = edit("change-hours", **SUITE, breaks={"mon": ["10:00-11:00"]}).on_practice(practice())
    # 08:00-12:00 less an hour
    assert there(after, "suite-1", "11-23") == WindowSet(
        [
            Window(local("11-23 08:00"), local("11-23 10:00")),
            Window(local("11-23 11:00"), local("11-23 12:00")),
        ]
    )


def test_changing_the_same_resource_twice_adds_one_calendar() -> None:
    once = edit("change-hours", **SUITE, hours={"tue": []}).on_practice(practice())
    twice = edit("change-hours", **SUITE, hours={"wed": []}).on_practice(once)
    assert len(twice.site.calendars) == len(practice().site.calendars) + 1


def test_hours_of_a_planning_file_replace_the_day() -> None:
    given: dict[str, Any] = {"hours": {"mon": ["07:00-12:00"]}, "breaks": {"mon": ["09:00-10:00"]}}
    after = edit("change-hours", **SUITE, **given).on_problem(problem())
    assert pieces(after, "suite-1") == [between("07:00", "09:00"), between("10:00", "12:00")]
    assert pieces(after, "dr-1") == [between("08:00", "17:00")]


def test_a_day_on_which_the_resource_is_away_stays_so() -> None:
    # two Mondays; the resource is away on the second: eight days of horizon
    long = problem(horizon=(at("00:00"), at("00:00", day=8)))
    after = edit("change-hours", **SUITE, hours={"mon": ["07:00-12:00"]}).on_problem(long)
    assert pieces(after, "suite-1") == [between("07:00", "12:00")]


def test_days_left_out_of_the_working_days_are_closed() -> None:
    after = edit("change-hours", **SUITE, days="tue").on_problem(problem())
    assert pieces(after, "suite-1") == []


def test_a_case_under_way_keeps_what_it_uses() -> None:
    # it began at 08:00 for an hour, and it is 08:30: the suite is there until 9
    running = case(booking=booked(at("08:00"), {"suite": "suite-1", "doctor": "dr-1"}))
    before = problem(running, now=at("08:30"))
    after = edit("change-hours", **SUITE, days="tue").on_problem(before)
    assert pieces(after, "suite-1") == [between("08:00", "09:00")]


def test_a_lock_that_can_no_longer_stand_is_opened() -> None:
    fixed = booked(at("09:00"), {"suite": "suite-1", "doctor": "dr-1"}, locked=True)
    after = edit("change-hours", **SUITE, days="tue").on_problem(problem(case(booking=fixed)))
    kept = after.case_by_id["A"].booking
    assert kept is not None
    assert not kept.locked


def test_a_lock_that_was_broken_before_is_left_alone() -> None:
    fixed = booked(at("18:00"), {"suite": "suite-1"}, locked=True)
    before = problem(a_case("A", need("suite"), booking=fixed))
    after = edit("change-hours", resources="dr-1", days="tue").on_problem(before)
    assert after.case_by_id == before.case_by_id


def test_a_planning_file_has_no_calendars() -> None:
    with pytest.raises(InputError, match="name resources"):
        edit("change-hours", calendar="day", days="tue").on_problem(problem())


@pytest.mark.parametrize(
    ("members", "fault"),
    [
        ({"days": "tue"}, "give one of calendar, resources and of_kind"),
        ({"calendar": "day", "resources": "suite-1", "days": "tue"}, "give one of calendar"),
        ({"resources": "suite-1"}, "give hours, breaks or days"),
        ({"resources": "suite-1", "with_tags": "x", "days": "tue"}, "with_tags narrows of_kind"),
        ({"resources": ["suite-1", "suite-1"], "days": "tue"}, "'suite-1' is named twice"),
        ({"calendar": "day", "days": "someday"}, "'someday' is not a weekday"),
    ],
)
def test_an_edit_that_says_too_little_or_too_much_is_refused(
    members: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        edit("change-hours", **members)


def test_a_closure_is_cut_out_of_one_resource() -> None:
    span = {"first_day": "2026-11-24"}
    after = edit("close", **SUITE, span=span).on_practice(practice())
    assert not there(after, "suite-1", "11-24")
    assert there(after, "suite-2", "11-24")


def test_a_recurring_closure_is_added() -> None:
    weekly = {"rrule": "every 7", "first_day": "2026-11-24", "at": "08:00", "minutes": 120}
    after = edit("close", calendar="day", recurring=weekly).on_practice(practice())
    # open 8 to 12 on the Tuesday, less two hours
    assert there(after, "suite-1", "11-24") == WindowSet.between(
        local("11-24 10:00"), local("11-24 12:00")
    )


def test_a_dated_closure_of_a_planning_file() -> None:
    span = {"start": "2026-11-23 12:00", "end": "2026-11-23 14:00"}
    after = edit("close", **SUITE, span=span).on_problem(problem())
    assert pieces(after, "suite-1") == [between("08:00", "12:00"), between("14:00", "17:00")]


def test_a_planning_file_has_no_rules_to_repeat_by() -> None:
    weekly = {"rrule": "every 7", "first_day": "2026-11-24", "at": "08:00", "minutes": 120}
    with pytest.raises(InputError, match="give a dated span"):
        edit("close", **SUITE, recurring=weekly).on_problem(problem())


def test_an_opening_is_added() -> None:
    span = {"start": "2026-11-28 08:00", "end": "2026-11-28 10:00"}
    after = edit("open", **SUITE, span=span).on_practice(practice())
    # a Saturday
    assert there(after, "suite-1", "11-28") == WindowSet.between(
        local("11-28 08:00"), local("11-28 10:00")
    )


def test_an_opening_of_a_planning_file_joins_what_is_there() -> None:
    span = {"start": "2026-11-23 16:00", "end": "2026-11-23 19:00"}
    after = edit("open", **SUITE, span=span).on_problem(problem())
    assert pieces(after, "suite-1") == [between("08:00", "19:00")]


def test_a_closure_is_lifted_by_its_reason() -> None:
    closed = edit(
        "close", **SUITE, span={"first_day": "2026-11-24", "reason": "paint"}
    ).on_practice(practice())
    after = edit("lift-closures", **SUITE, label="paint").on_practice(closed)
    assert there(after, "suite-1", "11-24") == there(practice(), "suite-1", "11-24")


def test_a_closure_that_is_not_there_cannot_be_lifted() -> None:
    with pytest.raises(InputError, match="has no closure"):
        edit("lift-closures", **SUITE, label="paint").on_practice(practice())


def test_resources_of_a_planning_file_are_found_by_kind() -> None:
    other = a_resource("suite-2", tags=["biplane"])
    chosen = edit("change-hours", of_kind="suite", with_tags="biplane", days="tue")
    after = chosen.on_problem(problem(resources=(other,)))
    assert pieces(after, "suite-1") == [between("08:00", "17:00")]
    assert pieces(after, "suite-2") == []


def test_a_kind_or_tag_that_nothing_has_is_refused() -> None:
    with pytest.raises(InputError, match="no kind of resource 'suit'; nearest: suite"):
        edit("change-hours", of_kind="suit", days="tue").on_problem(problem())
    with pytest.raises(InputError, match="no suite has the tags biplane"):
        edit("change-hours", of_kind="suite", with_tags="biplane", days="tue").on_problem(problem())
