"""Little's law on one run: the mean number present is the rate of cases times their mean time.

The three terms are taken over the same window, cut off at both its ends, for which the law is an
identity of the sample path (S. Stidham, Operations Research 22, 1974). The length is found by
walking the path, event by event, and the time case by case: that they agree checks the records.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from scenarios.measures.view import DAY, View, left_at


@dataclass(frozen=True, slots=True)
class Little:
    """The terms for one run, in cases and days of 24 hours."""

    length: float
    """L: time average of the number present."""
    seen: int
    """Cases present at some time of the window."""
    case_days: float
    """Sum over cases of the days present within the window."""
    days: float
    """Length of the window."""
    at_begin: int
    """Present already when the window begins."""
    entered: int
    """Released in the window."""
    left: int
    """Treated or gone for good in the window."""
    at_end: int
    """Present still when it ends."""

    @property
    def rate(self) -> float:
        """Lambda: cases seen per day."""
        return self.seen / self.days

    @property
    def time(self) -> float:
        """W: mean days present per case seen; 0 when nobody was."""
        return self.case_days / self.seen if self.seen else 0.0

    @property
    def gap(self) -> float:
        """L - lambda W: 0 but for the rounding of the quotients."""
        return self.length - self.rate * self.time

    @property
    def balance(self) -> int:
        """Who was there and came, less who went and is there: 0 in every sound record."""
        return self.at_begin + self.entered - self.left - self.at_end


def little(view: View) -> Little:
    """The terms of a run.

    Raises:
        InputError: a case has left and the record does not say when.
    """
    begin, end = view.run.begin, view.run.end
    stays = [(max(c.released, begin), min(left_at(c) or end, end)) for c in view.present]
    inside = sum(((b - a for a, b in stays)), timedelta())
    gone = [left_at(c) for c in view.present]
    return Little(
        length=_area(stays) / (end - begin),
        seen=len(stays),
        case_days=inside / DAY,
        days=view.days,
        at_begin=sum(c.released < begin for c in view.present),
        entered=sum(c.released >= begin for c in view.present),
        left=sum(at is not None and at < end for at in gone),
        at_end=sum(at is None or at >= end for at in gone),
    )


def _area(stays: list[tuple[datetime, datetime]]) -> timedelta:
    """The integral of the number present, by walking from event to event."""
    steps = sorted([(a, 1) for a, _ in stays] + [(b, -1) for _, b in stays])
    area, level = timedelta(), 0
    for (at, step), (following, _) in pairwise(steps):
        level += step
        area += level * (following - at)
    return area
