"""Instants and ticks: a grid of equal elapsed steps, so that days of 23 and 25 hours need no care.

Windows of permitted starts round inwards: the first tick at or after the lower edge, up to but not
including the first tick at or after the upper edge. Local calendar days come from the zone, never
from counting hours. Instants made here are in UTC: Python adds wall-clock time to local ones.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from models.errors import InputError


@lru_cache(maxsize=64)
def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name.

    Raises:
        InputError: no such zone is known.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InputError(
            f"{name!r} is not a time zone", remedy="use an IANA name such as America/Chicago"
        ) from error


def local_day(instant: datetime, tz: ZoneInfo) -> date:
    """The calendar day of an instant in a zone."""
    return instant.astimezone(tz).date()


def at_local(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """The instant of a wall-clock time; the earlier of two, where the clock shows it twice.

    Raises:
        InputError: the clock never shows that time on that day.
    """
    local = datetime.combine(day, clock, tzinfo=tz)
    if local.astimezone(UTC).astimezone(tz).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise InputError(
            f"{day} {clock:%H:%M} does not exist in {tz.key}: the clocks go forward over it",
            remedy="choose a time before or after the change",
        )
    return local.astimezone(UTC)


def at_local_or_after(day: date, clock: time, tz: ZoneInfo) -> datetime:
    """Like `at_local`, but a skipped time means the same count of minutes into the new offset.

    For opening hours and standing dose times, which go on when the clocks change.
    """
    return datetime.combine(day, clock, tzinfo=tz).astimezone(UTC)


def start_of_day(day: date, tz: ZoneInfo) -> datetime:
    """The first instant of a local day."""
    return at_local_or_after(day, time(), tz)


@dataclass(frozen=True, slots=True)
class TimeGrid:
    """Ticks `0 .. ticks - 1`; tick k is the instant `origin + k * minutes`."""

    origin: datetime
    minutes: int
    ticks: int

    def instant(self, tick: int) -> datetime:
        """The instant of a tick, with the offset of the origin."""
        return self.origin + timedelta(minutes=self.minutes * tick)

    def floor(self, instant: datetime) -> int:
        """The last tick at or before the instant (may lie outside the grid)."""
        return (instant - self.origin) // timedelta(minutes=self.minutes)

    def ceil(self, instant: datetime) -> int:
        """The first tick at or after the instant (may lie outside the grid)."""
        return -((self.origin - instant) // timedelta(minutes=self.minutes))

    def is_on(self, instant: datetime) -> bool:
        """Whether the instant is one of the grid's ticks."""
        tick = self.floor(instant)
        return self.instant(tick) == instant and 0 <= tick < self.ticks

    def round_up(self, instant: datetime) -> datetime:
        """The first tick's instant at or after the instant."""
        return self.instant(self.ceil(instant))
