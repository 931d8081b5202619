"""The rows of a board: one resource with its boxes, its closed time and its minutes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from models.base import Priority
from models.plan import Placement
from models.problem import PlanningProblem, Resource
from models.timegrid import local_day
from models.windows import Window, WindowSet
from scheduler.views.axis import Axis, clock, day_and_clock
from scheduler.views.spans import CaseLabel, Use, turnover_start


class BoxState(StrEnum):
    """What a box is; the first that holds decides how it looks."""

    CONFLICT = "conflict"
    MOVED = "moved"
    PROVISIONAL = "provisional"
    LOCKED = "locked"
    BOOKED = "booked"


@dataclass(frozen=True, slots=True)
class Box:
    """One need of one case on one row."""

    case: str
    role: str
    procedure: str
    priority: Priority
    start: datetime
    end: datetime
    turnover: datetime | None
    """From when the suite is only being turned over."""
    states: tuple[BoxState, ...]
    notes: tuple[str, ...]
    """Why it is in conflict, or where it was before."""
    track: int
    """0 for the first line of the row; more where boxes overlap."""

    @property
    def state(self) -> BoxState:
        """The state that decides how the box looks."""
        return self.states[0]


@dataclass(frozen=True, slots=True)
class Row:
    """One resource on the day."""

    resource: str
    tags: tuple[str, ...]
    boxes: tuple[Box, ...]
    closed: tuple[tuple[datetime, datetime], ...]
    used_minutes: int
    limit_minutes: int | None
    tracks: int

    @property
    def over_limit(self) -> bool:
        """Whether the day asks for more minutes than the resource gives."""
        return self.limit_minutes is not None and self.used_minutes > self.limit_minutes


@dataclass(frozen=True, slots=True)
class DayWork:
    """What every row of one day looks at; `[first, last)` is the local day."""

    problem: PlanningProblem
    placements: Mapping[str, Placement]
    labels: Mapping[str, CaseLabel]
    marks: Mapping[str, frozenset[str]]
    notes: Mapping[str, tuple[str, ...]]
    tz: ZoneInfo
    first: datetime
    last: datetime
    uses: tuple[Use, ...]

    def row(self, resource: Resource, axis: Axis) -> Row:
        """The row of one resource."""
        uses = [use for use in self.uses if use.resource == resource.id]
        tracks = _tracks(uses)
        begun = [use for use in uses if self.first <= use.start < self.last]
        return Row(
            resource=resource.id,
            tags=resource.tags,
            boxes=tuple(self._box(u, uses, n) for u, n in zip(uses, tracks, strict=True)),
            closed=_closed(resource, axis),
            used_minutes=sum((u.end - u.start) // timedelta(minutes=1) for u in begun),
            limit_minutes=resource.limit_on(local_day(self.first, self.tz)),
            tracks=max(tracks, default=0) + 1,
        )

    def _box(self, use: Use, on_row: list[Use], track: int) -> Box:
        case, start = use.case, self.placements[use.case.id].start
        label = self.labels.get(case.id, CaseLabel())
        faults = tuple(self._faults(use, on_row, start))
        states = self._states(use, in_conflict=bool(faults))
        moved = self._moved_note(use) if BoxState.MOVED in states else ()
        return Box(
            case=case.id,
            role=use.need.role,
            procedure=label.procedure,
            priority=case.priority,
            start=use.start,
            end=use.end,
            turnover=turnover_start(use, start, label),
            states=states,
            notes=(*faults, *self.notes.get(case.id, ()), *moved),
            track=track,
        )

    def _states(self, use: Use, *, in_conflict: bool) -> tuple[BoxState, ...]:
        states = {BoxState(mark) for mark in self.marks.get(use.case.id, ())}
        booking, start = use.case.booking, self.placements[use.case.id].start
        if in_conflict:
            states.add(BoxState.CONFLICT)
        if booking is None:
            if not states & {BoxState.BOOKED, BoxState.LOCKED}:
                states.add(BoxState.PROVISIONAL)
        elif (booking.start, booking.assigned[use.need.role]) != (start, use.resource):
            states.add(BoxState.MOVED)
        if booking is not None and booking.locked:
            states.add(BoxState.LOCKED)
        return tuple(state for state in BoxState if state in states) or (BoxState.BOOKED,)

    def _moved_note(self, use: Use) -> tuple[str, ...]:
        booking = use.case.booking
        if booking is None:
            return ()
        place = booking.assigned[use.need.role]
        return (f"booked before: {day_and_clock(booking.start, self.tz)} on {place}",)

    def _faults(self, use: Use, on_row: list[Use], start: datetime) -> Iterable[str]:
        for other in on_row:
            if other is not use and other.start < use.end and use.start < other.end:
                yield f"overlaps {other.case.id} on {use.resource}"
        if WindowSet.between(use.start, use.end) - _open(self.problem.resource_by_id[use.resource]):
            span = f"{clock(use.start, self.tz)} to {clock(use.end, self.tz)}"
            yield f"{use.resource} is not available for all of {span}"
        # Windows are cut at the problem's own now, so that a start before it says nothing.
        if start >= self.problem.now and not use.case.may_start(start):
            yield f"{clock(start, self.tz)} is outside the permitted starts of {use.case.id}"


def _tracks(uses: list[Use]) -> list[int]:
    """The first line of the row that is free for each use, in order of time."""
    busy_until: list[datetime] = []
    lines = []
    for use in uses:
        free = (n for n, until in enumerate(busy_until) if until <= use.start)
        line = next(free, len(busy_until))
        busy_until[line : line + 1] = [use.end]
        lines.append(line)
    return lines


def _open(resource: Resource) -> WindowSet:
    return WindowSet(Window(a, b) for a, b in resource.available)


def _closed(resource: Resource, axis: Axis) -> tuple[tuple[datetime, datetime], ...]:
    return tuple(
        (w.start, w.end) for w in WindowSet.between(axis.start, axis.end) - _open(resource)
    )
