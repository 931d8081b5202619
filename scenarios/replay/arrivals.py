"""Who comes in on a day: a Poisson number by weekday, each drawn from the site's own referrals.

Nobody comes on a public holiday that the site keeps; other days have no more for it.

Factors below 1 thin the arrivals, each by a number of its own; what factors above 1 add comes from
a stream of its own. So arrivals that an edit does not touch are the same, at the same minute.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from models.calendars import Weekday
from models.timegrid import local_day
from scenarios.assumptions import Arrivals
from scenarios.practice import Known, Practice
from scenarios.replay.draws import Draws
from scenarios.replay.hours import OfficeHours
from scenarios.replay.templates import Person, arrived


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who is referred."""

    at: datetime
    person: Person

    @property
    def case(self) -> str:
        """The case's id."""
        return self.person.referral.id


@dataclass(frozen=True)
class Stream:
    """All arrivals of one replication."""

    practice: Practice
    draws: Draws
    hours: OfficeHours

    def on(self, day: date) -> tuple[Arrival, ...]:
        """Who comes in on a local day, in the order in which they come."""
        if not self._sources or self.hours.is_holiday(day):
            return ()
        found = (*self._usual(day), *self._added(day))
        return tuple(sorted(found, key=lambda arrival: (arrival.at, arrival.case)))

    def _usual(self, day: date) -> Iterator[Arrival]:
        """Arrivals as they were, less those that factors below 1 take away."""
        equal = [1.0] * len(self._sources)
        for k in range(self.draws.count(self._mean(day), "arrivals", day)):
            source = self._sources[self.draws.index(equal, "arrival-who", day, k)]
            if self.draws.uniform("arrival-kept", day, k) < self._factor(source, day):
                yield self._arrival("r", source, day, k)

    def _added(self, day: date) -> Iterator[Arrival]:
        """What factors above 1 add, in proportion to them."""
        more = [max(0.0, self._factor(source, day) - 1.0) for source in self._sources]
        mean = self._mean(day) * sum(more) / len(more)
        for k in range(self.draws.count(mean, "arrivals-added", day) if mean else 0):
            source = self._sources[self.draws.index(more, "added-who", day, k)]
            yield self._arrival("a", source, day, k)

    def _arrival(self, prefix: str, source: Known, day: date, k: int) -> Arrival:
        case = f"{prefix}{day:%Y%m%d}-{k}"
        tz = self.practice.site.tz
        hours = self.hours.span.on(day, tz)
        minutes = (hours.end - hours.start) // timedelta(minutes=1)
        minute = int(self.draws.uniform("arrival-at", case) * minutes)
        at = hours.start + timedelta(minutes=minute)
        return Arrival(at, arrived(source, case, at, self.practice.now, tz))

    @cached_property
    def _sources(self) -> tuple[Known, ...]:
        return tuple(sorted(self.practice.sources, key=lambda known: known.id))

    def _mean(self, day: date) -> float:
        return self._means.get(Weekday.of(day), 0.0)

    @cached_property
    def _means(self) -> dict[Weekday, float]:
        given = self.practice.assumptions.arrivals
        return dict(given.per_day) or authored_per_day(self.practice, self.hours)

    def _factor(self, source: Known, day: date) -> float:
        return self._by_kind[source.id] * self._arrivals.by_weekday.get(Weekday.of(day), 1.0)

    @property
    def _arrivals(self) -> Arrivals:
        return self.practice.assumptions.arrivals

    @cached_property
    def _by_kind(self) -> dict[str, float]:
        """By source: the factor on referrals like it."""
        catalogue, site, asked = self.practice.catalogue, self.practice.site, self._arrivals
        found = {}
        for source in self._sources:
            referral = source.referral
            kind = catalogue.find(referral.code, referral.system)
            procedure = kind.key if kind else referral.code
            priority = site.priorities.get(referral.priority, referral.priority)
            found[source.id] = (
                asked.scale
                * asked.by_procedure.get(procedure, 1.0)
                * asked.by_priority.get(priority, 1.0)
            )
        return found


def authored_per_day(practice: Practice, hours: OfficeHours) -> dict[Weekday, float]:
    """Mean number of referrals by weekday, holidays left out, by when open cases were authored.

    Cases that have been treated since are no longer among them, so this is a lower figure.
    """
    tz = practice.site.tz
    days = [local_day(k.referral.authored, tz) for k in practice.sources if k.referral.authored]
    return per_weekday(days, min(days), local_day(practice.now, tz), hours) if days else {}


def per_weekday(
    days: Sequence[date], first: date, last: date, hours: OfficeHours
) -> dict[Weekday, float]:
    """Mean number by weekday of what came on some days.

    Args:
        days: local days, one for each that came.
        first: the first day that counts.
        last: the last day that counts; may lie before the first.
        hours: of the office: holidays are left out.

    Returns:
        By weekday, in the order of the week; without those on which nobody came.
    """
    open_days = [
        day
        for day in (first + timedelta(days=n) for n in range((last - first).days + 1))
        if not hours.is_holiday(day)
    ]
    spanned = Counter(map(Weekday.of, open_days))
    counted = frozenset(open_days)
    seen = Counter(Weekday.of(day) for day in days if day in counted)
    return {weekday: seen[weekday] / spanned[weekday] for weekday in Weekday if seen[weekday]}
