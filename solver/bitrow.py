"""Rows of bits in one Python integer: bit `u` says something of time unit `u`.

A row of free time, eroded by a length, is the row of begins at which that length fits. Masks of
starts are rows too. All functions are pure; rows are never negative.
"""

from collections.abc import Iterable, Iterator


def span(first: int, end: int) -> int:
    """The row with the bits `first <= u < end`; empty when there are none."""
    return ((1 << (end - first)) - 1) << first if end > first else 0


def spans(pieces: Iterable[tuple[int, int]]) -> int:
    """The union of several spans."""
    row = 0
    for first, end in pieces:
        row |= span(first, end)
    return row


def every(stride: int, first: int, end: int) -> int:
    """The row with the bits `first, first + stride, ...` below `end`."""
    count = -((first - end) // stride)
    if count <= 0:
        return 0
    row, have = 1, 1
    while have < count:
        row |= row << (have * stride)
        have *= 2
    return (row & ((1 << ((count - 1) * stride + 1)) - 1)) << first


def erode(row: int, length: int) -> int:
    """The bits `u` for which all of `u .. u + length - 1` are set, by doubling shifts.

    Args:
        row: Free units.
        length: Units wanted, at least 1.

    Returns:
        The begins at which `length` free units follow.
    """
    have = 1
    while have * 2 <= length:
        row &= row >> have
        have *= 2
    return row & (row >> (length - have)) if length > have else row


def shift(row: int, by: int) -> int:
    """Every bit moved up by `by` units, or down when it is negative; bits below zero are lost."""
    return row << by if by >= 0 else row >> -by


def lowest(row: int) -> int:
    """The position of the lowest set bit; the row must not be empty."""
    return (row & -row).bit_length() - 1


def has(row: int, unit: int) -> bool:
    """Whether the bit is set."""
    return bool(row >> unit & 1)


def bits(row: int) -> Iterator[int]:
    """The set bits, lowest first.

    Works a word at a time, so that a long row is not copied for each of its bits.
    """
    base = 0
    while row:
        skip = lowest(row) & ~63
        row >>= skip
        base += skip
        word = row & 0xFFFF_FFFF_FFFF_FFFF
        while word:
            low = word & -word
            yield base + low.bit_length() - 1
            word ^= low
        row >>= 64
        base += 64
