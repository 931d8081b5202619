"""Rounding on the grid, and local days over every kind of clock change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from models.errors import InputError
from models.timegrid import TimeGrid, at_local, at_local_or_after, local_day, start_of_day, zone

# Half an hour (Lord Howe), a skipped midnight (Cairo), a skipped whole day (Apia), and the usual.
ZONES = ("America/Chicago", "Australia/Lord_Howe", "Africa/Cairo", "Pacific/Apia", "Asia/Kolkata")
zones = st.sampled_from(ZONES).map(zone)
days = st.dates(date(2011, 1, 1), date(2037, 12, 31))
clocks = st.times().map(lambda t: t.replace(second=0, microsecond=0))
instants = st.integers(0, 60 * 24 * 365 * 20).map(
    lambda minutes: datetime(2015, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.integers(-500, 500), st.sampled_from([1, 5, 7, 15]))
def test_floor_and_ceil_enclose_an_instant(minutes: int, tick: int) -> None:
    grid = TimeGrid(datetime(2026, 11, 23, tzinfo=UTC), tick, 100)
    instant = grid.origin + timedelta(minutes=minutes)
    low, high = grid.floor(instant), grid.ceil(instant)
    assert grid.instant(low) <= instant <= grid.instant(high)
    assert high - low == (0 if minutes % tick == 0 else 1)
    assert grid.is_on(instant) == (minutes % tick == 0 and 0 <= minutes < 100 * tick)


@given(instants, zones)
def test_an_instant_lies_in_its_local_day(instant: datetime, tz: ZoneInfo) -> None:
    day = local_day(instant, tz)
    begin, end = start_of_day(day, tz), start_of_day(day + timedelta(days=1), tz)
    assert begin <= instant < end


@given(days, clocks, zones)
def test_a_local_time_is_shown_by_the_clock_or_refused(
    day: date, clock: time, tz: ZoneInfo
) -> None:
    shown = at_local_or_after(day, clock, tz).astimezone(tz)
    exists = (shown.date(), shown.time()) == (day, clock)
    try:
        found = at_local(day, clock, tz)
    except InputError:
        assert not exists
    else:
        assert exists
        assert found == at_local_or_after(day, clock, tz)


@given(days, clocks, zones)
def test_of_a_repeated_time_the_earlier_is_meant(day: date, clock: time, tz: ZoneInfo) -> None:
    found = at_local_or_after(day, clock, tz)
    earlier = (found - timedelta(minutes=30 * n) for n in (1, 2, 3, 4))
    shown = [(i.astimezone(tz).date(), i.astimezone(tz).time()) for i in earlier]
    assert (day, clock) not in shown
