"""Edits of recurring blocks, such as those by which a department has the CT of another.

A block is named by its label, or by the time of day at which it begins. A planning file has no
labels and no rules: there a block is every interval that begins at that time.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import PositiveInt, model_validator

from models.base import Id
from models.calendars import Clock, RecurringBlock, Weekday
from models.errors import InputError
from models.problem import PlanningProblem
from models.timegrid import at_local_or_after, local_day, zone
from models.windows import Window, WindowSet
from scenarios.edits import practices, problems
from scenarios.edits.base import Edit
from scenarios.edits.naming import Days, day_words, unknown
from scenarios.practice import Practice

Blocks = tuple[RecurringBlock, ...]


class _Placed(Edit):
    """An edit of the blocks of a calendar, or of one resource alone."""

    calendar: Id | None = None
    resource: Id | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if (self.calendar is None) == (self.resource is None):
            msg = "give either a calendar or a resource"
            raise ValueError(msg)
        return self

    def where(self) -> str:
        """Whose blocks, in words."""
        return self.resource if self.resource is not None else f"the calendar {self.calendar}"

    def reblocked(self, practice: Practice, change: Callable[[Blocks], Blocks]) -> Practice:
        """The practice with the blocks of the calendar, or those that the resource follows."""
        if self.calendar is not None:
            name = self.calendar
        else:
            resource = practices.resource_of(practice, self.resource or "")
            practice = practices.with_own_calendar(practice, resource.id)
            name = practice.site.resource_by_id[resource.id].calendar
        shared = practices.calendar_of(practice, name)
        fresh = shared.model_copy(update={"blocks": change(shared.blocks)})
        return practices.with_calendars(practice, {name: fresh})


class _Named(_Placed):
    """An edit of blocks that are there."""

    label: str | None = None
    begins: Clock | None = None

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.label is None) == (self.begins is None):
            msg = "give either the label or the time at which it begins"
            raise ValueError(msg)
        return self

    def which(self) -> str:
        """The blocks meant, in words."""
        return f"block {self.label!r}" if self.begins is None else f"block of {self.begins:%H:%M}"

    def meant(self, block: RecurringBlock) -> bool:
        """Whether a block is meant."""
        return block.label == self.label if self.begins is None else block.at == self.begins

    def change_meant(
        self, practice: Practice, change: Callable[[RecurringBlock], Blocks]
    ) -> Practice:
        """The practice with what becomes of each block meant; those of the resource itself first.

        Raises:
            InputError: there is no such block.
        """
        if self.resource is not None:
            one = practices.resource_of(practice, self.resource)
            if any(map(self.meant, one.blocks)):
                fresh = one.model_copy(update={"blocks": self._changed(one.blocks, change)})
                return practices.with_resources(practice, (fresh,))
        return self.reblocked(practice, lambda blocks: self._changed(blocks, change))

    def _changed(self, blocks: Blocks, change: Callable[[RecurringBlock], Blocks]) -> Blocks:
        if not any(map(self.meant, blocks)):
            names = {b.label if self.begins is None else f"{b.at:%H:%M}" for b in blocks}
            raise unknown("block", self.label or f"{self.begins:%H:%M}", names)
        return tuple(
            kept for block in blocks for kept in (change(block) if self.meant(block) else (block,))
        )

    def pieces(self, problem: PlanningProblem) -> tuple[Window, ...]:
        """The intervals of a planning file that begin at the time of the block.

        Raises:
            InputError: the resource or the time is not given, or no interval begins then.
        """
        if self.resource is None or self.begins is None:
            raise InputError(
                "a planning file has neither calendars nor labels",
                remedy="name the resource, and the time at which the block begins",
            )
        tz = zone(problem.timezone)
        when = problems.free(problems.resource_in(problem, self.resource))
        clocks = {window: window.start.astimezone(tz).time() for window in when}
        found = tuple(window for window, clock in clocks.items() if clock == self.begins)
        if not found:
            known = {f"{clock:%H:%M}" for clock in clocks.values()}
            raise unknown("block", f"{self.begins:%H:%M}", known)
        return found


class MoveBlock(_Named):
    """A block at another time of day, on other weekdays, or longer or shorter."""

    kind: Literal["move-block"] = "move-block"
    at: Clock | None = None
    minutes: PositiveInt | None = None
    days: Days | None = None
    """Every week on these; left out: on the days it is on."""

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.at is None and self.minutes is None and not self.days:
            msg = "give at, minutes or days"
            raise ValueError(msg)
        return self

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with the block moved; days it skips are skipped as before."""
        return self.change_meant(practice, self._moved)

    def _moved(self, block: RecurringBlock) -> Blocks:
        update: dict[str, object] = {
            "at": self.at or block.at,
            "minutes": self.minutes or block.minutes,
        }
        if self.days:
            update["rrule"] = f"FREQ=WEEKLY;BYDAY={','.join(day[:2].upper() for day in self.days)}"
        return (block.model_copy(update=update),)

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem with the intervals moved; the longest gives the length where none is said."""
        found = self.pieces(problem)
        tz = zone(problem.timezone)
        length = max(window.length for window in found)
        if self.minutes is not None:
            length = timedelta(minutes=self.minutes)
        starts = (self._start(day, tz) for day in self._days(problem, found, tz))
        moved = WindowSet(Window(start, start + length) for start in starts)
        return _with_pieces(self, problem, found, moved)

    def _start(self, day: date, tz: ZoneInfo) -> datetime:
        clock = self.at or self.begins
        if clock is None:
            raise InputError("a planning file has no labels", remedy="say when the block begins")
        return at_local_or_after(day, clock, tz)

    def _days(
        self, problem: PlanningProblem, found: tuple[Window, ...], tz: ZoneInfo
    ) -> tuple[date, ...]:
        if not self.days:
            return tuple(local_day(window.start, tz) for window in found)
        return tuple(day for day, _ in problems.days_of(problem) if Weekday.of(day) in self.days)

    def words(self) -> str:
        """What is changed."""
        said = [f"to {self.at:%H:%M}"] if self.at else []
        said += [f"to {day_words(self.days)}"] if self.days else []
        said += [f"{self.minutes} minutes long"] if self.minutes else []
        return f"Move the {self.which()} of {self.where()} {', '.join(said)}."


class RemoveBlock(_Named):
    """Do without a block."""

    kind: Literal["remove-block"] = "remove-block"

    def on_practice(self, practice: Practice) -> Practice:
        """The practice without it."""
        return self.change_meant(practice, lambda _: ())

    def on_problem(self, problem: PlanningProblem) -> PlanningProblem:
        """The problem without the intervals that begin then."""
        return _with_pieces(self, problem, self.pieces(problem), WindowSet())

    def words(self) -> str:
        """What is changed."""
        return f"Do without the {self.which()} of {self.where()}."


class AddBlock(_Placed):
    """A further block; its rule needs the calendar of a practice."""

    kind: Literal["add-block"] = "add-block"
    block: RecurringBlock

    def on_practice(self, practice: Practice) -> Practice:
        """The practice with it."""
        return self.reblocked(practice, lambda blocks: (*blocks, self.block))

    def words(self) -> str:
        """What is changed."""
        return f"Add a block to {self.where()}: {block_words(self.block)}."


def block_words(block: RecurringBlock) -> str:
    """A recurring block in words."""
    return f"{block.label or block.rrule}, {block.minutes} minutes from {block.at:%H:%M}"


def _with_pieces(
    edit: _Named, problem: PlanningProblem, gone: tuple[Window, ...], more: WindowSet
) -> PlanningProblem:
    resource = problems.resource_in(problem, edit.resource or "")
    when = (problems.free(resource) - WindowSet(gone)) | more
    return problems.with_resources(problem, (problems.with_free(resource, when, problem),))
