"""What a change takes away from what is booked: resources, their hours, and what they can."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from models.calendars import DateRules
from models.freezing import planning_resources
from models.problem import Need, PlanningProblem, Resource
from models.windows import Window, WindowSet
from scenarios.practice import Practice
from scenarios.replay.memory import closed_times

Places = Mapping[str, Resource]
"""Resources by id, each with the times at which it is there."""


@dataclass(frozen=True, slots=True)
class Booked:
    """A case as it is booked."""

    case: str
    start: datetime
    assigned: Mapping[str, str]
    """Resource by role."""
    needs: tuple[Need, ...]


def places_of(subject: Practice | PlanningProblem, rules: DateRules) -> Places:
    """The resources of a department over its horizon, less everything that closes them."""
    if isinstance(subject, PlanningProblem):
        return subject.resource_by_id
    site, closed = subject.site, closed_times(subject.out_of_use)
    found = planning_resources(site, site.horizon(subject.now), rules, closures=closed)
    return {resource.id: resource for resource in found}


def taken(booked: Booked, before: Places, after: Places, tz: ZoneInfo) -> tuple[str, ...]:
    """What of a booking was there before and is not after, a sentence for each resource.

    A resource's daily limit of minutes is not looked at: what it leaves room for, a plan decides.
    """
    found: dict[str, str] = {}
    for need in booked.needs:
        name = booked.assigned[need.role]
        if name in before and not found.get(name):
            found[name] = _missing(need, booked, before[name], after, tz)
    return tuple(filter(None, found.values()))


def _missing(need: Need, booked: Booked, was: Resource, after: Places, tz: ZoneInfo) -> str:
    """What of one need is not there after the change; empty where all of it is."""
    name = was.id
    if name not in after:
        return f"{name} is not there any more"
    lacking = sorted((set(need.tags) & set(was.tags)) - set(after[name].tags))
    if lacking:
        return f"{name} has no longer {', '.join(lacking)}"
    span = WindowSet.between(*need.span(booked.start))
    gone = (span & _free(was)) - _free(after[name])
    return f"{name} is not there {_times(gone, tz)}" if gone else ""


def _free(resource: Resource) -> WindowSet:
    return WindowSet(Window(begin, end) for begin, end in resource.available)


def _times(when: Iterable[Window], tz: ZoneInfo) -> str:
    return ", ".join(_said(one.start.astimezone(tz), one.end.astimezone(tz)) for one in when)


def _said(begin: datetime, end: datetime) -> str:
    last = f"{end:%H:%M}" if begin.date() == end.date() else f"{end:%a %d %b %Y %H:%M}"
    return f"{begin:%a %d %b %Y %H:%M} to {last}"
