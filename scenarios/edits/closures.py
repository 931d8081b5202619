"""Edits of closures and extra openings, of a calendar or of chosen resources."""

from collections import Counter
from datetime import datetime
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from models.calendars import Calendar, DatedSpan, RecurringBlock
from models.errors import InputError
from models.problem import PlanningProblem
from models.resources import SiteResource
from models.timegrid import zone
from models.windows import Window, WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.blocks import block_words
from scenarios.edits.hours import OpeningTimes
from scenarios.practice import Practice

Closable = TypeVar("Closable", Calendar, SiteResource)


def _span_words(span: DatedSpan | None) -> str:
    if span is None:
        return ""
    if span.start is not None and span.end is not None:
        return f"from {span.start:%Y-%m-%d %H:%M} to {span.end:%Y-%m-%d %H:%M}"
    last = f" to {span.last_day}" if span.last_day else ""
    return f"{'from' if last else 'on'} {span.first_day}{last}"


class Close(OpeningTimes):
    """A closure: dated, or one that recurs."""

    kind: Literal["close"] = "close"
    span: DatedSpan | None = None
    recurring: RecurringBlock | None = None

    @model_validator(mode="after")
    def _one_closure(self) -> Self:
        if (self.span is None) == (self.recurring is None):
            msg = "give either a span or a recurring closure"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the closure."""
        spans = () if self.span is None else (self.span,)
        blocks = () if self.recurring is None else (self.recurring,)
        return self.recalendared(
            practice,
            lambda calendar: calendar.model_copy(
                update={
                    "closures": calendar.closures + spans,
                    "recurring_closures": calendar.recurring_closures + blocks,
                }
            ),
        )

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with a dated closure cut out."""
        if self.span is None:
            raise InputError(
                "a planning file has dates and no rules to repeat by", remedy="give a dated span"
            )
        gone = WindowSet((self.span.window(zone(problem.timezone)),))
        return self.on_intervals(problem, lambda resource: problems.free(resource) - gone)

    def about(self, now: datetime, timezone: str) -> Window | None:  # noqa: ARG002 - it is dated
        """The time of a dated closure."""
        return None if self.span is None else self.span.window(zone(timezone))

    def words(self) -> str:
        """What is changed."""
        if self.recurring is None:
            return f"Close {self.where()} {_span_words(self.span)}."
        return f"Close {self.where()} again and again: {block_words(self.recurring)}."


class Open(OpeningTimes):
    """An opening on top of everything else, public holidays too; what is closed stays closed."""

    kind: Literal["open"] = "open"
    span: DatedSpan

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the opening."""
        return self.recalendared(
            practice,
            lambda calendar: calendar.model_copy(
                update={"openings": (*calendar.openings, self.span)}
            ),
        )

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the opening added, within the horizon."""
        horizon = problem.horizon
        more = WindowSet((self.span.window(zone(problem.timezone)),))
        more = more.clip(horizon.start, horizon.end)
        return self.on_intervals(problem, lambda resource: problems.free(resource) | more)

    def about(self, now: datetime, timezone: str) -> Window:  # noqa: ARG002 - it is dated
        """The time of the opening."""
        return self.span.window(zone(timezone))

    def words(self) -> str:
        """What is changed."""
        return f"Open {self.where()} {_span_words(self.span)}."


class LiftClosures(OpeningTimes):
    """Do without closures: all, or those of one label or reason."""

    kind: Literal["lift-closures"] = "lift-closures"
    label: Annotated[str, Field(min_length=1)] | None = None

    def on_practice(self, practice: Practice) -> Practice:
        """The practice without them, those of the resources themselves too.

        Raises:
            InputError: there is no such closure.
        """
        chosen = () if self.calendar is not None else self.chosen(practice.site.resources)
        own = tuple(self._lifted(practice.site.resource_by_id[name]) for name in chosen)
        with_own = practices.with_resources(practice, own)
        lifted = self.recalendared(with_own, self._lifted)
        if with_own == practice and _closures(lifted) == _closures(practice):
            which = f"closure {self.label!r}" if self.label else "closure"
            raise InputError(
                f"{self.where()} has no {which}", remedy="name another, or leave the edit out"
            )
        return lifted

    def _meant(self, said: str) -> bool:
        return self.label is None or said == self.label

    def _lifted(self, closed: Closable) -> Closable:
        return closed.model_copy(
            update={
                "closures": tuple(c for c in closed.closures if not self._meant(c.reason)),
                "recurring_closures": tuple(
                    block for block in closed.recurring_closures if not self._meant(block.label)
                ),
            }
        )

    def words(self) -> str:
        """What is changed."""
        which = f"the closure {self.label!r}" if self.label else "closures"
        return f"Do without {which} of {self.where()}."


def _closures(practice: Practice) -> Counter[str]:
    """How often each closure binds somebody."""
    site = practice.site
    names = [r.calendar for r in site.resources] + [slots.calendar for slots in site.arrivals]
    followed = [site.calendars[name] for name in names]
    return Counter(
        repr(closure)
        for calendar in followed
        for closure in (*calendar.closures, *calendar.recurring_closures)
    )
