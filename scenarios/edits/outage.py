"""Edits that lose a resource for a while. What is booked on it stays until the night moves it."""

from datetime import datetime, timedelta
from typing import Literal, Self

from pydantic import Field, NonNegativeInt, PositiveInt, model_validator

from models.base import MAX_DAYS, Id, Instant
from models.errors import InputError
from models.problem import PlanningProblem
from models.timegrid import local_day, start_of_day, zone
from models.windows import Window, WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import counted, unknown
from scenarios.practice import OutOfUse, Practice

FIRST = "the first day that is planned or measured"


class LoseResource(Edit):
    """A resource out of use: from one instant to another, or for so many whole days."""

    kind: Literal["lose-resource"] = "lose-resource"
    resource: Id
    """Of a practice also the id of its arrival slots."""
    start: Instant | None = None
    end: Instant | None = None
    after_days: NonNegativeInt | None = Field(default=None, le=MAX_DAYS)
    """From the local midnight so many days after that of the first day that is planned, or of a
    replay measured; 0: from the beginning of that day, or from now on."""
    days: PositiveInt | None = Field(default=None, le=MAX_DAYS)
    """For so many local days."""
    unforeseen: bool = False
    """Whether a replay learns of it only when it begins; a plan of one night always knows of it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.start is not None and self.end is not None:
            wrong = self.after_days is not None or self.days is not None
        else:
            wrong = self.start is not None or self.end is not None or self.days is None
        if wrong:
            msg = "give start and end, or days (and after_days)"
            raise ValueError(msg)
        if self.start is not None and self.end is not None and self.end <= self.start:
            msg = "the end is not after the start"
            raise ValueError(msg)
        return self

    def counted_from(self, days: int) -> Self:
        """The edit with its days counted from so many days after today."""
        if self.days is None:
            return self
        return self.model_copy(update={"after_days": (self.after_days or 0) + days})

    def about(self, now: datetime, timezone: str) -> Window:
        """The time without the resource."""
        return Window(*self.span(now, timezone))

    def span(self, now: datetime, timezone: str) -> tuple[datetime, datetime]:
        """The time without the resource, for a department at one moment."""
        if self.start is not None and self.end is not None:
            return self.start, self.end
        tz = zone(timezone)
        first = local_day(now, tz) + timedelta(days=self.after_days or 0)
        last = first + timedelta(days=self.days or 0)
        return max(now, start_of_day(first, tz)), start_of_day(last, tz)

    def on_practice(self, practice: Practice) -> Practice:
        """The practice without it for that time."""
        site = practice.site
        known = {*site.resource_by_id, *(slots.id for slots in site.arrivals)}
        if self.resource not in known:
            raise unknown("resource", self.resource, known)
        start, end = self.span(practice.now, site.timezone)
        known_at = start if self.unforeseen else None
        lost = OutOfUse(resource=self.resource, start=start, end=end, known_at=known_at)
        return practices.changed(practice, out_of_use=(*practice.out_of_use, lost))

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem without it for that time.

        Raises:
            InputError: it is unforeseen, and the only plan there is would know of it.
        """
        if self.unforeseen:
            raise InputError(
                "one plan cannot be surprised", remedy="leave unforeseen out, or replay a practice"
            )
        resource = problems.resource_in(problem, self.resource)
        gone = WindowSet.between(*self.span(problem.now, problem.timezone))
        fresh = problems.with_free(resource, problems.free(resource) - gone, problem)
        return problems.with_resources(problem, (fresh,))

    def words(self) -> str:
        """What is changed."""
        if self.start is not None and self.end is not None:
            when = f"from {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M}"
        else:
            later = f"{counted(self.after_days, 'day')} after " if self.after_days else ""
            when = f"for {counted(self.days or 0, 'day')}, beginning {later}{FIRST}"
        unsaid = ", unforeseen" if self.unforeseen else ""
        return f"Do without {self.resource} {when}{unsaid}."
