"""Everything that stands against one start of a case, read from the rows of the board."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from models.windows import Window, WindowSet
from solver.bitrow import has, span
from solver.board import Board
from solver.instance import CaseForm, NeedForm
from solver.reasons import (
    Clash,
    Explanation,
    NeedReason,
    ResourceReason,
    StartReason,
    clock,
    listed,
)
from solver.seating import Demand, free_resources


@dataclass(frozen=True, slots=True, order=True)
class Held:
    """A stretch of one resource that a placement holds; `fallen` is a booking that cannot stay."""

    begin: datetime
    end: datetime
    case: str
    role: str
    fallen: bool


def held_by_resource(board: Board) -> dict[int, list[Held]]:
    """What every resource is held for, in order of time; resources not held are left out."""
    found: dict[int, list[Held]] = defaultdict(list)
    for case, placed in zip(board.instance.cases, board.placed, strict=True):
        if placed is None:
            continue
        if placed.start is not None:
            start = board.instance.frame.instant(placed.start)
        elif case.case.booking is not None:
            start = case.case.booking.start
        booked = case.booked
        fallen = booked is not None and placed.uses is booked.uses and not booked.stands
        for need, resource in zip(case.case.needs, placed.assigned, strict=True):
            found[resource].append(Held(*need.span(start), case.id, need.role, fallen))
    return {resource: sorted(held) for resource, held in found.items()}


def explain_start(board: Board, case: CaseForm, at: datetime) -> Explanation:
    """Every reason against a start of the case, which must not be on the board."""
    starts = tuple(_start_reasons(case, at))
    unit = case.frame.start_unit(at)
    needs: tuple[NeedReason, ...] = ()
    clashes: tuple[Clash, ...] = ()
    if unit is not None:
        needs = tuple(_need_reasons(board, case, unit))
        clashes = tuple(_clashes(board, case, unit))
    possible = not (starts or needs or clashes)
    said = [r.sentence for r in starts] + [r.sentence for r in needs]
    said += [r.sentence for r in clashes]
    shown = clock(at, case.frame.zone)
    head = f"{case.id} {'can' if possible else 'cannot'} start on {shown}"
    return Explanation(
        case=case.id,
        at=case.frame.local(at),
        possible=possible,
        starts=starts,
        needs=needs,
        clashes=clashes,
        sentence=head if possible else f"{head}: {'; '.join(said)}",
    )


def _start_reasons(case: CaseForm, at: datetime) -> Iterator[StartReason]:
    problem, tz = case.problem, case.frame.zone
    horizon, booking = problem.horizon, case.case.booking
    step = timedelta(minutes=problem.tick_minutes)
    late = (at - horizon.start) % step
    if late:
        before, after = clock(at - late, tz), clock(at - late + step, tz)
        sentence = f"it is not on a tick of {problem.tick_minutes} minutes"
        yield StartReason("tick", f"{sentence}; the nearest are {before} and {after}")
    if not horizon.start <= at < horizon.end:
        shown = f"{clock(horizon.start, tz)} to {clock(horizon.end, tz)}"
        yield StartReason("horizon", f"it lies outside the horizon, {shown}")
    if not case.case.may_start(at):
        yield StartReason("window", _outside_windows(case, at))
    if at < problem.now and not (booking and booking.start == at):
        yield StartReason("past", f"it is before {clock(problem.now, tz)}, when this was frozen")
    if booking and booking.locked and booking.start != at:
        yield StartReason("locked", f"its booking on {clock(booking.start, tz)} is locked")


def _outside_windows(case: CaseForm, at: datetime) -> str:
    tz = case.frame.zone
    windows = WindowSet(Window(a, b) for a, b in case.case.windows)
    ended = [window.end for window in windows if window.end <= at]
    to_come = [window.start for window in windows if window.start > at]
    parts = [f"the last ended on {clock(ended[-1], tz)}"] if ended else []
    parts += [f"the next begins on {clock(to_come[0], tz)}"] if to_come else []
    said = listed(parts) if parts else "it has none"
    return f"it lies in none of the case's windows; {said}"


def _need_reasons(board: Board, case: CaseForm, unit: int) -> Iterator[NeedReason]:
    holds: dict[int, list[Held]] | None = None
    for number, need in enumerate(case.needs):
        if has(board.pool_starts(need), unit):
            continue
        holds = held_by_resource(board) if holds is None else holds
        reasons = tuple(
            reason
            for resource in board.instance.pools[need.pool].resources
            for reason in _resource_reasons(board, need, unit, resource, holds.get(resource, []))
        )
        yield NeedReason(need.role, reasons, _need_sentence(case, number, unit, reasons))


def _resource_reasons(
    board: Board, need: NeedForm, unit: int, resource: int, holds: list[Held]
) -> Iterator[ResourceReason]:
    instance = board.instance
    form, frame = instance.resources[resource], instance.frame
    first = unit + need.offset
    cells = span(first, first + need.length)
    begin, end = frame.instant(first), frame.instant(first + need.length)
    if form.available & cells != cells:
        yield _closed(board, resource, begin, end)
    for held in holds:
        if held.begin < end and begin < held.end:
            until = clock(held.end, frame.zone)
            sentence = f"{form.id} is taken by {held.case} ({held.role}) until {until}"
            sentence += ", whose booking no longer stands" if held.fallen else ""
            yield ResourceReason(
                form.id, "occupied", sentence, held.case, held.role, frame.local(held.end)
            )
    day = frame.day_of_unit[first]
    limit = None if form.limits is None else form.limits[day]
    if limit is not None and board.minutes[resource][day] + need.minutes > limit:
        used = f"{board.minutes[resource][day]} of {limit} minutes taken on {frame.days[day]}"
        yield ResourceReason(
            form.id, "limit", f"{form.id} has {used}, and {need.minutes} more are wanted"
        )


def _closed(board: Board, resource: int, begin: datetime, end: datetime) -> ResourceReason:
    instance = board.instance
    form, tz = instance.resources[resource], instance.frame.zone
    source = instance.problem.resource_by_id[form.id]
    windows = WindowSet(Window(a, b) for a, b in source.available)
    closes = next((w.end for w in windows if begin in w and w.end < end), None)
    opens = next((instance.frame.local(w.start) for w in windows if w.start > begin), None)
    later = f" until {clock(opens, tz)}" if opens else ""
    if closes is not None:
        sentence = f"{form.id} closes on {clock(closes, tz)}"
    else:
        sentence = f"{form.id} is closed{later}"
    return ResourceReason(form.id, "closed", sentence, until=opens)


def _need_sentence(
    case: CaseForm, number: int, unit: int, reasons: tuple[ResourceReason, ...]
) -> str:
    need, form = case.case.needs[number], case.needs[number]
    if not reasons:
        return f"{need.role}: {no_such(case, number)}"
    frame = case.frame
    begin = clock(frame.instant(unit + form.offset), frame.zone)
    end = frame.instant(unit + form.offset + form.length).astimezone(frame.zone)
    # Resources that are simply closed are many (arrival slots) and say little one by one.
    shut = {r.resource for r in reasons if r.kind == "closed"} - {
        r.resource for r in reasons if r.kind != "closed"
    }
    said = [r.sentence for r in reasons if r.resource not in shut or len(shut) <= 3]
    said += [f"{len(shut)} are closed"] if len(shut) > 3 else []
    wanted = " ".join((*need.tags, need.kind))
    return f"{need.role}: no {wanted} is free from {begin} to {end:%H:%M} ({'; '.join(said)})"


def no_such(case: CaseForm, number: int) -> str:
    """The sentence for a need that no resource of the site could ever serve."""
    need = case.case.needs[number]
    named = "" if need.among is None else f" among {listed(sorted(need.among))}"
    tags = f" with {listed(need.tags)}" if need.tags else ""
    kept = case.case.booking.assigned[need.role] if case.locked and case.case.booking else None
    if kept is not None:
        return f"its locked resource {kept} is no {need.kind}{tags}{named}"
    return f"there is no {need.kind}{tags}{named}"


def _clashes(board: Board, case: CaseForm, unit: int) -> Iterator[Clash]:
    start = 1 << unit
    for knot in board.ties(case).knots:
        each = all(has(board.pool_starts(case.needs[number]), unit) for number in knot)
        if not each or board.untied(case, knot, start):
            continue
        roles = tuple(case.needs[number].role for number in knot)
        free = {
            resource
            for number in knot
            for resource in free_resources(board, Demand(case.needs[number], unit))
        }
        names = tuple(board.instance.resources[resource].id for resource in sorted(free))
        yield Clash(
            roles,
            names,
            f"{listed(roles)} each find a resource but not all at once: {listed(names)} can serve"
            " one need at a time, and only so many minutes a day",
        )
