"""Edits that add, clone or remove resources.

Bookings on a removed resource are dropped, so that their cases are placed anew. The last resource
of a kind cannot be removed, nor one that a case is on at this moment.
"""

from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from models.base import Frozen, Id
from models.calendars import Calendar, Weekday, Weekly
from models.errors import InputError
from models.problem import Case, Need, PlanningProblem, Resource
from models.resources import SiteResource
from models.timegrid import zone
from models.windows import WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.choosing import role_words
from scenarios.edits.naming import Names, counted, fresh_ids, joined
from scenarios.practice import Practice


class NewResource(Frozen):
    """A resource that was not there: it follows a calendar of the site, or has hours of its own."""

    id: Id
    kind: Id
    label: str = ""
    tags: Names = ()
    calendar: Id | None = None
    hours: Weekly = Field(default_factory=dict)
    """By weekday; a planning file, which has no calendars, needs them."""
    minutes_per_day: NonNegativeInt | None = None
    open_cost: NonNegativeInt = 0
    suite_change_cost: NonNegativeInt = 0

    @model_validator(mode="after")
    def _there_at_times(self) -> Self:
        if (self.calendar is None) == (not self.hours):
            msg = "give either a calendar or hours"
            raise ValueError(msg)
        return self

    def on_site(self, calendar: str) -> SiteResource:
        """The resource as a site has it, following a calendar."""
        members = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in ("calendar", "hours")
        }
        return SiteResource.model_validate(members | {"calendar": calendar})

    def in_file(self, available: WindowSet) -> Resource:
        """The resource as a planning file has it."""
        members = {
            name: getattr(self, name)
            for name in type(self).model_fields
            if name not in ("calendar", "hours", "label")
        }
        spans = tuple((w.start, w.end) for w in available)
        return Resource.model_validate(members | {"available": spans})


class AddResource(Edit):
    """Have a resource that was not there."""

    kind: Literal["add-resource"] = "add-resource"
    resource: NewResource

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the resource."""
        new = self.resource
        if new.calendar is not None:
            practices.calendar_of(practice, new.calendar)
            return practices.with_resources(practice, (), (new.on_site(new.calendar),))
        name = practices.calendar_name(practice, f"hours of {new.id}")
        return practices.with_site(
            practice,
            calendars=practice.site.calendars | {name: Calendar(weekly=new.hours)},
            resources=(*practice.site.resources, new.on_site(name)),
        )

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the resource, there at its hours on every day of the horizon."""
        if not self.resource.hours:
            raise InputError("a planning file has no calendars", remedy="give the hours instead")
        tz = zone(problem.timezone)
        when = WindowSet(
            span.on(day, tz)
            for day, _ in problems.days_of(problem)
            for span in self.resource.hours.get(Weekday.of(day), ())
        )
        return problems.with_resources(problem, (), (self.resource.in_file(when),))

    def words(self) -> str:
        """What is changed."""
        new = self.resource
        return f"Add {new.label or new.id}: {role_words(new.kind, new.tags)}."


class CloneResource(Edit):
    """Have more of a resource: alike in everything, its closures and absences too."""

    kind: Literal["clone-resource"] = "clone-resource"
    resource: Id
    copies: PositiveInt = Field(default=1, le=100)
    names: Names = ()
    """Their ids; `ID~1`, `ID~2`, ... when left out."""

    @model_validator(mode="after")
    def _named_once(self) -> Self:
        if self.names and self.copies not in (1, len(self.names)):
            msg = f"{self.copies} copies need as many names, and {len(self.names)} are given"
            raise ValueError(msg)
        return self

    @property
    def count(self) -> int:
        """How many are added."""
        return len(self.names) or self.copies

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the further resources."""
        one = practices.resource_of(practice, self.resource)
        ids = self._ids({r.id for r in practice.site.resources})
        added = tuple(one.model_copy(update={"id": name, "label": ""}) for name in ids)
        return practices.with_resources(practice, (), added)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with them; they serve needs that name the original too."""
        one = problems.resource_in(problem, self.resource)
        ids = self._ids({r.id for r in problem.resources})
        added = tuple(one.model_copy(update={"id": name}) for name in ids)
        cases = tuple(_named_too(case, self.resource, ids) for case in problem.cases)
        return problems.rebuilt(problem, resources=(*problem.resources, *added), cases=cases)

    def _ids(self, taken: set[str]) -> tuple[str, ...]:
        return self.names or fresh_ids(self.resource, self.copies, taken)

    def words(self) -> str:
        """What is changed."""
        called = f": {joined(self.names)}" if self.names else ""
        return f"Add {counted(self.count, 'resource')} like {self.resource}{called}."


class RemoveResource(Edit):
    """Do without a resource; bookings on it are dropped and their cases placed anew."""

    kind: Literal["remove-resource"] = "remove-resource"
    resource: Id

    def on_practice(self, practice: Practice) -> Practice:
        """The practice without it."""
        gone = practices.resource_of(practice, self.resource)
        kept = tuple(r for r in practice.site.resources if r.id != gone.id)
        if all(r.kind != gone.kind for r in kept):
            raise practices.last_of_kind(gone.id, gone.kind)
        known = practices.without_promises_on(practice, (gone.id,))
        out = tuple(span for span in practice.out_of_use if span.resource != gone.id)
        fewer = practices.changed(practice, known=known, out_of_use=out)
        return practices.with_site(fewer, resources=kept)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem without it."""
        gone = problems.resource_in(problem, self.resource)
        kept = tuple(r for r in problem.resources if r.id != gone.id)
        if all(r.kind != gone.kind for r in kept):
            raise practices.last_of_kind(gone.id, gone.kind)
        cases = tuple(_placed_anew(case, gone.id, problem) for case in problem.cases)
        return problems.rebuilt(problem, resources=kept, cases=cases)

    def words(self) -> str:
        """What is changed."""
        return f"Do without {self.resource}; what is booked on it is placed anew."


def _with_among(case: Case, needs: tuple[Need, ...]) -> Case:
    return case if needs == case.needs else case.model_copy(update={"needs": needs})


def _named_too(case: Case, one: str, others: tuple[str, ...]) -> Case:
    needs = tuple(
        need.model_copy(update={"among": (*need.among, *others)})
        if need.among is not None and one in need.among
        else need
        for need in case.needs
    )
    return _with_among(case, needs)


def _placed_anew(case: Case, gone: str, problem: PlanningProblem) -> Case:
    needs = tuple(
        need.model_copy(update={"among": tuple(name for name in need.among if name != gone)})
        if need.among is not None and gone in need.among
        else need
        for need in case.needs
    )
    case = _with_among(case, needs)
    if case.booking is None or gone not in case.booking.assigned.values():
        return case
    if problems.begun(case, problem.now):
        raise practices.in_use(case.id)
    return case.model_copy(update={"booking": None})
