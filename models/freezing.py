"""The frozen problem of one moment: a site's rules and its cases as a planning file.

Bookings that have begun stay as they are, and those about to begin are locked while they can stand;
a lock that can no longer stand is opened, so that the search may repair it.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta

from pydantic import ValidationError

from models.calendars import DateRules, LocalDates, local_dates, open_windows
from models.documents import first_fault
from models.errors import InputError
from models.problem import Case, Horizon, PlanningProblem, Resource
from models.resources import arrival_resources, free_windows, to_planning_resource
from models.site import Site
from models.windows import Window, WindowSet

Closures = Mapping[str, WindowSet]
"""Resource id (or the id of arrival slots) to the times at which it is out of use."""
NOTHING: Closures = {}


def freeze(
    site: Site,
    cases: Iterable[Case],
    now: datetime,
    rules: DateRules,
    *,
    closures: Closures = NOTHING,
) -> PlanningProblem:
    """The planning problem of a site at one moment; instants carry the site's local offsets.

    Args:
        site: the department.
        cases: as `models.cases.planning_case` makes them; windows are cut to the horizon.
        now: the moment; the horizon begins at the local midnight before it.
        rules: dates of public holidays and of recurrence rules.
        closures: what is out of use besides the site file's own closures.

    Raises:
        InputError: a booking before the horizon, or on a resource the site does not have.
    """
    span = site.horizon(now)
    cases = sorted(cases, key=lambda case: case.id)
    resources = [
        _kept_open(resource, cases, now)
        for resource in planning_resources(site, span, rules, closures=closures)
    ]
    free = {r.id: WindowSet(Window(a, b) for a, b in r.available) for r in resources}
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
            cases=tuple(_frozen(case, site, now, span, free) for case in cases),
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


def _begun(case: Case, now: datetime) -> bool:
    return case.booking is not None and case.booking.start < now


def _kept_open(resource: Resource, cases: list[Case], now: datetime) -> Resource:
    """A resource is there for the cases that already use it, whatever its hours now say."""
    used = [
        need.span(case.booking.start)
        for case in cases
        if case.booking is not None and _begun(case, now)
        for need in case.needs
        if case.booking.assigned[need.role] == resource.id
    ]
    if not used:
        return resource
    return resource.model_copy(update={"available": (*resource.available, *used)})


def _frozen(
    case: Case, site: Site, now: datetime, span: Window, free: Mapping[str, WindowSet]
) -> Case:
    windows = WindowSet(Window(a, b) for a, b in case.windows).clip(span.start, span.end)
    if case.booking is None:
        return _with(case, site, windows)
    start = case.booking.start
    if _begun(case, now):
        if start < span.start:
            raise InputError(
                f"its booking of {start.isoformat()} lies before the horizon",
                place=f"case {case.id}",
                remedy="mark it as done, or cancel it",
            )
        tick = timedelta(minutes=site.tick_minutes)
        return _with(case, site, windows | WindowSet.between(start, start + tick), locked=True)
    wanted = case.booking.locked or start < now + timedelta(hours=site.freeze.hours)
    return _with(case, site, windows, locked=wanted and _stands(case, windows, free))


def _stands(case: Case, windows: WindowSet, free: Mapping[str, WindowSet]) -> bool:
    booking = case.booking
    if booking is None or booking.start not in windows:
        return False
    spans = ((booking.assigned[need.role], *need.span(booking.start)) for need in case.needs)
    return all(
        any(w.start <= begin and end <= w.end for w in free.get(name, WindowSet()))
        for name, begin, end in spans
    )


def _with(case: Case, site: Site, windows: WindowSet, *, locked: bool = False) -> Case:
    update: dict[str, object] = {
        "windows": tuple((w.start.astimezone(site.tz), w.end.astimezone(site.tz)) for w in windows)
    }
    if case.booking is not None:
        update["booking"] = case.booking.model_copy(update={"locked": locked})
    return Case.model_validate(case.model_dump() | update)
