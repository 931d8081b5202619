"""Rows of bits, against sets of positions."""

from hypothesis import given
from hypothesis import strategies as st

from solver.bitrow import bits, erode, every, has, lowest, shift, span, spans

ROWS = st.integers(0, 2**200 - 1)


def positions(row: int) -> list[int]:
    return [unit for unit in range(row.bit_length()) if row >> unit & 1]


@given(row=ROWS, length=st.integers(1, 70))
def test_erosion_leaves_the_begins_of_free_stretches(row: int, length: int) -> None:
    free = set(positions(row))
    begins = [u for u in free if free.issuperset(range(u, u + length))]
    assert positions(erode(row, length)) == sorted(begins)


@given(row=ROWS)
def test_bits_come_lowest_first(row: int) -> None:
    assert list(bits(row)) == positions(row)


@given(pieces=st.lists(st.tuples(st.integers(0, 50), st.integers(0, 90))))
def test_several_spans_are_one_row(pieces: list[tuple[int, int]]) -> None:
    inside = {unit for first, end in pieces for unit in range(first, end)}
    assert positions(spans(pieces)) == sorted(inside)


@given(first=st.integers(0, 50), end=st.integers(0, 90))
def test_a_span_holds_its_units(first: int, end: int) -> None:
    assert positions(span(first, end)) == list(range(first, end))


@given(stride=st.integers(1, 9), first=st.integers(0, 50), end=st.integers(0, 120))
def test_every_counts_like_range(stride: int, first: int, end: int) -> None:
    assert positions(every(stride, first, end)) == list(range(first, end, stride))


@given(row=ROWS, by=st.integers(-60, 60))
def test_shifting_moves_positions_and_drops_those_below_zero(row: int, by: int) -> None:
    assert positions(shift(row, by)) == [u + by for u in positions(row) if u + by >= 0]


def test_the_lowest_bit_of_a_row() -> None:
    assert lowest(0b101000) == 3


def test_having_a_bit() -> None:
    assert has(0b100, 2)
    assert not has(0b100, 1)
    assert not has(0b100, 700)
