"""FHIR dates and times, whole or partial, as the span of instants they may mean.

A date without a time means a whole day of the site's zone, a year the whole year. Who reads a span
chooses the end that keeps the patient safe: the latest instant for a last dose, the earliest for a
laboratory result.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.timegrid import start_of_day
from scheduler.intake.jsontree import Json, child, words

PARTIAL = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?")


@dataclass(frozen=True, slots=True)
class Span:
    """From the earliest to the latest instant meant, both in UTC."""

    first: datetime
    last: datetime


def span_of(text: str, tz: ZoneInfo) -> Span | None:
    """What a FHIR date, dateTime or instant may mean; None when it cannot be read."""
    partial = PARTIAL.fullmatch(text)
    try:
        if partial:
            return _days(partial, tz)
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo else moment.replace(tzinfo=tz)
        exact = zoned.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None
    return Span(exact, exact)


def _days(partial: re.Match[str], tz: ZoneInfo) -> Span:
    first, after = day_range(partial)
    return Span(start_of_day(first, tz), start_of_day(after, tz) - timedelta(seconds=1))


def day_range(partial: re.Match[str]) -> tuple[date, date]:
    """The first day meant and the day after the last."""
    year, month, day = (int(part) if part else None for part in partial.groups())
    first = date(year or 1, month or 1, day or 1)
    if day:
        return first, first + timedelta(days=1)
    if month:
        return first, date(first.year + month // 12, month % 12 + 1, 1)
    return first, date(first.year + 1, 1, 1)


def whole_date(text: str) -> date | None:
    """A complete date; None for a partial one, which gives no age in whole years."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def stamp(resource: Json) -> datetime | None:
    """`meta.lastUpdated`, which always has an offset; None when it cannot be read."""
    try:
        found = datetime.fromisoformat(words(child(resource, "meta"), "lastUpdated"))
    except ValueError:
        return None
    return found if found.tzinfo else None


def choice_span(resource: Json, stem: str, tz: ZoneInfo) -> Span | None:
    """`stemDateTime`, `stemInstant`, `stemDate` or `stemPeriod`, whichever the resource has."""
    for suffix in ("DateTime", "Instant", "Date"):
        text = words(resource, stem + suffix)
        if text:
            return span_of(text, tz)
    return period_span(child(resource, stem + "Period"), tz)


def period_span(period: Json, tz: ZoneInfo) -> Span | None:
    """A Period; an end that is missing reads as its start, and the reverse."""
    edges = [span_of(words(period, edge), tz) for edge in ("start", "end") if words(period, edge)]
    known = [edge for edge in edges if edge]
    if not known or len(known) < len(edges):
        return None
    return Span(known[0].first, known[-1].last)


def clock_time(text: object) -> time | None:
    """A FHIR time of day, `HH:MM:SS`; None when it cannot be read."""
    if not isinstance(text, str):
        return None
    try:
        return time.fromisoformat(text).replace(microsecond=0, tzinfo=None)
    except ValueError:
        return None
