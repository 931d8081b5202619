"""Every date that a zone had has one night, whatever its clocks do."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from benchmarks.faults.nights import HARD, TIMES, by_apscheduler, simulate, with_outages
from scheduler.nights.due import begins, due_nights, exists, latest_due

NEW_YORK = ZoneInfo("America/New_York")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_night_is_due_from_its_instant_on() -> None:
    # 02:00 in New York in November after the change is 07:00 in UTC
    last, at = date(2026, 11, 9), time(2)
    assert due_nights(at, NEW_YORK, last=last, now=utc("2026-11-10T06:59:59")) == ()
    due = due_nights(at, NEW_YORK, last=last, now=utc("2026-11-10T07:00:00"))
    assert due == (date(2026, 11, 10),)


def test_before_the_first_only_the_newest_is_due() -> None:
    now = utc("2026-11-10T12:00:00")
    assert due_nights(time(2), NEW_YORK, last=None, now=now) == (date(2026, 11, 10),)


def test_after_an_outage_all_are_told_oldest_first() -> None:
    found = due_nights(time(2), NEW_YORK, last=date(2026, 11, 7), now=utc("2026-11-10T12:00:00"))
    assert found == (date(2026, 11, 8), date(2026, 11, 9), date(2026, 11, 10))


def test_a_time_that_is_skipped_is_the_same_count_of_minutes_into_the_new_offset() -> None:
    # 02:30 is 03:30 that day: four hours behind UTC
    assert begins(date(2026, 3, 8), time(2, 30), NEW_YORK) == utc("2026-03-08T07:30:00")


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert begins(date(2026, 11, 1), time(1, 30), NEW_YORK) == utc("2026-11-01T05:30:00")


def test_a_date_that_a_zone_never_had_has_no_night() -> None:
    apia = ZoneInfo("Pacific/Apia")
    assert not exists(date(2011, 12, 30), apia)
    now = utc("2011-12-31T00:00:00")  # 14:00 of the 31st there
    assert due_nights(time(2), apia, last=date(2011, 12, 29), now=now) == (date(2011, 12, 31),)


def test_a_night_shifted_past_midnight_is_still_of_its_date() -> None:
    """In Nuuk the hour before midnight of Saturday 28 March 2026 is skipped."""
    nuuk, at = ZoneInfo("America/Nuuk"), time(23, 30)
    begun = begins(date(2026, 3, 28), at, nuuk)
    assert begun.astimezone(nuuk).date() == date(2026, 3, 29)
    assert latest_due(at, nuuk, begun) == date(2026, 3, 28)


@pytest.mark.parametrize(("zone", "at"), list(zip(HARD, TIMES, strict=True)))
def test_a_year_has_every_night_once(zone: str, at: time) -> None:
    year, nights = (2011, 364) if zone == "Pacific/Apia" else (2026, 365)
    found = simulate(zone, at, first_year=year, years=1)
    assert (found.nights, found.missed, found.doubled) == (nights, 0, 0)


def test_after_outages_every_night_is_accounted_for_once() -> None:
    found = with_outages("Australia/Lord_Howe", time(2), first_year=2024, years=1, seed=1)
    assert (found.missed, found.doubled) == (0, 0)


def test_a_cron_trigger_would_miss_a_night_and_run_one_twice() -> None:
    """The control: the trigger leaves out midnight of 8 March and fires twice on 1 November."""
    at_midnight = by_apscheduler("America/New_York", time(0), first_year=2026, years=1)
    at_half_past_one = by_apscheduler("America/New_York", time(1, 30), first_year=2026, years=1)
    assert at_midnight.missed == 1
    assert at_half_past_one.doubled == 1
