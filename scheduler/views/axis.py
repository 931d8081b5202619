"""A time axis drawn true: positions from elapsed time, labels from the site's clock.

An hour is as wide on a day of 23 or 25 hours as on any other. Where the clock shows an hour twice,
both marks carry the zone's abbreviation.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.timegrid import local_day, start_of_day

HOUR = timedelta(hours=1)
NORMAL_DAY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Mark:
    """A labelled instant of an axis."""

    at: datetime
    label: str


@dataclass(frozen=True, slots=True)
class Axis:
    """The span `[start, end)` of a zone, in UTC, with its marks in order."""

    zone: str
    start: datetime
    end: datetime
    marks: tuple[Mark, ...]

    def fraction(self, instant: datetime) -> float:
        """Where an instant lies, 0 at the start and 1 at the end; instants beyond are clipped."""
        return min(1.0, max(0.0, (instant - self.start) / (self.end - self.start)))

    def shows(self, start: datetime, end: datetime) -> bool:
        """Whether any part of `[start, end)` lies on the axis."""
        return start < self.end and self.start < end

    @property
    def hours(self) -> float:
        """Elapsed hours from end to end."""
        return (self.end - self.start) / HOUR


def next_day(day: date, tz: ZoneInfo) -> datetime:
    """The first instant after a local day."""
    return start_of_day(day + timedelta(days=1), tz)


def day_length(day: date, tz: ZoneInfo) -> timedelta:
    """Elapsed length of a local day."""
    return next_day(day, tz) - start_of_day(day, tz)


def clock(instant: datetime, tz: ZoneInfo) -> str:
    """The site's 24-hour clock; with the abbreviation where it shows the time twice."""
    local = instant.astimezone(tz)
    abbreviation = f" {local:%Z}" if _twice(local) else ""
    return f"{local:%H:%M}{abbreviation}"


def day_and_clock(instant: datetime, tz: ZoneInfo) -> str:
    """Weekday, day, month and clock, such as `Mon 26 Oct 09:00`."""
    local = instant.astimezone(tz)
    return f"{local:%a} {local.day} {local:%b} {clock(instant, tz)}"


def weekday_and_clock(instant: datetime, tz: ZoneInfo) -> str:
    """Weekday and clock, such as `Mon 09:00`, where the date stands beside it."""
    return f"{instant.astimezone(tz):%a} {clock(instant, tz)}"


def zone_note(day: date, tz: ZoneInfo) -> str:
    """The zone and its offset on a day, and what the clocks do if they change."""
    first = start_of_day(day, tz).astimezone(tz)
    last = (next_day(day, tz) - timedelta(seconds=1)).astimezone(tz)
    if first.utcoffset() == last.utcoffset():
        return f"{tz.key}, {_offset(first)}"
    hours = day_length(day, tz) / HOUR
    turn = "forward" if day_length(day, tz) < NORMAL_DAY else "back"
    change = f"the clocks go {turn}: this day has {hours:g} hours"
    return f"{tz.key}, {_offset(first)} then {_offset(last)}; {change}"


def _offset(local: datetime) -> str:
    shown = f"{local:%z}"
    return f"{local:%Z} (UTC{shown[:3]}:{shown[3:5]})"


def hour_axis(day: date, tz: ZoneInfo, spans: tuple[tuple[datetime, datetime], ...] = ()) -> Axis:
    """An axis over the part of a local day that the spans need, in full local hours.

    Args:
        day: the local day.
        tz: the site's zone.
        spans: what must be seen; parts outside the day are left off. None at all: the whole day.
    """
    first, last = start_of_day(day, tz), next_day(day, tz)
    inside = [(max(a, first), min(b, last)) for a, b in spans if a < last and first < b]
    hours = local_hours(day, tz)
    if inside:
        begin, until = min(a for a, _ in inside), max(b for _, b in inside)
        first = max((h for h in hours if h <= begin), default=first)
        last = min((h for h in hours if h >= until), default=last)
    marks = tuple(Mark(h, clock(h, tz)) for h in hours if first <= h < last)
    return Axis(zone=tz.key, start=first, end=last, marks=marks)


def local_hours(day: date, tz: ZoneInfo) -> tuple[datetime, ...]:
    """Every instant of a local day at which the clock shows a full hour."""
    shown = {
        datetime.combine(day, time(hour), tzinfo=tz).replace(fold=fold).astimezone(UTC)
        for hour in range(24)
        for fold in (0, 1)
    }
    first, last = start_of_day(day, tz), next_day(day, tz)
    full = (h for h in shown if first <= h < last and h.astimezone(tz).minute == 0)
    return tuple(sorted(full))


def day_axis(start: datetime, end: datetime, tz: ZoneInfo) -> Axis:
    """An axis of whole local days around `[start, end)`, marked at each midnight."""
    day = local_day(start, tz)
    first = start_of_day(day, tz)
    marks: list[Mark] = []
    while (midnight := start_of_day(day, tz)) < end or not marks:
        local = midnight.astimezone(tz)
        marks.append(Mark(midnight, f"{local:%a} {day.day} {local:%b}"))
        day += timedelta(days=1)
    return Axis(zone=tz.key, start=first, end=start_of_day(day, tz), marks=tuple(marks))


def _twice(local: datetime) -> bool:
    """Whether the clock shows this wall time at two instants."""
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
