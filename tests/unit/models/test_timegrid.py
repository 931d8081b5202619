from datetime import UTC, date, datetime, time, timedelta

import pytest

from models.errors import InputError
from models.timegrid import (
    TimeGrid,
    at_local,
    at_local_or_after,
    local_day,
    start_of_day,
    zone,
)
from tests.unit.models.worlds import CHICAGO, utc

SPRING, AUTUMN = date(2026, 3, 8), date(2026, 11, 1)
GRID = TimeGrid(utc("11-23 06:00"), 5, 12)


def test_an_unknown_zone_is_named() -> None:
    with pytest.raises(InputError, match="'Mars/Olympus' is not a time zone; use an IANA name"):
        zone("Mars/Olympus")


@pytest.mark.parametrize("name", ["../etc/passwd", "", "America"])
def test_a_zone_that_is_no_file_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(InputError):
        zone(name)


def test_a_skipped_local_time_is_refused() -> None:
    with pytest.raises(InputError, match="2026-03-08 02:30 does not exist in America/Chicago"):
        at_local(SPRING, time(2, 30), CHICAGO)


def test_the_edges_of_the_skipped_hour_exist() -> None:
    # 01:59 CST = 07:59 UTC; 03:00 CDT = 08:00 UTC
    assert at_local(SPRING, time(1, 59), CHICAGO) == utc("03-08 07:59")
    assert at_local(SPRING, time(3, 0), CHICAGO) == utc("03-08 08:00")
    with pytest.raises(InputError):
        at_local(SPRING, time(2, 0), CHICAGO)


def test_a_repeated_local_time_is_the_earlier_one() -> None:
    # 01:30 CDT = 06:30 UTC, an hour before 01:30 CST
    assert at_local(AUTUMN, time(1, 30), CHICAGO) == utc("11-01 06:30")


def test_standing_times_go_on_over_the_skipped_hour() -> None:
    # 02:30 does not exist: 30 minutes into the new offset is 03:30 CDT = 08:30 UTC
    assert at_local_or_after(SPRING, time(2, 30), CHICAGO) == utc("03-08 08:30")


def test_days_of_23_and_25_hours() -> None:
    day = timedelta(days=1)
    spring = start_of_day(SPRING + day, CHICAGO) - start_of_day(SPRING, CHICAGO)
    autumn = start_of_day(AUTUMN + day, CHICAGO) - start_of_day(AUTUMN, CHICAGO)
    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_a_day_whose_midnight_is_skipped_starts_at_one() -> None:
    # Cairo went forward at 2024-04-26 00:00 EET: the day begins at 01:00 EEST = 22:00 UTC
    cairo = zone("Africa/Cairo")
    assert start_of_day(date(2024, 4, 26), cairo) == datetime(2024, 4, 25, 22, tzinfo=UTC)


def test_instants_are_in_utc_so_that_adding_is_elapsed_time() -> None:
    noon_before = at_local(date(2026, 3, 7), time(12), CHICAGO)
    # a day of 23 h ends in between: 24 h later it is 13:00 by the clock
    assert (noon_before + timedelta(days=1)).astimezone(CHICAGO).hour == 13


def test_local_day_is_by_the_clock_of_the_zone() -> None:
    # 05:59 UTC is 23:59 CST the day before, 06:00 UTC is midnight
    assert local_day(utc("11-23 05:59"), CHICAGO) == date(2026, 11, 22)
    assert local_day(utc("11-23 06:00"), CHICAGO) == date(2026, 11, 23)


def test_floor_and_ceil_agree_on_a_tick_only() -> None:
    on, after = utc("11-23 06:10"), utc("11-23 06:11")
    assert (GRID.floor(on), GRID.ceil(on)) == (2, 2)
    assert (GRID.floor(after), GRID.ceil(after)) == (2, 3)


def test_ticks_before_the_origin_round_the_same_way() -> None:
    before = utc("11-23 05:58")
    assert (GRID.floor(before), GRID.ceil(before)) == (-1, 0)


def test_the_end_of_the_grid_is_not_on_it() -> None:
    # 12 ticks of 5 minutes: the last is 06:55
    assert GRID.is_on(utc("11-23 06:55"))
    assert not GRID.is_on(utc("11-23 07:00"))
    assert not GRID.is_on(utc("11-23 05:55"))
    assert not GRID.is_on(utc("11-23 06:01"))


def test_rounding_up_leaves_a_tick_alone() -> None:
    assert GRID.round_up(utc("11-23 06:05")) == utc("11-23 06:05")
    assert GRID.round_up(utc("11-23 06:06")) == utc("11-23 06:10")
