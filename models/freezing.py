"""The frozen problem of one moment: a site's rules and its cases as a planning file.

Bookings that have begun stay as they are, and those about to begin are locked while they can stand;
a lock that can no longer stand is opened, so that the search may repair it.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from models.calendars import DateRules, LocalDates, local_dates, open_windows
from models.documents import first_fault
from models.errors import InputError
from models.problem import Booking, Case, Horizon, Need, PlanningProblem, Resource
from models.resources import arrival_resources, free_windows, to_planning_resource
from models.site import Site
from models.timegrid import local_day
from models.windows import Window, WindowSet

Closures = Mapping[str, WindowSet]
"""Resource id (or the id of arrival slots) to the times at which it is out of use."""
NOTHING: Closures = {}
Span = tuple[datetime, datetime]
Places = Mapping[str, Resource]
"""Resources by id."""


def freeze(
    site: Site,
    cases: Iterable[Case],
    now: datetime,
    rules: DateRules,
    *,
    closures: Closures = NOTHING,
    opened: Iterable[Resource] | None = None,
) -> PlanningProblem:
    """The planning problem of a site at one moment; instants carry the site's local offsets.

    Resources that are for deliberate overbooking are no part of it.

    Args:
        site: the department.
        cases: as `models.cases.planning_case` makes them; windows are cut to the horizon.
        now: the moment; the horizon begins at the local midnight before it.
        rules: dates of public holidays and of recurrence rules.
        closures: what is out of use besides the site file's own closures.
        opened: `planning_resources` over the horizon with these closures, where they are known.

    Raises:
        InputError: a booking before the horizon, or on a resource the site does not have.
    """
    span = site.horizon(now)
    cases = tuple(cases)
    _refuse_earlier(cases, span.start)
    if opened is None:
        opened = planning_resources(site, span, rules, closures=closures)
    used = _used_by_begun(cases, now)
    resources = [
        _kept_open(resource, used.get(resource.id, ()))
        for resource in opened
        if resource.id not in site.overflow
    ]
    places = {r.id: r for r in resources}
    try:
        return PlanningProblem(
            format="holdfast-planning",
            version=1,
            site=site.id,
            timezone=site.timezone,
            now=now.astimezone(site.tz),
            tick_minutes=site.tick_minutes,
            horizon=Horizon(start=span.start.astimezone(site.tz), end=span.end.astimezone(site.tz)),
            objective=site.prices,
            resources=tuple(resources),
            cases=tuple(sorted(_settled(cases, site, now, span, places), key=lambda c: c.id)),
        )
    except ValidationError as error:
        fault = first_fault(error)
        raise InputError(
            fault, place=f"site {site.id}", remedy="correct the site or the booking"
        ) from error


def planning_resources(
    site: Site, span: Window, rules: DateRules, *, closures: Closures = NOTHING
) -> tuple[Resource, ...]:
    """The site's resources over a span of instants, arrival slots among them, sorted by kind.

    Raises:
        InputError: a recurrence rule cannot be read.
    """
    dates = local_dates(site.holidays, span, site.tz, rules)
    return (*_resources(site, span, dates, closures), *_arrivals(site, span, dates, closures))


def _resources(
    site: Site, span: Window, dates: LocalDates, closures: Closures
) -> Iterator[Resource]:
    shared: dict[str, WindowSet] = {}
    for resource in site.resources:
        name = resource.calendar
        if resource.follows_calendar:
            if name not in shared:
                shared[name] = open_windows(site.calendars[name], span, dates)
            free = shared[name]
        else:
            free = free_windows(resource, site.calendars[name], span, dates)
        closed = closures.get(resource.id)
        yield to_planning_resource(resource, free - closed if closed else free, dates)


def _arrivals(
    site: Site, span: Window, dates: LocalDates, closures: Closures
) -> Iterator[Resource]:
    for slots in site.arrivals:
        hours = open_windows(site.calendars[slots.calendar], span, dates)
        hours -= closures.get(slots.id, WindowSet())
        yield from arrival_resources(slots, hours, span, dates)


def _refuse_earlier(cases: Iterable[Case], begin: datetime) -> None:
    for case in cases:
        if case.booking is not None and case.booking.start < begin:
            raise InputError(
                f"its booking of {case.booking.start.isoformat()} lies before the horizon",
                place=f"case {case.id}",
                remedy="mark it as done, or cancel it",
            )


def _used_by_begun(cases: Iterable[Case], now: datetime) -> dict[str, tuple[Span, ...]]:
    """What cases that have begun use, by resource."""
    used: dict[str, tuple[Span, ...]] = {}
    for case in cases:
        if case.booking is None or case.booking.start >= now:
            continue
        for need in case.needs:
            name = case.booking.assigned[need.role]
            used[name] = (*used.get(name, ()), need.span(case.booking.start))
    return used


def _kept_open(resource: Resource, used: tuple[Span, ...]) -> Resource:
    """A resource is there for the cases that already use it, whatever its hours now say."""
    if not used:
        return resource
    return resource.model_copy(update={"available": (*resource.available, *used)})


@dataclass(frozen=True, slots=True)
class _Kept:
    """What the bookings locked so far hold, to judge whether one more can be locked."""

    site: Site
    places: Places
    spans: dict[str, list[tuple[datetime, datetime]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    minutes: dict[tuple[str, date], int] = field(default_factory=lambda: defaultdict(int))

    def add(self, case: Case) -> None:
        """Count what the case's booking holds."""
        for name, begin, end in _uses(case):
            self.spans[name].append((begin, end))
            self.minutes[name, local_day(begin, self.site.tz)] += _minutes(begin, end)

    def admits(self, case: Case, windows: WindowSet) -> bool:
        """Whether the booking is legal beside the others: start, resources, overlaps, limits."""
        booking = case.booking
        if booking is None or booking.start not in windows:
            return False
        able = all(self._serves(need, booking) for need in case.needs)
        return able and self._has_room(case)

    def _serves(self, need: Need, booking: Booking) -> bool:
        found = self.places.get(booking.assigned[need.role])
        if found is None or not need.accepts(found):
            return False
        begin, end = need.span(booking.start)
        return found.is_there(begin, end)

    def _has_room(self, case: Case) -> bool:
        asked: dict[tuple[str, date], int] = defaultdict(int)
        for name, begin, end in _uses(case):
            if any(a < end and begin < b for a, b in self.spans[name]):
                return False
            asked[name, local_day(begin, self.site.tz)] += _minutes(begin, end)
        return all(
            (limit := self.places[name].limit_on(day)) is None
            or self.minutes[name, day] + minutes <= limit
            for (name, day), minutes in asked.items()
        )


def _minutes(begin: datetime, end: datetime) -> int:
    return (end - begin) // timedelta(minutes=1)


def _uses(case: Case) -> Iterator[tuple[str, datetime, datetime]]:
    if case.booking is not None:
        for need in case.needs:
            yield case.booking.assigned[need.role], *need.span(case.booking.start)


def _settled(
    cases: Iterable[Case], site: Site, now: datetime, span: Window, places: Places
) -> Iterator[Case]:
    """The cases with windows within the horizon and their locks decided.

    First those that have begun, then those that a person locked, then those about to begin.
    """
    soon = now + timedelta(hours=site.freeze.hours)
    kept = _Kept(site, places)

    for case in sorted(cases, key=lambda case: _turn(case, now)):
        windows = WindowSet(Window(a, b) for a, b in case.windows).clip(span.start, span.end)
        booking = case.booking
        begun = booking is not None and booking.start < now
        wanted = booking is not None and (booking.locked or booking.start < soon)
        locked = begun or (wanted and kept.admits(case, windows))
        if locked:
            kept.add(case)
        if booking is not None and begun:
            yield _as_begun(case, booking.start, site, windows)
        else:
            yield _with(case, site, windows, locked=locked)


def _turn(case: Case, now: datetime) -> tuple[int, datetime, str]:
    booking = case.booking
    if booking is None:
        return 3, now, case.id
    return 0 if booking.start < now else 1 if booking.locked else 2, booking.start, case.id


def _as_begun(case: Case, start: datetime, site: Site, windows: WindowSet) -> Case:
    """A case under way: its start is permitted, and what it uses will do."""
    tick = timedelta(minutes=site.tick_minutes)
    needs = tuple(need.model_copy(update={"tags": ()}) for need in case.needs)
    plain = case.model_copy(update={"needs": needs})
    return _with(plain, site, windows | WindowSet.between(start, start + tick), locked=True)


def _with(case: Case, site: Site, windows: WindowSet, *, locked: bool = False) -> Case:
    update: dict[str, object] = {
        "windows": tuple((w.start.astimezone(site.tz), w.end.astimezone(site.tz)) for w in windows)
    }
    if case.booking is not None:
        update["booking"] = case.booking.model_copy(update={"locked": locked})
    members = {name: getattr(case, name) for name in type(case).model_fields}
    return Case.model_validate(members | update)
