"""Half-open intervals of instants and their algebra.

A `WindowSet` is kept normal: sorted, disjoint, not touching, none empty. So equal sets are equal
values. Instants should be in UTC or another fixed offset: Python subtracts local ones by the clock.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """The instants `start <= t < end`."""

    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    @property
    def length(self) -> timedelta:
        """Elapsed time between the two ends."""
        return self.end - self.start


def _ends(window: Window) -> tuple[datetime, datetime]:
    return window.start, window.end


def _normal(windows: Iterable[Window]) -> tuple[Window, ...]:
    listed = [w for w in windows if w.start < w.end]
    if len(listed) < 2:
        return tuple(listed)
    listed.sort(key=_ends)
    merged: list[Window] = []
    for window in listed:
        if merged and window.start <= merged[-1].end:
            merged[-1] = Window(merged[-1].start, max(merged[-1].end, window.end))
        else:
            merged.append(window)
    return tuple(merged)


@dataclass(frozen=True, slots=True, init=False)
class WindowSet:
    """A set of instants, as windows in normal form."""

    windows: tuple[Window, ...]

    def __init__(self, windows: Iterable[Window] = ()) -> None:
        object.__setattr__(self, "windows", _normal(windows))

    @classmethod
    def between(cls, start: datetime, end: datetime) -> "WindowSet":
        """The single window `[start, end)`; empty when `end <= start`."""
        return cls((Window(start, end),))

    def __iter__(self) -> Iterator[Window]:
        return iter(self.windows)

    def __len__(self) -> int:
        return len(self.windows)

    def __bool__(self) -> bool:
        return bool(self.windows)

    def __contains__(self, instant: datetime) -> bool:
        return any(instant in window for window in self.windows)

    def __or__(self, other: "WindowSet") -> "WindowSet":
        return WindowSet((*self.windows, *other.windows))

    def __and__(self, other: "WindowSet") -> "WindowSet":
        return WindowSet(
            Window(max(a.start, b.start), min(a.end, b.end))
            for a in self.windows
            for b in other.windows
            if a.start < b.end and b.start < a.end
        )

    def __sub__(self, other: "WindowSet") -> "WindowSet":
        kept = self
        for cut in other.windows:
            kept = WindowSet(
                piece
                for w in kept.windows
                for piece in (
                    Window(w.start, min(w.end, cut.start)),
                    Window(max(w.start, cut.end), w.end),
                )
            )
        return kept

    def shift(self, by: timedelta) -> "WindowSet":
        """Every instant moved by the same elapsed time."""
        return WindowSet(Window(w.start + by, w.end + by) for w in self.windows)

    def clip(self, start: datetime, end: datetime) -> "WindowSet":
        """The part within `[start, end)`."""
        return self & WindowSet.between(start, end)

    def gaps(self) -> "WindowSet":
        """What lies between the windows."""
        return WindowSet(Window(a.end, b.start) for a, b in pairwise(self.windows))

    @property
    def total(self) -> timedelta:
        """Elapsed time covered."""
        return sum((w.length for w in self.windows), timedelta())
