"""When somebody is in the office: on the days and in the hours in which referrals come in."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from models.calendars import ClockSpan, Weekday
from models.site import Site
from models.timegrid import local_day
from scenarios.assumptions import Arrivals

WORKDAYS = frozenset(list(Weekday)[:5])


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Hours of one department."""

    site: Site
    span: ClockSpan
    days: frozenset[Weekday]

    @classmethod
    def of(cls, site: Site, arrivals: Arrivals) -> "OfficeHours":
        """Working days, and whatever other days have referrals of their own."""
        named = frozenset(day for day, mean in arrivals.per_day.items() if mean > 0)
        return cls(site, arrivals.hours, named or WORKDAYS)

    def is_open(self, day: date) -> bool:
        """Whether somebody is there on a local day."""
        return Weekday.of(day) in self.days

    def opening(self, day: date) -> datetime:
        """When the office opens on a day."""
        return self.span.on(day, self.site.tz).start

    def known_by(self, at: datetime) -> datetime:
        """When somebody in the office hears of what happens at an instant."""
        day = local_day(at, self.site.tz)
        while True:
            if self.is_open(day):
                open_hours = self.span.on(day, self.site.tz)
                if at < open_hours.end:
                    return max(at, open_hours.start)
            day += timedelta(days=1)
