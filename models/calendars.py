"""Opening hours as data, and the instants they come to.

What is open: weekly hours less their breaks, and recurring blocks - both not on public holidays,
unless the calendar ignores them - and dated openings. What is closed wins over all of it: dated
closures, absences and recurring closures. Times are wall clocks of the site; a span `[a, b)` of one
day lasts from the instant the clock shows `a` to the instant it shows `b`, so that a day of 23 or
25 hours loses or gains the hour where the clock does. Dates of public holidays and of recurrence
rules come in through `DateRules`, because their libraries are no part of the domain.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Any, Protocol, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, NaiveDatetime, PositiveInt, model_validator

from models.base import Frozen
from models.errors import InputError
from models.timegrid import at_local, at_local_or_after, local_day, start_of_day
from models.windows import Window, WindowSet

DAY = timedelta(days=1)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    found = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if not found:
        msg = f"{value!r} is not a time of day; write it as 07:30"
        raise ValueError(msg)
    return time(int(found[1]), int(found[2]))


Clock = Annotated[time, BeforeValidator(_clock)]
"""A wall-clock time in whole minutes."""


class Weekday(StrEnum):
    """Days of the week, in the order of `date.weekday()`."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"

    @classmethod
    def of(cls, day: date) -> "Weekday":
        """The weekday of a date."""
        return list(cls)[day.weekday()]


class ClockSpan(Frozen):
    """`[start, end)` on one local day, written `07:30-12:00`; the end may be `24:00`."""

    start: Clock
    end: Clock | None
    """None: the end of the day."""

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        start, dash, end = value.partition("-")
        if not dash:
            msg = f"{value!r} is not a span of hours; write it as 07:30-12:00"
            raise ValueError(msg)
        return {"start": start.strip(), "end": None if end.strip() == "24:00" else end.strip()}

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end is not None and self.end <= self.start:
            msg = (
                f"{self.start:%H:%M}-{self.end:%H:%M} ends before it starts;"
                " write a night as two spans, to 24:00 and from 00:00"
            )
            raise ValueError(msg)
        return self

    def on(self, day: date, tz: ZoneInfo) -> Window:
        """The instants of the span on one day; backward, hence none, where the clock skips it."""
        start = at_local_or_after(day, self.start, tz)
        if self.end is None:
            return Window(start, start_of_day(day + DAY, tz))
        return Window(start, at_local_or_after(day, self.end, tz))


def _weekdays(group: str) -> Iterator[Weekday]:
    order = list(Weekday)
    for part in group.lower().split(","):
        first, dash, last = (piece.strip() for piece in part.partition("-"))
        for name in (first, last or first):
            if name not in order:
                msg = f"{name!r} is not a weekday; write mon, tue-fri or mon,wed,fri"
                raise ValueError(msg)
        begin = order.index(Weekday(first))
        count = (order.index(Weekday(last)) - begin) % 7 + 1 if dash else 1
        yield from (order[(begin + step) % 7] for step in range(count))


def _by_weekday(value: object) -> object:
    if not isinstance(value, dict):
        return value
    spread: dict[Weekday, Any] = {}
    for group, spans in value.items():
        for weekday in _weekdays(str(group)):
            if weekday in spread:
                msg = f"{weekday} is given twice"
                raise ValueError(msg)
            spread[weekday] = spans
    return spread


Weekly = Annotated[dict[Weekday, tuple[ClockSpan, ...]], BeforeValidator(_by_weekday)]
"""Spans by weekday; in a file a key may be a group such as `mon-fri` or `mon,wed`."""


FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)
"""What lies beyond is a slip of the pen, and would leave the calendar."""
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
WallClock = Annotated[
    NaiveDatetime,
    Field(ge=datetime.combine(FIRST_DAY, time()), le=datetime.combine(LAST_DAY, time())),
]


class DatedSpan(Frozen):
    """A closure, absence or opening: whole local days, or `[start, end)` by the local clock."""

    first_day: Day | None = None
    last_day: Day | None = None
    """Included; the first day alone when left out."""
    start: WallClock | None = None
    end: WallClock | None = None
    reason: str = ""

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        clocked = self.start is not None and self.end is not None
        if (self.first_day is not None) == clocked or (
            (self.start is None) != (self.end is None) or (clocked and self.last_day is not None)
        ):
            msg = "give first_day (and last_day), or start and end"
            raise ValueError(msg)
        if self.first_day and self.last_day and self.last_day < self.first_day:
            msg = f"the last day {self.last_day} lies before the first, {self.first_day}"
            raise ValueError(msg)
        if self.start and self.end and self.end <= self.start:
            msg = f"{self.end.isoformat(' ')} is not after {self.start.isoformat(' ')}"
            raise ValueError(msg)
        return self

    def window(self, tz: ZoneInfo) -> Window:
        """The instants it covers.

        Raises:
            InputError: the clock never shows the start or the end.
        """
        if self.start is not None and self.end is not None:
            return Window(
                at_local(self.start.date(), self.start.time(), tz),
                at_local(self.end.date(), self.end.time(), tz),
            )
        if self.first_day is None:
            raise InputError("a dated span has no day", remedy="give first_day, or start and end")
        last = self.last_day or self.first_day
        return Window(start_of_day(self.first_day, tz), start_of_day(last + DAY, tz))


class RecurringBlock(Frozen):
    """A block that repeats by days (RFC 5545 RRULE): a local start time and elapsed minutes."""

    rrule: str = Field(min_length=1)
    """Of daily or longer frequency, such as `FREQ=WEEKLY;BYDAY=MO,WE`."""
    first_day: date
    """Recurrence counts from here (DTSTART)."""
    at: Clock
    minutes: PositiveInt
    skip: tuple[date, ...] = ()
    label: str = ""

    def on(self, day: date, tz: ZoneInfo) -> Window:
        """The instants of the block that starts on a day."""
        start = at_local_or_after(day, self.at, tz)
        return Window(start, start + timedelta(minutes=self.minutes))


class HolidayRule(Frozen):
    """Which public holidays the site keeps."""

    country: str = Field(pattern="^[A-Z]{2,3}$")
    """ISO 3166 code."""
    subdivision: str | None = None
    working: tuple[str, ...] = ()
    """English names of public holidays on which the site works as usual."""
    also: tuple[date, ...] = ()
    """The site's own days off."""


class Calendar(Frozen):
    """When something or somebody is there, as rules."""

    weekly: Weekly = Field(default_factory=dict)
    breaks: Weekly = Field(default_factory=dict)
    """Cut out of the weekly hours."""
    blocks: tuple[RecurringBlock, ...] = ()
    """Open besides the weekly hours."""
    openings: tuple[DatedSpan, ...] = ()
    """Open on top of everything else, public holidays too."""
    closures: tuple[DatedSpan, ...] = ()
    recurring_closures: tuple[RecurringBlock, ...] = ()
    observes_holidays: bool = True

    @property
    def dated(self) -> Iterator[DatedSpan]:
        """Every dated span, for checking."""
        yield from self.openings
        yield from self.closures

    @property
    def recurring(self) -> Iterator[RecurringBlock]:
        """Every recurring block, for checking."""
        yield from self.blocks
        yield from self.recurring_closures


class DateRules(Protocol):
    """Answers with dates what the domain has no library for."""

    def holidays(self, rule: HolidayRule, first: date, last: date) -> frozenset[date]:
        """The days off from first to last, both included."""
        ...

    def recurrences(self, rrule: str, start: date, first: date, last: date) -> tuple[date, ...]:
        """The days from first to last, both included, on which a rule begun at start falls."""
        ...


@dataclass(frozen=True, slots=True)
class LocalDates:
    """Where and when calendars are read: the zone, the days off, and the recurrence rules."""

    tz: ZoneInfo
    holidays: frozenset[date]
    rules: DateRules


def local_dates(
    rule: HolidayRule | None, span: Window, tz: ZoneInfo, rules: DateRules
) -> LocalDates:
    """What calendars need to be read over a span of instants."""
    if rule is None:
        return LocalDates(tz, frozenset(), rules)
    first, last = local_day(span.start, tz) - DAY, local_day(span.end, tz) + DAY
    return LocalDates(tz, rules.holidays(rule, first, last), rules)


def open_windows(calendar: Calendar, span: Window, dates: LocalDates) -> WindowSet:
    """The instants of the span at which the calendar is open.

    Raises:
        InputError: a dated span names a clock time that does not exist, or a rule cannot be read.
    """
    tz = dates.tz
    ours = WindowSet.between(span.start, span.end)
    days = [
        day
        for day in _days(local_day(span.start, tz), local_day(span.end, tz))
        if not (calendar.observes_holidays and day in dates.holidays)
    ]
    pieces = [piece for day in days for piece in _hours(calendar, day, tz)]
    pieces += _blocks(calendar.blocks, span, dates, keep_holidays=calendar.observes_holidays)
    pieces += [opening.window(tz) for opening in calendar.openings]
    closed = [closure.window(tz) for closure in calendar.closures]
    closed += _blocks(calendar.recurring_closures, span, dates, keep_holidays=False)
    return (WindowSet(pieces) & ours) - (WindowSet(closed) & ours)


def _days(first: date, last: date) -> Iterator[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def _hours(calendar: Calendar, day: date, tz: ZoneInfo) -> Iterable[Window]:
    weekday = Weekday.of(day)
    hours = WindowSet(span.on(day, tz) for span in calendar.weekly.get(weekday, ()))
    return hours - WindowSet(span.on(day, tz) for span in calendar.breaks.get(weekday, ()))


def _blocks(
    blocks: Iterable[RecurringBlock], span: Window, dates: LocalDates, *, keep_holidays: bool
) -> Iterator[Window]:
    for block in blocks:
        reach = timedelta(minutes=block.minutes)
        first, last = local_day(span.start - reach, dates.tz), local_day(span.end, dates.tz)
        for day in dates.rules.recurrences(block.rrule, block.first_day, first, last):
            if day not in block.skip and not (keep_holidays and day in dates.holidays):
                yield block.on(day, dates.tz)


def is_open(calendar: Calendar, instant: datetime, dates: LocalDates) -> bool:
    """Whether the calendar is open at one instant; the same rules, read without any set algebra."""
    tz, day = dates.tz, local_day(instant, dates.tz)
    if any(instant in closure.window(tz) for closure in calendar.closures):
        return False
    if _in_block(calendar.recurring_closures, instant, dates, keep_holidays=False):
        return False
    if any(instant in opening.window(tz) for opening in calendar.openings):
        return True
    holidays = calendar.observes_holidays
    if _in_block(calendar.blocks, instant, dates, keep_holidays=holidays):
        return True
    weekday = Weekday.of(day)
    return (
        not (holidays and day in dates.holidays)
        and any(instant in span.on(day, tz) for span in calendar.weekly.get(weekday, ()))
        and not any(instant in span.on(day, tz) for span in calendar.breaks.get(weekday, ()))
    )


def _in_block(
    blocks: Iterable[RecurringBlock], instant: datetime, dates: LocalDates, *, keep_holidays: bool
) -> bool:
    for block in blocks:
        first = local_day(instant - timedelta(minutes=block.minutes), dates.tz)
        last = local_day(instant, dates.tz)
        for day in dates.rules.recurrences(block.rrule, block.first_day, first, last):
            kept = keep_holidays and day in dates.holidays
            if day not in block.skip and not kept and instant in block.on(day, dates.tz):
                return True
    return False
