"""The algebra of window sets, against sets of minutes."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from models.windows import Window, WindowSet

ORIGIN = datetime(2026, 11, 23, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
END = 40

Minutes = frozenset[int]


def at(minute: int) -> datetime:
    return ORIGIN + minute * MINUTE


spans = st.lists(st.tuples(st.integers(0, END), st.integers(0, END)), max_size=6)
window_sets = spans.map(lambda pairs: WindowSet(Window(at(a), at(b)) for a, b in pairs))


def minutes(found: WindowSet) -> Minutes:
    return frozenset(m for m in range(-END, 3 * END) if at(m) in found)


@given(spans)
def test_a_set_holds_exactly_the_minutes_of_its_windows(pairs: list[tuple[int, int]]) -> None:
    expected = frozenset(m for a, b in pairs for m in range(a, b))
    assert minutes(WindowSet(Window(at(a), at(b)) for a, b in pairs)) == expected


@given(window_sets)
def test_windows_are_sorted_apart_and_not_empty(found: WindowSet) -> None:
    assert all(w.start < w.end for w in found)
    assert all(a.end < b.start for a, b in pairwise(found))


@given(window_sets, window_sets)
def test_operations_are_those_of_sets(left: WindowSet, right: WindowSet) -> None:
    assert minutes(left | right) == minutes(left) | minutes(right)
    assert minutes(left & right) == minutes(left) & minutes(right)
    assert minutes(left - right) == minutes(left) - minutes(right)


@given(window_sets, window_sets)
def test_equal_minutes_are_equal_values(left: WindowSet, right: WindowSet) -> None:
    assert (left == right) == (minutes(left) == minutes(right))


@given(window_sets, st.integers(-END, END))
def test_shift_moves_every_minute(found: WindowSet, by: int) -> None:
    assert minutes(found.shift(by * MINUTE)) == frozenset(m + by for m in minutes(found))


@given(window_sets, st.integers(0, END), st.integers(0, END))
def test_clip_keeps_the_minutes_within(found: WindowSet, start: int, end: int) -> None:
    assert minutes(found.clip(at(start), at(end))) == minutes(found) & frozenset(range(start, end))


@given(window_sets)
def test_windows_and_gaps_fill_the_hull(found: WindowSet) -> None:
    held = minutes(found)
    hull = frozenset(range(min(held), max(held) + 1)) if held else frozenset()
    assert minutes(found.gaps()) == hull - held
    assert found.total == len(held) * MINUTE
