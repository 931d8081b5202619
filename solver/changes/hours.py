"""The least lengthening of one resource's hours that lets a case start.

Hours grow tick by tick at one end of one opening, up to an hour. Whether a longer opening might
help is read off the rows; only what might is put to the test on the changed problem.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from models.windows import Window, WindowSet
from solver.bitrow import erode, lowest, shift
from solver.board import Board
from solver.changes.edits import starts_of, with_hours
from solver.compile import open_row
from solver.instance import CaseForm, NeedForm
from solver.reasons import Edge, HoursChange, clock, elapsed
from solver.whynot import Held, held_by_resource

LONGEST = timedelta(minutes=60)


@dataclass(frozen=True, slots=True, order=True)
class _Option:
    """One end of one opening of a resource; `start` is the earliest that it might let in."""

    start: int
    resource: int
    opening: int
    edge: Edge


@dataclass(frozen=True)
class _Reach:
    """A case that is not on the board, and the wanted starts that longer hours might open."""

    board: Board
    case: CaseForm
    wanted: int

    @cached_property
    def held(self) -> dict[int, list[Held]]:
        """What every resource is held for."""
        return held_by_resource(self.board)

    def openings(self, resource: int) -> tuple[Window, ...]:
        """The hours of a resource, in order of time."""
        source = self.case.problem.resource_by_id[self.board.instance.resources[resource].id]
        return WindowSet(Window(a, b) for a, b in source.available).windows

    def longer(self, option: _Option, by: timedelta) -> WindowSet:
        """The hours with the option's end moved outwards."""
        openings = list(self.openings(option.resource))
        openings[option.opening] = _grown(openings[option.opening], option.edge, by)
        return WindowSet(openings)

    def might_open(self, resource: int, hours: WindowSet) -> int:
        """The wanted starts at which no need stands alone against it, with these hours.

        What is booked keeps its place in hours that are added. Needs that get in each other's way
        are left aside, so the starts that really open are among these.
        """
        frame = self.case.frame
        row = open_row(frame, ((window.start, window.end) for window in hours))
        for held in self.held.get(resource, ()):
            row &= ~frame.touched(held.begin, held.end)
        starts = self.wanted
        for need in self.case.needs:
            starts &= self.board.pool_starts(need) | self._fits(resource, row, need)
        return starts

    def _fits(self, resource: int, row: int, need: NeedForm) -> int:
        if resource not in self.board.instance.pools[need.pool].members:
            return 0
        begins = erode(row, need.length)
        if resource in self.board.minutes:
            begins &= ~self.board.full_days(resource, need.minutes)
        return shift(begins, -need.offset)

    def within_reach(self) -> list[_Option]:
        """The openings that might let the case in if they were an hour longer at one end."""
        pools = [self.board.instance.pools[need.pool].resources for need in self.case.needs]
        found = []
        for resource in sorted({resource for pool in pools for resource in pool}):
            openings = self.openings(resource)
            widest = WindowSet(Window(w.start - LONGEST, w.end + LONGEST) for w in openings)
            if not self.might_open(resource, widest):
                continue
            edges: tuple[Edge, ...] = ("start", "end")
            options = [_Option(0, resource, n, e) for n in range(len(openings)) for e in edges]
            found += [o for o in options if self.might_open(resource, self.longer(o, LONGEST))]
        return found

    def sorted_options(self, near: list[_Option], by: timedelta) -> list[_Option]:
        """Those that might let the case in when they grow by so much, earliest start first."""
        found = []
        for option in near:
            starts = self.might_open(option.resource, self.longer(option, by))
            if starts:
                found.append(_Option(lowest(starts), option.resource, option.opening, option.edge))
        return sorted(found)

    def best(self, options: list[_Option], by: timedelta) -> _Option | None:
        """The option that really opens the earliest start, then the first by resource and time."""
        best: _Option | None = None
        for option in options:
            if best is not None and best < option:
                break
            name = self.board.instance.resources[option.resource].id
            problem = with_hours(self.case.problem, name, self.longer(option, by))
            starts = starts_of(problem, self.case.id) & self.wanted
            if starts:
                real = _Option(lowest(starts), option.resource, option.opening, option.edge)
                best = real if best is None else min(best, real)
        return best


def _grown(opening: Window, edge: Edge, by: timedelta) -> Window:
    if edge == "start":
        return Window(opening.start - by, opening.end)
    return Window(opening.start, opening.end + by)


def hours_change(board: Board, case: CaseForm, wanted: int) -> HoursChange | None:
    """The opening that grows least, by ticks up to an hour, to let in one of the wanted starts.

    Ties go to the earlier start, then to the resource's id. None when an hour does not help.
    """
    reach = _Reach(board, case, wanted)
    near = reach.within_reach()
    tick = timedelta(minutes=case.problem.tick_minutes)
    for ticks in range(1, LONGEST // tick + 1):
        best = reach.best(reach.sorted_options(near, ticks * tick), ticks * tick)
        if best is not None:
            return _told(reach, best, ticks * tick)
    return None


def _told(reach: _Reach, best: _Option, by: timedelta) -> HoursChange:
    case, tz = reach.case, reach.case.frame.zone
    opening = reach.openings(best.resource)[best.opening]
    grown = _grown(opening, best.edge, by)
    old, new = _edge(opening, best.edge), _edge(grown, best.edge)
    name, opens = reach.board.instance.resources[best.resource].id, case.frame.instant(best.start)
    verb, side = ("opened", "earlier") if best.edge == "start" else ("stayed open until", "later")
    at = f"on {clock(new, tz)}" if best.edge == "start" else clock(new, tz)
    sentence = (
        f"{case.id} could start on {clock(opens, tz)} if {name} {verb} {at}"
        f" instead of {clock(old, tz)}, {elapsed(by)} {side}"
    )
    local = case.frame.local
    return HoursChange(case.id, name, best.edge, local(old), local(new), by, opens, sentence)


def _edge(opening: Window, edge: Edge) -> datetime:
    return opening.start if edge == "start" else opening.end
