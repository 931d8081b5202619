"""Nights over many years and zones, on a simulated clock: none missed, none twice.

    python benchmarks/faults/nights.py [--years 20] [--zones 66] [--from 2007]

Two clocks look at every hour, and every five minutes for two days around each change of a zone's
clock, as `holdfast clock` does by `scheduler.nights.due`. The dates that a zone had are counted
without that code, hour by hour from its offsets. Then both clocks are off for 1 to 10 days again
and again: only the newest night is run, and every other is kept as missed.

The control asks APScheduler's own CronTrigger for the same nights. Exit status 1 where a night was
missed or came twice, or where the control shows neither.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from apscheduler.triggers.cron import CronTrigger  # noqa: E402 - needs the path above

from scheduler.nights.due import due_nights  # noqa: E402 - needs the path above

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
TIMES = (
    time(0),
    time(0, 30),
    time(1, 30),
    time(2),
    time(2, 15),
    time(2, 30),
    time(3),
    time(23, 30),
)
"""Times of the nights, in turn: those at which clocks change are among them."""
ZONES = (
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Los_Angeles",
    "America/Anchorage",
    "America/Adak",
    "Pacific/Honolulu",
    "America/Phoenix",
    "America/Halifax",
    "America/St_Johns",
    "America/Nuuk",
    "America/Havana",
    "America/Mexico_City",
    "America/Bogota",
    "America/Caracas",
    "America/Lima",
    "America/Asuncion",
    "America/Santiago",
    "America/Sao_Paulo",
    "America/Argentina/Buenos_Aires",
    "Atlantic/Azores",
    "Atlantic/Reykjavik",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Paris",
    "Europe/Berlin",
    "Europe/Madrid",
    "Europe/Rome",
    "Europe/Athens",
    "Europe/Helsinki",
    "Europe/Istanbul",
    "Europe/Moscow",
    "Europe/Chisinau",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Africa/Lagos",
    "Africa/Nairobi",
    "Africa/Johannesburg",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Jerusalem",
    "Asia/Amman",
    "Asia/Damascus",
    "Asia/Riyadh",
    "Asia/Tehran",
    "Asia/Dubai",
    "Asia/Karachi",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Dhaka",
    "Asia/Yangon",
    "Asia/Bangkok",
    "Asia/Shanghai",
    "Asia/Tokyo",
    "Asia/Pyongyang",
    "Australia/Perth",
    "Australia/Adelaide",
    "Australia/Sydney",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Fakaofo",
    "Pacific/Kiritimati",
    "Antarctica/Troll",
)
HARD = ("America/Nuuk", "Australia/Lord_Howe", "Antarctica/Troll", "Pacific/Apia",
        "America/New_York", "America/Havana", "Asia/Beirut", "Africa/Casablanca")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Result:
    """What came of the nights of one zone."""

    zone: str
    at: time
    nights: int
    missed: int
    doubled: int

    def __str__(self) -> str:
        return (
            f"{self.zone:32}{self.at:%H:%M}{self.nights:8}{self.missed:8} missed"
            f"{self.doubled:8} doubled"
        )


@dataclass(frozen=True, slots=True)
class Span:
    """Whole local dates of a zone, from noon to noon."""

    tz: ZoneInfo
    at: time
    first: datetime
    last: datetime

    @classmethod
    def of(cls, zone: str, at: time, first_year: int, years: int) -> "Span":
        """So many years from the first of January."""
        tz = ZoneInfo(zone)
        ends = (datetime(year, 1, 1, 12, tzinfo=tz) for year in (first_year, first_year + years))
        return cls(tz, at, *(end.astimezone(UTC) for end in ends))

    def dealt_with(self, noon: datetime) -> date:
        """The last night that has begun at a noon."""
        today = noon.astimezone(self.tz).date()
        return today if self.at < time(12) else today - DAY

    def hours(self) -> Iterator[datetime]:
        """Every hour of it."""
        return _every(HOUR, self.first, self.last)

    def expected(self) -> set[date]:
        """The dates that the zone had, less those that do not begin within the span."""
        first, last = self.dealt_with(self.first), self.dealt_with(self.last)
        return {day for day in _had(self.tz, self.first, self.last) if first < day <= last}

    def looks(self) -> Iterator[datetime]:
        """When the clocks look: every hour, and more often around a change."""
        busy_until, offset = self.first, self.first.astimezone(self.tz).utcoffset()
        for hour in self.hours():
            ahead = (hour + 2 * DAY).astimezone(self.tz).utcoffset()
            if ahead != offset:
                offset, busy_until = ahead, hour + 4 * DAY
            yield hour
            if hour < busy_until:
                yield from _every(timedelta(minutes=5), hour, min(hour + HOUR, self.last))


@cache
def _had(tz: ZoneInfo, first: datetime, last: datetime) -> frozenset[date]:
    return frozenset(hour.astimezone(tz).date() for hour in _every(HOUR, first, last))


def _every(step: timedelta, first: datetime, last: datetime) -> Iterator[datetime]:
    moment = first + step
    while moment <= last:
        yield moment
        moment += step


def simulate(zone: str, at: time, *, first_year: int, years: int) -> Result:
    """The nights of one zone with two clocks that are never off."""
    span = Span.of(zone, at, first_year, years)
    asked: Counter[date] = Counter()
    last = span.dealt_with(span.first)
    for look in span.looks():
        for _clock in range(2):
            due = due_nights(at, span.tz, last=last, now=look)
            asked.update(due[-1:])  # only the newest is run: an earlier one is missed
            last = due[-1] if due else last
    return _compared(zone, at, span.expected(), asked)


def with_outages(zone: str, at: time, *, first_year: int, years: int, seed: int) -> Result:
    """The same with a clock that is off for 1 to 10 days again and again: all accounted for."""
    span, rng = Span.of(zone, at, first_year, years), Random(seed)
    kept: Counter[date] = Counter()
    last, off_until = span.dealt_with(span.first), span.first
    for hour in span.hours():
        if hour < off_until and hour < span.last:
            continue
        due = due_nights(at, span.tz, last=last, now=hour)
        kept.update(due)
        last = due[-1] if due else last
        if rng.random() < 1 / 500:
            off_until = hour + timedelta(days=rng.randint(1, 10))
    return _compared(zone, at, span.expected(), kept)


def by_apscheduler(zone: str, at: time, *, first_year: int, years: int) -> Result:
    """The control: the nights of APScheduler's own trigger."""
    span = Span.of(zone, at, first_year, years)
    trigger = CronTrigger(hour=at.hour, minute=at.minute, timezone=span.tz)
    fired: Counter[date] = Counter()
    before, now = None, span.first
    for _ in range(370 * years):
        before = trigger.get_next_fire_time(before, now)
        if before is None or before > span.last:
            break
        fired[before.date()] += 1
        now = before.astimezone(UTC)
    expected = span.expected()
    return _compared(zone, at, expected, Counter({d: n for d, n in fired.items() if d in expected}))


def _compared(zone: str, at: time, expected: set[date], asked: Counter[date]) -> Result:
    doubled = sum(count - 1 for count in asked.values()) + len(asked.keys() - expected)
    return Result(zone, at, len(expected), len(expected - asked.keys()), doubled)


def total(results: list[Result]) -> Result:
    """All zones together."""
    return Result(
        f"all {len(results)} zones",
        time(),
        sum(r.nights for r in results),
        sum(r.missed for r in results),
        sum(r.doubled for r in results),
    )


def main() -> int:
    """Print a line for each zone and the totals."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--years", type=int, default=20)
    parser.add_argument("--from", type=int, default=2007, dest="first_year")
    parser.add_argument("--zones", type=int, default=len(ZONES))
    args = parser.parse_args()
    zones = (*HARD, *(zone for zone in ZONES if zone not in HARD))[: args.zones]
    span = {"first_year": args.first_year, "years": args.years}
    plan = [(zone, TIMES[number % len(TIMES)]) for number, zone in enumerate(zones)]
    found = []
    for zone, at in plan:
        found.append(simulate(zone, at, **span))
        print(found[-1], flush=True)
    off = [with_outages(zone, at, **span, seed=n) for n, (zone, at) in enumerate(plan)]
    control = [by_apscheduler(zone, at, **span) for zone in HARD for at in TIMES[:4]]
    for name, results in (("clock", found), ("with outages", off), ("CronTrigger", control)):
        print(f"{name:14}", total(results))
    shown = total(control)
    bad = any(r.missed or r.doubled for r in (total(found), total(off)))
    return 1 if bad or not shown.missed + shown.doubled else 0


if __name__ == "__main__":
    sys.exit(main())
