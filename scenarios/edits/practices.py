"""What edits of a practice share: looking things up, changing the site, calendars of one's own.

All of it gives new practices, wholly checked; a contradiction becomes one sentence.
"""

from collections.abc import Collection, Iterable, Mapping

from pydantic import ValidationError

from models.calendars import Calendar
from models.documents import first_fault
from models.errors import InputError
from models.resources import ArrivalSlots, SiteResource
from models.site import Site
from scenarios.edits.naming import fresh_ids, unknown
from scenarios.practice import Known, Practice, Promise


def changed(practice: Practice, **members: object) -> Practice:
    """The practice with some members changed.

    Raises:
        InputError: the members contradict each other.
    """
    try:
        return practice.changed(**members)
    except ValidationError as error:
        raise InputError(first_fault(error)) from error


def with_site(practice: Practice, **members: object) -> Practice:
    """The practice with some members of its site changed, the site wholly checked again.

    Raises:
        InputError: the members contradict each other.
    """
    site = practice.site
    kept = {name: getattr(site, name) for name in type(site).model_fields}
    try:
        fresh = Site.model_validate(kept | members)
    except ValidationError as error:
        raise InputError(first_fault(error)) from error
    return practice if fresh == site else changed(practice, site=fresh)


def resource_of(practice: Practice, name: str) -> SiteResource:
    """The resource of an id.

    Raises:
        InputError: there is none.
    """
    known = practice.site.resource_by_id
    if name not in known:
        raise unknown("resource", name, known)
    return known[name]


def calendar_of(practice: Practice, name: str) -> Calendar:
    """The calendar of a name.

    Raises:
        InputError: there is none.
    """
    known = practice.site.calendars
    if name not in known:
        raise unknown("calendar", name, known)
    return known[name]


def with_resources(
    practice: Practice, fresh: Iterable[SiteResource], added: Iterable[SiteResource] = ()
) -> Practice:
    """The practice with some resources in place of those of the same id, and others after them."""
    by_id = {resource.id: resource for resource in fresh}
    kept = (by_id.get(resource.id, resource) for resource in practice.site.resources)
    return with_site(practice, resources=(*kept, *added))


def with_calendars(practice: Practice, fresh: Mapping[str, Calendar]) -> Practice:
    """The practice with calendars added, or in place of those of the same name."""
    return with_site(practice, calendars=practice.site.calendars | dict(fresh))


def calendar_name(practice: Practice, wanted: str) -> str:
    """The name wanted for a new calendar, or the like where the site has one of that name."""
    taken = practice.site.calendars
    return fresh_ids(wanted, 1, taken)[0] if wanted in taken else wanted


def users(practice: Practice, calendar: str) -> tuple[str, ...]:
    """Ids of the resources and arrival slots that follow a calendar."""
    site = practice.site
    followers: tuple[SiteResource | ArrivalSlots, ...] = (*site.resources, *site.arrivals)
    return tuple(sorted(user.id for user in followers if user.calendar == calendar))


def with_own_calendar(practice: Practice, name: str) -> Practice:
    """The practice in which nobody else follows the calendar of a resource."""
    resource = resource_of(practice, name)
    if users(practice, resource.calendar) == (name,):
        return practice
    calendar = calendar_name(practice, f"{resource.calendar} of {name}")
    shared = {calendar: calendar_of(practice, resource.calendar)}
    own = resource.model_copy(update={"calendar": calendar})
    resources = tuple(own if r.id == name else r for r in practice.site.resources)
    return with_site(practice, calendars=practice.site.calendars | shared, resources=resources)


def _without(promise: Promise | None, gone: Collection[str]) -> Promise | None:
    if promise is None or set(promise.assigned.values()) & set(gone):
        return None
    needs = tuple(
        need
        if need.among is None or not set(need.among) & set(gone)
        else need.model_copy(update={"among": tuple(n for n in need.among if n not in gone)})
        for need in promise.needs
    )
    return promise.model_copy(update={"needs": needs})


def without_promises_on(practice: Practice, gone: Collection[str]) -> tuple[Known, ...]:
    """The open cases; those booked on resources that are gone lose their promise.

    Raises:
        InputError: a case is under way on one of them at this moment.
    """
    for known in practice.known:
        promise = known.promise
        if promise and promise.start < practice.now and set(promise.assigned.values()) & set(gone):
            raise in_use(known.id)
    return tuple(
        known.model_copy(update={"promise": _without(known.promise, gone)})
        for known in practice.known
    )


def in_use(case: str) -> InputError:
    """The error for taking away what a case under way needs."""
    return InputError(
        f"case {case} is under way on it", remedy="lose the resource from a later time on instead"
    )


def last_of_kind(name: str, kind: str) -> InputError:
    """The error for removing the only one that there is."""
    return InputError(
        f"{name} is the last {kind}, and nobody could be treated without one",
        remedy="lose it for a while instead",
    )
