"""Edits of opening hours, breaks and working days, of a calendar or of chosen resources.

A resource whose hours change gets a calendar of its own, so that nobody else's change. In a
planning file the intervals themselves are cut and set: a weekday's new hours stand for all of that
day, so breaks have to be given with them, and a day on which the resource is away stays so.
"""

from collections.abc import Callable
from datetime import date
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, model_validator

from models.base import Id
from models.calendars import Calendar, ClockSpan, Weekday, Weekly
from models.errors import InputError
from models.problem import PlanningProblem, Resource
from models.timegrid import zone
from models.windows import WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.choosing import ChosenResources
from scenarios.edits.naming import Days, day_words
from scenarios.practice import Practice


class OpeningTimes(ChosenResources):
    """An edit of when resources are there: of a whole `calendar`, or of chosen resources."""

    calendar: Id | None = None

    def _ways(self) -> dict[str, bool]:
        return {"calendar": self.calendar is not None} | super()._ways()

    def calendars(self, practice: Practice) -> tuple[Practice, tuple[str, ...]]:
        """The practice in which the calendars to change are nobody else's, and their names."""
        if self.calendar is not None:
            practices.calendar_of(practice, self.calendar)
            return practice, (self.calendar,)
        names = []
        for resource in self.chosen(practice.site.resources):
            practice = practices.with_own_calendar(practice, resource)
            names.append(practice.site.resource_by_id[resource].calendar)
        return practice, tuple(names)

    def recalendared(self, practice: Practice, change: Callable[[Calendar], Calendar]) -> Practice:
        """The practice with the calendars meant changed."""
        practice, names = self.calendars(practice)
        return practices.with_calendars(
            practice, {name: change(practice.site.calendars[name]) for name in names}
        )

    def on_intervals(
        self, problem: PlanningProblem, change: Callable[[Resource], WindowSet]
    ) -> PlanningProblem:
        """The problem with the availability of the resources meant changed."""
        if self.calendar is not None:
            raise InputError("a planning file has no calendars", remedy="name resources instead")
        known = problem.resource_by_id
        fresh = (
            problems.with_free(known[name], change(known[name]), problem)
            for name in self.chosen(problem.resources)
        )
        return problems.with_resources(problem, fresh)

    def where(self) -> str:
        """What is changed, in words."""
        return f"the calendar {self.calendar}" if self.calendar is not None else self.whom()


class ChangeHours(OpeningTimes):
    """Other hours or breaks on the weekdays named, or other working days."""

    kind: Literal["change-hours"] = "change-hours"
    hours: Weekly = Field(default_factory=dict)
    """By weekday; an empty list closes the day. Weekdays left out stay as they are."""
    breaks: Weekly = Field(default_factory=dict)
    days: Days | None = None
    """Working days: all others are closed."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not (self.hours or self.breaks or self.days is not None):
            msg = "give hours, breaks or days"
            raise ValueError(msg)
        return self

    def _kept(self, weekday: Weekday) -> bool:
        return self.days is None or weekday in self.days

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the hours changed; blocks and dated openings stay."""
        return self.recalendared(practice, self._changed)

    def _changed(self, calendar: Calendar) -> Calendar:
        weekly = {
            day: spans for day, spans in (calendar.weekly | self.hours).items() if self._kept(day)
        }
        return calendar.model_copy(
            update={"weekly": weekly, "breaks": calendar.breaks | self.breaks}
        )

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the availability on those weekdays replaced, breaks cut out."""
        tz = zone(problem.timezone)

        def change(resource: Resource) -> WindowSet:
            present = problems.weekdays_present(resource, problem)
            when = problems.free(resource)
            for day, span in problems.days_of(problem):
                weekday = Weekday.of(day)
                away = weekday in present and not when.clip(span.start, span.end)
                if weekday in self.hours and not away:
                    when = (when - WindowSet((span,))) | self._opened(day, tz)
                if not self._kept(weekday):
                    when -= WindowSet((span,))
                when -= WindowSet(pause.on(day, tz) for pause in self.breaks.get(weekday, ()))
            return when

        return self.on_intervals(problem, change)

    def _opened(self, day: date, tz: ZoneInfo) -> WindowSet:
        return WindowSet(hours.on(day, tz) for hours in self.hours[Weekday.of(day)])

    def words(self) -> str:
        """What is changed."""
        said = [*_said(self.hours), *(f"break {text}" for text in _said(self.breaks))]
        if self.days is not None:
            said.append(f"open on {day_words(self.days)} only")
        return f"Change {self.where()}: {'; '.join(said)}."


def _said(weekly: Weekly) -> list[str]:
    """The hours of weekdays, those with the same hours together."""
    alike: dict[str, list[Weekday]] = {}
    for day in sorted(weekly, key=list(Weekday).index):
        alike.setdefault(", ".join(map(_text, weekly[day])) or "closed", []).append(day)
    return [f"{text} on {day_words(days)}" for text, days in alike.items()]


def _text(span: ClockSpan) -> str:
    end = "24:00" if span.end is None else f"{span.end:%H:%M}"
    return f"{span.start:%H:%M}-{end}"
