"""The cheapest starts of a case on a board, and the cheapest resources at each.

Starts that fall on the same days and cost the case the same form a group. Within a group, what a
choice of resources adds does not depend on the start. So partial choices are taken in order of
their cost, each with the row of starts it still serves; the first complete choice that reaches a
start is the cheapest one there. Groups that cannot beat what was found are never opened.
"""

from collections.abc import Iterator
from heapq import heapify, heappop, heappush
from typing import NamedTuple

from solver.bitrow import bits
from solver.board import Board
from solver.instance import CaseForm, Group
from solver.seating import assign


class Slot(NamedTuple):
    """A start unit with resources in the order of the needs, and all that the case would cost."""

    start: int
    cost: int
    assigned: tuple[int, ...]


class _Partial(NamedTuple):
    """Lanes chosen by the first priced needs, in one group; compared by cost, then by age."""

    cost: int
    serial: int
    group: int
    lanes: tuple[int, ...]
    starts: int


def cheapest_slots(board: Board, case: CaseForm, top: int = 1) -> list[Slot]:
    """The `top` cheapest starts of a case, each with its cheapest resources.

    Args:
        board: The case must not be on it.
        case: The case.
        top: How many starts at most.

    Returns:
        By cost, then start; resources of equal cost are the first in the order of their ids. The
        cost is the case's own and what it adds in opening and suite changes.
    """
    return _slots(board, case, board.candidate_starts(case), top)


def cheapest_at(board: Board, case: CaseForm, start: int) -> Slot | None:
    """The cheapest resources of a case at one start; None where it is no candidate start."""
    starts = board.starts_within(case, case.permitted & (1 << start))
    return next(iter(_slots(board, case, starts, 1)), None)


def _slots(board: Board, case: CaseForm, starts: int, top: int) -> list[Slot]:
    return [
        Slot(start, cost, assign(board, case, start, cost - case.cost_at(start)))
        for cost, start in _cheapest_starts(_levels(board, case, starts), top)
    ]


def _cheapest_starts(levels: Iterator[tuple[int, int]], top: int) -> list[tuple[int, int]]:
    """The first starts by cost and time; levels come in order of cost, many of the same cost."""
    by_cost: dict[int, int] = {}
    count = 0
    for cost, starts in levels:
        if count >= top and cost not in by_cost:
            break
        by_cost[cost] = by_cost.get(cost, 0) | starts
        count += starts.bit_count()
    ranked = ((cost, start) for cost, starts in by_cost.items() for start in bits(starts))
    return [found for found, _ in zip(ranked, range(top), strict=False)]


def _levels(board: Board, case: CaseForm, starts: int) -> Iterator[tuple[int, int]]:
    """Rows of starts with their least cost, in order of cost; each start comes once."""
    order = board.ties(case).priced
    left = [group.starts & starts for group in case.groups]
    heap = [
        _Partial(group.cost, n, n, (), left[n]) for n, group in enumerate(case.groups) if left[n]
    ]
    heapify(heap)
    serial = len(left)
    while heap:
        partial = heappop(heap)
        reached = partial.starts & left[partial.group]
        if not reached:
            continue
        if len(partial.lanes) == len(order):
            left[partial.group] ^= reached
            yield partial.cost, reached
            continue
        for lane, added, fitting in _extensions(board, case, order, partial):
            if fitting & reached:
                chosen = (*partial.lanes, lane)
                serial += 1
                heappush(
                    heap,
                    _Partial(
                        partial.cost + added, serial, partial.group, chosen, fitting & reached
                    ),
                )


def _extensions(
    board: Board, case: CaseForm, order: tuple[int, ...], partial: _Partial
) -> Iterator[tuple[int, int, int]]:
    """Each lane for the next priced need: what it adds, and the starts at which it fits."""
    group = case.groups[partial.group]
    for lane, fitting in board.choices(case.needs[order[len(partial.lanes)]]):
        starts = fitting & partial.starts
        if starts and partial.lanes:
            starts &= board.beside(case, order, partial.lanes, lane)
        if starts:
            yield lane, _added(board, case, order, group, (*partial.lanes, lane)), starts


def _added(
    board: Board, case: CaseForm, order: tuple[int, ...], group: Group, lanes: tuple[int, ...]
) -> int:
    """What the last of the lanes adds in opening and suite changes.

    Suites choose first. The last of them adds the changes of all suites; every later need knows
    the suites and adds its own.
    """
    number, lane = order[len(lanes) - 1], lanes[-1]
    members = board.instance.lanes
    resource, day = members[lane].members[0], group.days[number]
    again = [n for n, taken in zip(order, lanes[:-1], strict=False) if taken == lane]
    opening = 0
    if all(group.days[n] != day for n in again):
        opening = board.opening_price(resource, day)
    if not board.met:
        return opening
    needs = case.needs
    suites = {
        members[taken].members[0]
        for n, taken in zip(order, lanes, strict=False)
        if needs[n].is_suite
    }
    if needs[number].is_suite:
        is_last = len(lanes) == len(order) or not needs[order[len(lanes)]].is_suite
        working = suites if is_last else set()
    else:
        working = set() if again else {resource}
    return opening + sum(board.change_price(r, group.day, suites) for r in working)
