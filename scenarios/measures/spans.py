"""Disjoint spans of time in order: what two have in common, their minutes, and by local hour."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from math import fsum
from zoneinfo import ZoneInfo

from models.windows import Window

MINUTE = timedelta(minutes=1)


def common(first: Sequence[Window], second: Sequence[Window]) -> tuple[Window, ...]:
    """The instants in both, in time linear in the number of spans."""
    found: list[Window] = []
    i = j = 0
    while i < len(first) and j < len(second):
        a, b = first[i], second[j]
        start, end = max(a.start, b.start), min(a.end, b.end)
        if start < end:
            found.append(Window(start, end))
        if a.end <= b.end:
            i += 1
        else:
            j += 1
    return tuple(found)


def minutes_in(spans: Sequence[Window]) -> float:
    """Minutes covered."""
    return fsum(span.length / MINUTE for span in spans)


def minutes_by_hour(spans: Sequence[Window], tz: ZoneInfo) -> dict[int, float]:
    """Minutes covered in each hour of the local day, 0 to 23; hours without any are left out."""
    parts: dict[int, list[float]] = defaultdict(list)
    for span in spans:
        for hour, piece in _pieces(span, tz):
            parts[hour].append(piece / MINUTE)
    return {hour: fsum(parts[hour]) for hour in sorted(parts)}


def _pieces(span: Window, tz: ZoneInfo) -> Iterator[tuple[int, timedelta]]:
    at = span.start
    while at < span.end:
        local = at.astimezone(tz)
        into = timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        following = min(at + timedelta(hours=1) - into, span.end)
        yield local.hour, following - at
        at = following
