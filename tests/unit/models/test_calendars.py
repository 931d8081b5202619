from datetime import date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from models.calendars import Calendar, ClockSpan, DatedSpan, LocalDates, Weekday, open_windows
from models.errors import InputError
from models.timegrid import start_of_day
from models.windows import Window
from tests.unit.models.worlds import CHICAGO, MONDAY, dates, local, utc

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)  # Sundays


def hours(day: date, where: LocalDates | None = None, **rules: Any) -> list[str]:
    """Opening hours of one local day, by the local clock."""
    span = Window(start_of_day(day, CHICAGO), start_of_day(day + timedelta(days=1), CHICAGO))
    found = open_windows(Calendar.model_validate(rules), span, where or dates())
    shown = ((w.start.astimezone(CHICAGO), w.end.astimezone(CHICAGO)) for w in found)
    return [f"{a:%H:%M}-{b:%H:%M}" for a, b in shown]


def elapsed(day: date, **rules: Any) -> timedelta:
    """Elapsed opening time of one local day."""
    span = Window(start_of_day(day, CHICAGO), start_of_day(day + timedelta(days=1), CHICAGO))
    return open_windows(Calendar.model_validate(rules), span, dates()).total


def every(days: int, at: str, minutes: int, **changes: Any) -> dict[str, Any]:
    first = {"rrule": f"every {days}", "first_day": str(MONDAY), "at": at, "minutes": minutes}
    return first | changes


DAY = {"mon-fri": ["08:00-12:00", "12:30-17:00"]}


def test_weekly_hours_have_several_pieces() -> None:
    assert hours(MONDAY, weekly=DAY) == ["08:00-12:00", "12:30-17:00"]


def test_a_weekday_that_is_not_named_is_closed() -> None:
    assert hours(date(2026, 11, 28), weekly=DAY) == []


def test_a_break_is_cut_out_of_the_weekly_hours() -> None:
    found = hours(MONDAY, weekly={"mon": ["08:00-17:00"]}, breaks={"mon": ["12:00-12:30"]})
    assert found == ["08:00-12:00", "12:30-17:00"]


def test_a_day_may_last_until_midnight() -> None:
    assert hours(MONDAY, weekly={"mon": ["20:00-24:00"]}) == ["20:00-00:00"]


def test_nights_of_two_pieces_are_one_window() -> None:
    weekly = {"mon": ["20:00-24:00"], "tue": ["00:00-06:00"]}
    span = Window(local("11-23 12:00"), local("11-24 12:00"))
    found = open_windows(Calendar.model_validate({"weekly": weekly}), span, dates())
    assert found.windows == (Window(local("11-23 20:00"), local("11-24 06:00")),)


def test_public_holidays_close_weekly_hours_and_blocks() -> None:
    rules = {"weekly": DAY, "blocks": [every(1, "18:00", 60)]}
    assert hours(MONDAY, dates(MONDAY), **rules) == []
    assert hours(MONDAY, dates(MONDAY), observes_holidays=False, **rules) == [
        "08:00-12:00",
        "12:30-17:00",
        "18:00-19:00",
    ]


def test_an_opening_counts_on_a_public_holiday() -> None:
    opening = {"start": "2026-11-23T09:00", "end": "2026-11-23T11:00"}
    assert hours(MONDAY, dates(MONDAY), weekly=DAY, openings=[opening]) == ["09:00-11:00"]


def test_a_closure_wins_over_an_opening() -> None:
    opening = {"first_day": str(MONDAY)}
    closure = {"start": "2026-11-23T09:00", "end": "2026-11-23T23:00"}
    found = hours(MONDAY, openings=[opening], closures=[closure])
    assert found == ["00:00-09:00", "23:00-00:00"]


def test_whole_days_include_the_last() -> None:
    span = {"first_day": "2026-11-23", "last_day": "2026-11-24"}
    days = [date(2026, 11, n) for n in (22, 23, 24, 25)]
    found = [hours(day, weekly={"mon-sun": ["08:00-09:00"]}, closures=[span]) for day in days]
    assert found == [["08:00-09:00"], [], [], ["08:00-09:00"]]


def test_a_whole_day_of_23_hours_is_closed_whole() -> None:
    weekly = {"sun": ["00:00-24:00"], "mon": ["00:00-24:00"]}
    span = Window(local("03-08 00:00"), local("03-09 02:00"))
    calendar = Calendar.model_validate({"weekly": weekly, "closures": [{"first_day": SPRING}]})
    # Monday opens at its own midnight, which is 05:00 UTC now
    found = open_windows(calendar, span, dates())
    assert found.windows == (Window(utc("03-09 05:00"), utc("03-09 07:00")),)


def test_blocks_recur_and_may_be_skipped() -> None:
    block = every(2, "13:00", 90, skip=["2026-11-27"])
    found = [hours(date(2026, 11, n), blocks=[block]) for n in (23, 24, 25, 27)]
    assert found == [["13:00-14:30"], [], ["13:00-14:30"], []]


def test_a_block_that_began_the_day_before_reaches_in() -> None:
    # 23:00 for 3 hours ends at 02:00
    block = every(30, "23:00", 180)
    assert hours(MONDAY + timedelta(days=1), blocks=[block]) == ["00:00-02:00"]


def test_recurring_closures_cut_even_on_holidays() -> None:
    opening = {"first_day": str(MONDAY)}
    closure = every(1, "00:00", 60 * 23)
    found = hours(MONDAY, dates(MONDAY), openings=[opening], recurring_closures=[closure])
    assert found == ["23:00-00:00"]


def test_only_the_span_asked_for_is_answered() -> None:
    span = Window(local("11-23 10:00"), local("11-24 09:00"))
    found = open_windows(Calendar.model_validate({"weekly": DAY}), span, dates())
    assert [(w.start, w.end) for w in found] == [
        (local("11-23 10:00"), local("11-23 12:00")),
        (local("11-23 12:30"), local("11-23 17:00")),
        (local("11-24 08:00"), local("11-24 09:00")),
    ]


def test_opening_hours_keep_the_clock_when_it_changes() -> None:
    # 08:00 is 14:00 UTC before the spring change and 13:00 UTC after it
    span = Window(utc("03-06 00:00"), utc("03-10 00:00"))
    calendar = Calendar.model_validate({"weekly": {"mon-fri": ["08:00-09:00"]}})
    found = [w.start for w in open_windows(calendar, span, dates())]
    assert found == [utc("03-06 14:00"), utc("03-09 13:00")]


def test_a_night_over_the_spring_change_lasts_an_hour_less() -> None:
    # 01:00 CST to 04:00 CDT: two hours
    assert elapsed(SPRING, weekly={"sun": ["01:00-04:00"]}) == timedelta(hours=2)


def test_a_night_over_the_autumn_change_lasts_an_hour_more() -> None:
    # 00:00 CDT to 04:00 CST: five hours; from 01:30 on, the first of two, 3.5 h
    assert elapsed(AUTUMN, weekly={"sun": ["00:00-04:00"]}) == timedelta(hours=5)
    assert elapsed(AUTUMN, weekly={"sun": ["01:30-04:00"]}) == timedelta(hours=3.5)


def test_whole_days_of_23_and_25_hours() -> None:
    weekly = {"sun": ["00:00-24:00"]}
    assert elapsed(SPRING, weekly=weekly) == timedelta(hours=23)
    assert elapsed(AUTUMN, weekly=weekly) == timedelta(hours=25)


def test_hours_that_begin_in_the_skipped_hour_begin_after_it() -> None:
    # 02:00 does not exist: the same minute of the new offset is 03:00
    assert hours(SPRING, weekly={"sun": ["02:00-05:00"]}) == ["03:00-05:00"]


def test_hours_that_the_clock_skips_are_none() -> None:
    # 02:30 counts as 03:30, which is after 03:00
    assert hours(SPRING, weekly={"sun": ["02:30-03:00"]}) == []


def test_a_block_keeps_its_elapsed_minutes_over_a_change() -> None:
    first = {"first_day": "2026-03-01"}
    # 01:00 CST and 180 minutes: 05:00 CDT, since the clock skips an hour
    assert hours(SPRING, blocks=[every(7, "01:00", 180, **first)]) == ["01:00-05:00"]


@pytest.mark.parametrize(
    ("group", "named"),
    [
        ("mon-fri", "mon tue wed thu fri"),
        ("fri-mon", "mon fri sat sun"),
        ("mon,wed", "mon wed"),
        ("Tue - Wed, sun", "tue wed sun"),
        ("sat", "sat"),
    ],
)
def test_groups_of_weekdays(group: str, named: str) -> None:
    calendar = Calendar.model_validate({"weekly": {group: ["08:00-09:00"]}})
    assert [day for day in Weekday if day in calendar.weekly] == named.split()


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ({"weekly": {"mon-fry": []}}, "'fry' is not a weekday"),
        ({"weekly": {"mon-fri": [], "wed": []}}, "wed is given twice"),
        ({"weekly": {"mon": ["8 to 12"]}}, "'8 to 12' is not a span of hours"),
        ({"weekly": {"mon": ["08:00-25:00"]}}, "'25:00' is not a time of day"),
        ({"weekly": {"mon": ["12:00-08:00"]}}, "12:00-08:00 ends before it starts"),
        ({"weekly": {"mon": ["08:00-08:00"]}}, "ends before it starts"),
        ({"weekly": {"mon": ["24:00-08:00"]}}, "'24:00' is not a time of day"),
        ({"blocks": [every(1, 750, 60)]}, "750 is not a time of day"),  # type: ignore[arg-type]  # a YAML 1.1 reader's 12:30
        ({"blocks": [every(1, "08:00", 0)]}, "greater than 0"),
        ({"openings": [{}]}, "give first_day"),
        ({"openings": [{"start": "2026-11-23T08:00"}]}, "give first_day"),
        ({"closures": [{"last_day": "2026-11-23"}]}, "give first_day"),
        (
            {"closures": [{"first_day": "2026-11-23", "start": "2026-11-23T08:00"}]},
            "give first_day",
        ),
        (
            {"closures": [{"first_day": "2026-11-23", "last_day": "2026-11-22"}]},
            "lies before the first",
        ),
        (
            {"closures": [{"start": "2026-11-23T08:00", "end": "2026-11-23T08:00"}]},
            "is not after",
        ),
        (
            {"closures": [{"start": "2026-11-23T08:00Z", "end": "2026-11-23T09:00Z"}]},
            "timezone",
        ),
        ({"hours": {}}, "Extra inputs are not permitted"),
    ],
)
def test_faulty_rules_are_refused(rules: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Calendar.model_validate(rules)


def test_a_dated_span_at_a_skipped_time_is_refused() -> None:
    span = DatedSpan(start=datetime(2026, 3, 8, 2, 30), end=datetime(2026, 3, 8, 5))  # noqa: DTZ001 - local by design
    with pytest.raises(InputError, match="2026-03-08 02:30 does not exist"):
        span.window(CHICAGO)


def test_a_span_is_written_and_read_alike() -> None:
    span = ClockSpan.model_validate("08:00-24:00")
    assert ClockSpan.model_validate_json(span.model_dump_json()) == span
