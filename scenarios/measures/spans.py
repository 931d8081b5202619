"""Disjoint spans of time in order: what two have in common, their minutes, and by local hour."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta
from math import fsum
from zoneinfo import ZoneInfo

from models.windows import Window

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)


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
    """Minutes covered by hour of the local day, 0 to 23; hours without any are left out."""
    parts: dict[int, float] = defaultdict(float)
    for (_, hour), minutes in minutes_by_weekday(spans, tz).items():
        parts[hour] += minutes
    return dict(parts)


def minutes_by_weekday(spans: Sequence[Window], tz: ZoneInfo) -> dict[tuple[int, int], float]:
    """Minutes covered by weekday (0 Monday) and hour (0 to 23) of the local day, where any are."""
    parts: dict[tuple[int, int], float] = defaultdict(float)
    for span in spans:
        at = span.start
        while at < span.end:
            local = at.astimezone(tz)
            into = timedelta(
                minutes=local.minute, seconds=local.second, microseconds=local.microsecond
            )
            following = min(at + HOUR - into, span.end)
            parts[local.weekday(), local.hour] += (following - at) / MINUTE
            at = following
    return dict(parts)
