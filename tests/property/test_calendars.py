"""Calendars as windows, against the same rules read at single instants, over clock changes too."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from models.calendars import Calendar, LocalDates, Weekday, is_open, open_windows
from models.timegrid import start_of_day, zone
from models.windows import Window, WindowSet
from tests.unit.models.worlds import CHICAGO, FakeRules

# Four days around a change each: forward, back, none, half an hour back, a skipped midnight.
SPANS = (
    ("America/Chicago", date(2026, 3, 6)),
    ("America/Chicago", date(2026, 10, 30)),
    ("America/Chicago", date(2026, 11, 23)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("Africa/Cairo", date(2026, 4, 22)),
)
DAYS = 4
SECOND = timedelta(seconds=1)
STEP = timedelta(minutes=30)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


minutes = st.integers(0, 95).map(lambda quarter: quarter * 15)
clock_spans = (
    st.tuples(minutes, st.one_of(minutes, st.just(1440)))
    .filter(lambda pair: pair[0] < pair[1])
    .map(lambda pair: f"{clock(pair[0])}-{clock(pair[1])}")
)
weeklies = st.dictionaries(
    st.sampled_from([day.value for day in Weekday]), st.lists(clock_spans, max_size=3), max_size=7
)


def blocks(first: date) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "rrule": st.integers(1, 3).map(lambda n: f"every {n}"),
            "first_day": st.integers(-2, DAYS).map(lambda n: first + timedelta(days=n)),
            "at": minutes.map(clock),
            "minutes": st.integers(1, 40 * 60),
        }
    )


def dated(first: date) -> st.SearchStrategy[dict[str, Any]]:
    """Whole days, or noon to noon: times that exist in every zone."""
    inside = st.integers(-1, DAYS).map(lambda n: first + timedelta(days=n))
    noon = inside.map(
        lambda day: {"start": f"{day}T12:00", "end": f"{day + timedelta(days=1)}T12:00"}
    )
    return st.one_of(inside.map(lambda day: {"first_day": day}), noon)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, Window, LocalDates]:
    name, first = draw(st.sampled_from(SPANS))
    tz = zone(name)
    span = Window(start_of_day(first, tz), start_of_day(first + timedelta(days=DAYS), tz))
    calendar = Calendar.model_validate(
        {
            "weekly": draw(weeklies),
            "breaks": draw(weeklies),
            "blocks": draw(st.lists(blocks(first), max_size=2)),
            "recurring_closures": draw(st.lists(blocks(first), max_size=1)),
            "openings": draw(st.lists(dated(first), max_size=1)),
            "closures": draw(st.lists(dated(first), max_size=1)),
            "observes_holidays": draw(st.booleans()),
        }
    )
    off = draw(st.frozensets(st.integers(0, DAYS).map(lambda n: first + timedelta(days=n))))
    return calendar, span, LocalDates(tz, off, FakeRules(off))


def instants(found: WindowSet, span: Window) -> set[datetime]:
    """A grid over the span, and both sides of every edge."""
    grid = {span.start + n * STEP for n in range((span.end - span.start) // STEP)}
    edges = {edge for w in found for edge in (w.start, w.end)}
    return {t for t in grid | edges | {e - SECOND for e in edges} if t in span}


@settings(max_examples=150, deadline=None)
@given(calendars())
def test_windows_are_open_at_exactly_the_open_instants(
    made: tuple[Calendar, Window, LocalDates],
) -> None:
    calendar, span, dates = made
    found = open_windows(calendar, span, dates)
    for instant in sorted(instants(found, span)):
        assert (instant in found) == is_open(calendar, instant, dates), instant


@settings(deadline=None)
@given(calendars(), st.integers(0, DAYS * 24 * 60))
def test_two_parts_of_a_span_make_the_whole(
    made: tuple[Calendar, Window, LocalDates], cut: int
) -> None:
    calendar, span, dates = made
    middle = min(span.end, span.start + timedelta(minutes=cut))
    parts = [Window(span.start, middle), Window(middle, span.end)]
    left, right = (open_windows(calendar, part, dates) for part in parts)
    assert left | right == open_windows(calendar, span, dates)


@settings(deadline=None)
@given(weeklies, weeklies)
def test_weekly_hours_are_the_wall_clock_where_it_does_not_change(
    weekly: dict[str, list[str]], breaks: dict[str, list[str]]
) -> None:
    calendar = Calendar.model_validate({"weekly": weekly, "breaks": breaks})
    first = date(2026, 11, 23)
    begin = start_of_day(first, CHICAGO)
    span = Window(begin, begin + timedelta(days=2))
    found = open_windows(calendar, span, LocalDates(CHICAGO, frozenset(), FakeRules()))
    for minute in range(0, 2 * 24 * 60, 15):
        instant = begin + timedelta(minutes=minute)
        # standard time, six hours behind UTC, read without any zone
        shown = (instant.astimezone(UTC) - timedelta(hours=6)).replace(tzinfo=None)
        name = list(Weekday)[shown.weekday()].value
        expected = _listed(weekly, name, shown) and not _listed(breaks, name, shown)
        assert (instant in found) == expected


def _listed(weekly: dict[str, list[str]], name: str, shown: datetime) -> bool:
    now = f"{shown:%H:%M}"
    spans = (span.split("-") for span in weekly.get(name, ()))
    return any(start <= now < end for start, end in spans)
