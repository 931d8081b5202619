"""Edits of how many of a role (a kind of resource with tags) are there on weekdays.

Who has hours on a weekday counts as there. Where fewer are wanted, those with the fewest tags are
left off first, and of equals the last by id; who they are can be said. Where more are wanted, they
are like the first of those who are there, on those weekdays only.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, model_validator

from models.base import Id
from models.calendars import Weekday
from models.errors import InputError
from models.problem import PlanningProblem, Resource
from models.resources import SiteResource
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.choosing import HasRole, of_role, role_words
from scenarios.edits.naming import Days, Names, counted, day_words, fresh_ids, joined, unknown
from scenarios.practice import Practice

There = Mapping[Weekday, tuple[str, ...]]
"""Ids of those who are there, by weekday; the first to keep stands first."""


@dataclass(frozen=True, slots=True)
class Roster:
    """What becomes of a role: who is off on which weekdays, and on which each new one is there."""

    off: Mapping[str, tuple[Weekday, ...]]
    added: tuple[tuple[Weekday, ...], ...]


class StaffLevel(Edit):
    """So many of a role on weekdays, so many more or fewer, or without those named."""

    kind: Literal["staff-level"] = "staff-level"
    of_kind: Id
    with_tags: Names = ()
    days: Days | None = Field(default=None, min_length=1)
    """Left out: every weekday on which any of them is there."""
    count: NonNegativeInt | None = Field(default=None, le=100)
    change: int | None = Field(default=None, ge=-100, le=100)
    off: Names = ()
    """Who is not there on those weekdays."""
    names: Names = ()
    """Ids of those added; `ID~1`, ... when left out."""
    like: Id | None = None
    """Whom those added are like."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = {"count": self.count is not None, "change": bool(self.change), "off": bool(self.off)}
        if sum(ways.values()) != 1:
            msg = f"give one of {joined(ways)}"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the role on that level."""
        site = practice.site
        of = {r.id: set(site.calendars[r.calendar].weekly) for r in site.resources}
        weekly = {r.id: site.calendars[r.calendar].weekly for r in site.resources}
        present = {name: {d for d in of[name] if weekly[name][d]} for name in of}
        roster = self._roster(site.resources, present)
        for name, days in sorted(roster.off.items()):
            practice = _off(practice, name, days)
        if not roster.added:
            return practice
        one = site.resource_by_id[self._model(site.resources, present, roster)]
        for name, days in zip(self._ids(roster, one.id, set(of)), roster.added, strict=True):
            practice = _joined_by(practice, one, name, days)
        return practice

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the role on that level, on the days of the horizon."""
        present = {r.id: problems.weekdays_present(r, problem) for r in problem.resources}
        roster = self._roster(problem.resources, present)
        fresh = [_off_in(problem, name, days) for name, days in sorted(roster.off.items())]
        added: list[Resource] = []
        if roster.added:
            one = problem.resource_by_id[self._model(problem.resources, present, roster)]
            ids = self._ids(roster, one.id, set(present))
            for name, days in zip(ids, roster.added, strict=True):
                when = problems.free(one) & problems.on_weekdays(problem, days)
                new = one.model_copy(update={"id": name})
                added.append(problems.with_free(new, when, problem))
        return problems.with_resources(problem, fresh, added)

    def _roster(
        self, known: Collection[HasRole], present: Mapping[str, Collection[Weekday]]
    ) -> Roster:
        """Who is off and how many join, on each of the weekdays.

        Raises:
            InputError: nobody is of the role, or fewer are there than are to be left off.
        """
        able = of_role(known, self.of_kind, self.with_tags)
        tags = {resource.id: len(resource.tags) for resource in known}
        order = sorted(able, key=lambda name: (-tags[name], name))
        days = self.days or tuple(d for d in Weekday if any(d in present[n] for n in able))
        if self.off:
            return self._named_off(able, present, days)
        there = {day: tuple(name for name in order if day in present[name]) for day in days}
        wanted = {day: self._wanted(day, len(there[day])) for day in days}
        return _roster(there, wanted)

    def _wanted(self, day: Weekday, now: int) -> int:
        wanted = now + (self.change or 0) if self.count is None else self.count
        if wanted < 0:
            raise InputError(
                f"only {now} of {self.of_kind} are there on {day_words((day,))}",
                remedy="take fewer away",
            )
        return wanted

    def _named_off(
        self,
        able: Collection[str],
        present: Mapping[str, Collection[Weekday]],
        weekdays: Collection[Weekday],
    ) -> Roster:
        for name in self.off:
            if name not in able:
                raise unknown(f"{self.of_kind} of that role", name, able)
        days = {n: tuple(d for d in weekdays if d in present[n]) for n in self.off}
        return Roster({name: found for name, found in days.items() if found}, ())

    def _model(
        self,
        known: Collection[HasRole],
        present: Mapping[str, Collection[Weekday]],
        roster: Roster,
    ) -> str:
        """Whom those added are like: the one named, or the first who is there on all their days."""
        able = of_role(known, self.of_kind, self.with_tags)
        if self.like is not None and self.like not in able:
            raise unknown(f"{self.of_kind} of that role", self.like, able)
        tags = {resource.id: len(resource.tags) for resource in known}
        days = set(roster.added[0])
        order = sorted(able, key=lambda name: (tags[name], name))
        for name in order if self.like is None else (self.like,):
            if days <= set(present[name]):
                return name
        raise InputError(
            f"no {self.of_kind} to be like is there on {day_words(days)}",
            remedy="add a resource with hours of its own instead",
        )

    def _ids(self, roster: Roster, base: str, taken: Collection[str]) -> tuple[str, ...]:
        count = len(roster.added)
        if self.names and len(self.names) != count:
            raise InputError(
                f"{counted(len(self.names), 'name')} given and {count} added",
                remedy="name each of those added, or none",
            )
        return self.names or fresh_ids(base, count, taken)

    def words(self) -> str:
        """What is changed."""
        days = "days of work" if self.days is None else day_words(self.days)
        role = role_words(self.of_kind, self.with_tags)
        if self.off:
            return f"On {days}, do without {joined(self.off)}."
        if self.count is not None:
            return f"On {days}, have {self.count} in the role {role}."
        change = self.change or 0
        many = f"{abs(change)} {'more' if change > 0 else 'fewer'}"
        return f"On {days}, have {many} in the role {role}."


def _roster(there: There, wanted: Mapping[Weekday, int]) -> Roster:
    off: dict[str, tuple[Weekday, ...]] = {}
    for day, names in there.items():
        for name in names[wanted[day] :]:
            off[name] = (*off.get(name, ()), day)
    short = {day: max(0, wanted[day] - len(there[day])) for day in there}
    most = max(short.values(), default=0)
    added = (tuple(day for day in there if short[day] > n) for n in range(most))
    return Roster(off, tuple(added))


def _off(practice: Practice, name: str, days: Collection[Weekday]) -> Practice:
    practice = practices.with_own_calendar(practice, name)
    calendar = practice.site.resource_by_id[name].calendar
    shared = practice.site.calendars[calendar]
    weekly = {day: spans for day, spans in shared.weekly.items() if day not in days}
    fresh = shared.model_copy(update={"weekly": weekly})
    return practices.with_calendars(practice, {calendar: fresh})


def _joined_by(
    practice: Practice, one: SiteResource, name: str, days: Collection[Weekday]
) -> Practice:
    shared = practice.site.calendars[one.calendar]
    hours = {day: spans for day, spans in shared.weekly.items() if day in days}
    calendar = practices.calendar_name(practice, f"{one.calendar} of {name}")
    fresh = shared.model_copy(update={"weekly": hours, "blocks": (), "openings": ()})
    nothing: dict[str, object] = dict.fromkeys(
        ("blocks", "openings", "closures", "absences", "recurring_closures"), ()
    )
    new = one.model_copy(update=nothing | {"id": name, "label": "", "calendar": calendar})
    site = practice.site
    return practices.with_site(
        practice,
        calendars=site.calendars | {calendar: fresh},
        resources=(*site.resources, new),
    )


def _off_in(problem: PlanningProblem, name: str, days: Collection[Weekday]) -> Resource:
    resource = problem.resource_by_id[name]
    when = problems.free(resource) - problems.on_weekdays(problem, days)
    return problems.with_free(resource, when, problem)
