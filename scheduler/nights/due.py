"""Which business nights are due: a pure function of the zone, the time of day and the clock.

A night has the date on which it begins by the site's zone. Every local date has one night, also
when the clocks change over its time: a time that is skipped means the same count of minutes into
the new offset, one that comes twice means the first. A date that a zone never had (it crossed the
date line) has none.
"""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.timegrid import at_local_or_after, local_day, start_of_day

DAY = timedelta(days=1)


def begins(night: date, at: time, tz: ZoneInfo) -> datetime:
    """The instant at which the night of a date begins."""
    return at_local_or_after(night, at, tz)


def exists(day: date, tz: ZoneInfo) -> bool:
    """Whether a zone has (had) a date at all."""
    return local_day(start_of_day(day, tz), tz) == day


def latest_due(at: time, tz: ZoneInfo, now: datetime) -> date:
    """The newest night that has begun by now."""
    night = local_day(now, tz) + DAY  # of a skipped time may belong to the date before
    while not exists(night, tz) or begins(night, at, tz) > now:
        night -= DAY
    return night


def due_nights(at: time, tz: ZoneInfo, *, last: date | None, now: datetime) -> tuple[date, ...]:
    """The nights that have begun since the last one that was dealt with, oldest first.

    Args:
        at: local time at which a night begins.
        tz: the site's zone.
        last: the last night that was dealt with; None before the first: then only the newest.
        now: this instant.
    """
    newest = latest_due(at, tz, now)
    if last is None:
        return (newest,)
    days = (last + DAY * number for number in range(1, (newest - last).days + 1))
    return tuple(day for day in days if exists(day, tz))
