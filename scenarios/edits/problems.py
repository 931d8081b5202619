"""What edits of a planning file share: availability as sets of instants, and a whole new problem.

A planning file says when a resource is there and not why: edits of it work on those intervals, by
local days. Cases under way keep what they use. A lock that an edit breaks is opened, as freezing
opens one that can no longer stand, so that the search may repair it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta

from pydantic import ValidationError

from models.calendars import Weekday
from models.checks.feasibility import Violation, find_violations
from models.documents import first_fault
from models.errors import InputError
from models.plan import Plan
from models.problem import Case, PlanningProblem, Resource
from models.timegrid import local_day, start_of_day, zone
from models.windows import Window, WindowSet
from scenarios.edits.naming import unknown

DAY = timedelta(days=1)


def resource_in(problem: PlanningProblem, name: str) -> Resource:
    """The resource of an id.

    Raises:
        InputError: there is none.
    """
    if name not in problem.resource_by_id:
        raise unknown("resource", name, problem.resource_by_id)
    return problem.resource_by_id[name]


def free(resource: Resource) -> WindowSet:
    """When a resource is there."""
    return WindowSet(Window(start, end) for start, end in resource.available)


def with_free(resource: Resource, when: WindowSet, problem: PlanningProblem) -> Resource:
    """The resource with another availability, in local offsets; the same when nothing changes."""
    if when == free(resource):
        return resource
    tz = zone(problem.timezone)
    spans = tuple((w.start.astimezone(tz), w.end.astimezone(tz)) for w in when)
    whole = resource.model_dump(exclude_unset=True) | {"available": spans}
    return Resource.model_validate(whole)


def days_of(problem: PlanningProblem) -> Iterator[tuple[date, Window]]:
    """The local days of the horizon, each with its instants."""
    tz = zone(problem.timezone)
    day = local_day(problem.horizon.start, tz)
    while (begin := start_of_day(day, tz)) < problem.horizon.end:
        yield day, Window(begin, start_of_day(day + DAY, tz))
        day += DAY


def weekdays_present(resource: Resource, problem: PlanningProblem) -> frozenset[Weekday]:
    """Weekdays of the horizon on which a resource is there at any time."""
    when = free(resource)
    return frozenset(
        Weekday.of(day) for day, span in days_of(problem) if when.clip(span.start, span.end)
    )


def on_weekdays(problem: PlanningProblem, days: Iterable[Weekday]) -> WindowSet:
    """All instants of the horizon's days that are such weekdays."""
    wanted = set(days)
    return WindowSet(span for day, span in days_of(problem) if Weekday.of(day) in wanted)


def with_resources(
    problem: PlanningProblem, fresh: Iterable[Resource], added: Iterable[Resource] = ()
) -> PlanningProblem:
    """The problem with resources in place of those of the same id, and others after them."""
    by_id = {resource.id: resource for resource in fresh}
    kept = tuple(by_id.get(resource.id, resource) for resource in problem.resources)
    return rebuilt(problem, resources=(*kept, *added))


def rebuilt(problem: PlanningProblem, **members: object) -> PlanningProblem:
    """The problem with some members changed, wholly checked, its broken locks opened.

    Raises:
        InputError: the members contradict each other.
    """
    drafted = problem.model_copy(update=members)
    resources = tuple(_kept_open(r, problem) for r in drafted.resources)
    drafted = drafted.model_copy(update={"resources": resources})
    old = frozenset(case.id for case in _locked(problem))
    broken = _broken_locks(drafted, old) - _broken_locks(problem, old)
    cases = tuple(_unlocked(c) if c.id in broken else c for c in drafted.cases)
    whole = {name: getattr(drafted, name) for name in type(problem).model_fields}
    try:
        return PlanningProblem.model_validate(
            whole | (problem.model_extra or {}) | {"cases": cases}
        )
    except ValidationError as error:
        raise InputError(first_fault(error)) from error


def begun(case: Case, now: datetime) -> bool:
    """Whether a case is under way."""
    return case.booking is not None and case.booking.start < now


def _kept_open(resource: Resource, before: PlanningProblem) -> Resource:
    """A resource whose times changed is still there for the cases under way on it."""
    old = before.resource_by_id.get(resource.id)
    if old is None or old.available == resource.available:
        return resource
    used = WindowSet(
        Window(*need.span(case.booking.start))
        for case in before.cases
        if case.booking is not None and case.booking.start < before.now
        for need in case.needs
        if case.booking.assigned[need.role] == resource.id
    )
    return with_free(resource, free(resource) | (used & free(old)), before)


def _locked(problem: PlanningProblem) -> list[Case]:
    return [case for case in problem.cases if case.booking is not None and case.booking.locked]


def _broken_locks(problem: PlanningProblem, old: Collection[str]) -> frozenset[str]:
    """Cases whose lock breaks a rule beside those that come first.

    First come those under way, then those locked of old, then the others, each by their start.
    """
    locked = _locked(problem)
    if not _faults(problem, locked):
        return frozenset()
    kept: list[Case] = []
    known: set[Violation] = set()
    broken = set()
    for case in sorted(locked, key=lambda case: _turn(case, problem.now, old)):
        found = _faults(problem, [*kept, case])
        if found - known and not begun(case, problem.now):
            broken.add(case.id)
        else:
            kept.append(case)
            known = found
    return frozenset(broken)


def _turn(case: Case, now: datetime, old: Collection[str]) -> tuple[bool, bool, datetime, str]:
    start = case.booking.start if case.booking is not None else case.release
    return not begun(case, now), case.id not in old, start, case.id


def _faults(problem: PlanningProblem, cases: Iterable[Case]) -> set[Violation]:
    placements = tuple(p for case in cases if (p := case.booked_placement) is not None)
    found = find_violations(problem, Plan(placements=placements))
    return {fault for fault in found if fault.rule not in ("mandatory", "locked")}


def _unlocked(case: Case) -> Case:
    if case.booking is None:
        return case
    return case.model_copy(update={"booking": case.booking.model_copy(update={"locked": False})})


def changed_cases(problem: PlanningProblem, fresh: Mapping[str, Case]) -> PlanningProblem:
    """The problem with cases in place of those of the same id."""
    return rebuilt(problem, cases=tuple(fresh.get(case.id, case) for case in problem.cases))
