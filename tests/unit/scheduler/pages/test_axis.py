"""Axes: positions from elapsed time, labels from the clock, also on days of 23 and 25 hours."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from models.timegrid import start_of_day
from scheduler.views.axis import (
    clock,
    day_and_clock,
    day_axis,
    day_length,
    hour_axis,
    local_hours,
    weekday_and_clock,
    zone_note,
)

CHICAGO = ZoneInfo("America/Chicago")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")
LONG, SHORT, PLAIN = date(2026, 11, 1), date(2026, 3, 8), date(2026, 11, 2)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_plain_day_has_an_hour_in_each_twenty_fourth() -> None:
    axis = hour_axis(PLAIN, CHICAGO)
    assert axis.hours == 24
    assert [mark.label for mark in axis.marks] == [f"{hour:02}:00" for hour in range(24)]
    assert axis.fraction(utc("2026-11-02T18:00")) == 0.5  # noon in Chicago


def test_the_day_of_25_hours_shows_one_o_clock_twice_an_hour_apart() -> None:
    axis = hour_axis(LONG, CHICAGO)
    assert axis.hours == 25
    labels = [mark.label for mark in axis.marks]
    assert labels[:4] == ["00:00", "01:00 CDT", "01:00 CST", "02:00"]
    first, second = (axis.fraction(mark.at) for mark in axis.marks[1:3])
    assert second - first == pytest.approx(1 / 25)


def test_the_day_of_23_hours_shows_no_two_o_clock() -> None:
    axis = hour_axis(SHORT, CHICAGO)
    assert axis.hours == 23
    assert [mark.label for mark in axis.marks][:4] == ["00:00", "01:00", "03:00", "04:00"]
    # Noon CDT is 17:00 UTC; midnight CST was 06:00 UTC: 11 elapsed hours.
    assert axis.fraction(utc("2026-03-08T17:00")) == pytest.approx(11 / 23)


def test_a_change_of_half_an_hour_keeps_full_local_hours() -> None:
    # Lord Howe goes back 30 minutes on 5 April 2026: the hour from 01:00 has a second half twice.
    day = date(2026, 4, 5)
    assert day_length(day, LORD_HOWE) == timedelta(hours=24.5)
    hours = local_hours(day, LORD_HOWE)
    assert all(hour.astimezone(LORD_HOWE).minute == 0 for hour in hours)
    assert len(hours) == 24


def test_the_axis_spans_what_is_shown_in_full_hours() -> None:
    spans = ((utc("2026-11-02T14:10"), utc("2026-11-02T23:30")),)  # 08:10 to 17:30
    axis = hour_axis(PLAIN, CHICAGO, spans)
    assert (clock(axis.start, CHICAGO), clock(axis.end, CHICAGO)) == ("08:00", "18:00")


def test_what_lies_outside_the_day_does_not_stretch_the_axis() -> None:
    day_before = (utc("2026-11-01T20:00"), utc("2026-11-01T22:00"))
    into_next = (utc("2026-11-03T03:00"), utc("2026-11-03T09:00"))  # from 21:00 on
    axis = hour_axis(PLAIN, CHICAGO, (day_before, into_next))
    assert (axis.start, axis.end) == (utc("2026-11-03T03:00"), utc("2026-11-03T06:00"))


def test_instants_beyond_the_axis_are_clipped() -> None:
    axis = hour_axis(PLAIN, CHICAGO)
    assert axis.fraction(utc("2026-10-01T00:00")) == 0.0
    assert axis.fraction(utc("2026-12-01T00:00")) == 1.0


def test_a_long_day_is_wider_than_its_neighbours_on_an_axis_of_days() -> None:
    axis = day_axis(utc("2026-10-31T15:00"), utc("2026-11-02T20:00"), CHICAGO)
    assert [mark.label for mark in axis.marks] == ["Sat 31 Oct", "Sun 1 Nov", "Mon 2 Nov"]
    sat, sun, mon = (axis.fraction(mark.at) * axis.hours for mark in axis.marks)
    assert (sun - sat, mon - sun) == pytest.approx((24, 25))


def test_an_axis_of_days_ends_at_the_midnight_after_its_end() -> None:
    midnight = start_of_day(PLAIN, CHICAGO)
    axis = day_axis(midnight - timedelta(hours=1), midnight, CHICAGO)
    assert (axis.end, len(axis.marks)) == (midnight, 1)


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (PLAIN, "America/Chicago, CST (UTC-06:00)"),
        (
            LONG,
            (
                "America/Chicago, CDT (UTC-05:00) then CST (UTC-06:00); "
                "the clocks go back: this day has 25 hours"
            ),
        ),
        (
            SHORT,
            (
                "America/Chicago, CST (UTC-06:00) then CDT (UTC-05:00); "
                "the clocks go forward: this day has 23 hours"
            ),
        ),
    ],
)
def test_the_zone_is_named_with_its_change(day: date, note: str) -> None:
    assert zone_note(day, CHICAGO) == note


def test_the_clock_names_the_zone_only_where_it_shows_a_time_twice() -> None:
    assert clock(utc("2026-11-01T06:30"), CHICAGO) == "01:30 CDT"
    assert clock(utc("2026-11-01T07:30"), CHICAGO) == "01:30 CST"
    assert day_and_clock(utc("2026-11-01T08:30"), CHICAGO) == "Sun 1 Nov 02:30"
    assert weekday_and_clock(utc("2026-11-01T08:30"), CHICAGO) == "Sun 02:30"
