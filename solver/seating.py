"""Choosing one resource for each need at fixed starts: the first choice in the order of the ids.

Works on few needs and one instant, where the rows of the board have already said what fits.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from models.errors import SolverError
from solver.bitrow import has
from solver.board import Board
from solver.instance import CaseForm, NeedForm


class Demand(NamedTuple):
    """A need at a start unit."""

    need: NeedForm
    start: int

    @property
    def begin(self) -> int:
        """The unit at which the need begins."""
        return self.start + self.need.offset


def anything(_chosen: Sequence[int]) -> bool:
    """The check that allows every choice."""
    return True


def free_resources(board: Board, demand: Demand) -> list[int]:
    """The resources that can serve the demand by itself, in order of their ids."""
    lanes = board.instance.lanes
    return sorted(
        lanes[lane].resource_at(demand.begin)
        for lane, starts in board.choices(demand.need)
        if has(starts, demand.start)
    )


def first_free(board: Board, demand: Demand) -> int | None:
    """The first resource, in the order of the ids, that can serve the demand by itself."""
    found: int | None = None
    for number, starts in board.choices(demand.need):
        lane = board.instance.lanes[number]
        if found is not None and found < lane.least:
            break
        if has(starts, demand.start):
            resource = lane.resource_at(demand.begin)
            found = resource if found is None else min(found, resource)
    return found


def seat(
    board: Board,
    demands: Sequence[Demand],
    allowed: Callable[[Sequence[int]], bool] = anything,
) -> tuple[int, ...] | None:
    """The first choice of resources, in the order of the ids, that serves all demands at once.

    Args:
        board: What is free; none of the demands is on it.
        demands: Compared in this order.
        allowed: Says of a beginning of a choice whether it may go on.

    Returns:
        A resource for each demand, or None when no choice serves them all.
    """
    return next(seatings(board, demands, allowed), None)


def seatings(
    board: Board,
    demands: Sequence[Demand],
    allowed: Callable[[Sequence[int]], bool] = anything,
) -> Iterator[tuple[int, ...]]:
    """Every choice of resources that serves all demands at once, in the order of the ids.

    The board may change between two choices, as long as it is put back before the next is asked
    for.
    """
    options = [free_resources(board, demand) for demand in demands]
    chosen: list[int] = []

    def seated() -> Iterator[tuple[int, ...]]:
        if len(chosen) == len(demands):
            yield tuple(chosen)
            return
        for resource in options[len(chosen)]:
            if _clashes(board, demands, chosen, resource):
                continue
            chosen.append(resource)
            if allowed(chosen):
                yield from seated()
            chosen.pop()

    if all(options):
        yield from seated()


def _clashes(board: Board, demands: Sequence[Demand], chosen: Sequence[int], resource: int) -> bool:
    """Whether the next demand cannot take a resource because of those that chose before it."""
    wanted = demands[len(chosen)]
    sharing = [d for d, taken in zip(demands, chosen, strict=False) if taken == resource]
    end = wanted.begin + wanted.need.length
    if any(d.begin < end and wanted.begin < d.begin + d.need.length for d in sharing):
        return True
    limits = board.instance.resources[resource].limits
    day_of = board.instance.frame.day_of_unit
    day = day_of[wanted.begin]
    limit = None if limits is None else limits[day]
    if limit is None or not sharing:
        return False
    minutes = sum(d.need.minutes for d in (wanted, *sharing) if day_of[d.begin] == day)
    return board.minutes[resource][day] + minutes > limit


def assign(board: Board, case: CaseForm, start: int, added: int) -> tuple[int, ...]:
    """The first choice of resources, in the order of the ids, that adds no more than `added`.

    Args:
        board: The case is not on it; `start` is one of its candidate starts.
        case: The case.
        start: A unit.
        added: The least that the case can add there in opening and suite changes.

    Returns:
        Resources in the order of the needs.
    """
    ties = board.ties(case)
    chosen: list[int | None] = [None] * len(case.needs)
    for group in (tuple(sorted(ties.priced)), *ties.plain):
        demands = [Demand(case.needs[number], start) for number in group]
        seats: Sequence[int | None] | None
        if group and group[0] in ties.priced:
            seats = seat(board, demands, _at_most(board, demands, added))
        else:
            seats = [first_free(board, demands[0])] if len(group) == 1 else seat(board, demands)
        for number, resource in zip(group, seats or (), strict=False):
            chosen[number] = resource
    found = tuple(resource for resource in chosen if resource is not None)
    if len(found) < len(chosen):
        raise SolverError(
            f"case {case.id} cannot be placed at {board.instance.frame.instant(start)}",
            remedy="ask for its candidate starts first",
        )
    return found


def _at_most(
    board: Board, demands: Sequence[Demand], added: int
) -> Callable[[Sequence[int]], bool]:
    """The check that a beginning of a choice adds no more than `added` points."""

    def allowed(taken: Sequence[int]) -> bool:
        pairs = [(demand.need, r) for demand, r in zip(demands, taken, strict=False)]
        return sum(board.prices_of(demands[0].start, pairs)) <= added

    return allowed
