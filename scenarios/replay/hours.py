"""When somebody is in the office: in the hours in which referrals come in, but on no holiday."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from models.calendars import ClockSpan, DateRules, Weekday
from models.site import Site
from models.timegrid import local_day
from scenarios.practice import Practice

WORKDAYS = frozenset(list(Weekday)[:5])


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """Hours of one department."""

    site: Site
    span: ClockSpan
    days: frozenset[Weekday]
    rules: DateRules
    _holidays: dict[int, frozenset[date]] = field(default_factory=dict, compare=False, repr=False)
    """By year: the days off of those years that were asked for."""

    @classmethod
    def of(cls, practice: Practice, rules: DateRules) -> "OfficeHours":
        """Working days, and whatever other days have referrals of their own.

        Args:
            practice: the department, with what is assumed of its arrivals.
            rules: dates of its public holidays.
        """
        arrivals = practice.assumptions.arrivals
        named = frozenset(day for day, mean in arrivals.per_day.items() if mean > 0)
        others = named if arrivals.per_day else _authored(practice)
        return cls(practice.site, arrivals.hours, WORKDAYS | others, rules)

    def is_holiday(self, day: date) -> bool:
        """Whether a local day is a public holiday that the site keeps, or a day off of its own."""
        rule, year = self.site.holidays, day.year
        if rule is None:
            return False
        if year not in self._holidays:
            first, last = date(year, 1, 1), date(year, 12, 31)
            self._holidays[year] = self.rules.holidays(rule, first, last)
        return day in self._holidays[year]

    def is_open(self, day: date) -> bool:
        """Whether somebody is there on a local day."""
        return Weekday.of(day) in self.days and not self.is_holiday(day)

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


def _authored(practice: Practice) -> frozenset[Weekday]:
    """The weekdays on which referrals like those to come were made."""
    made = (known.referral.authored for known in practice.sources)
    return frozenset(Weekday.of(local_day(at, practice.site.tz)) for at in made if at)
