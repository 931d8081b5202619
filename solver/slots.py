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
    suites: frozenset[int]
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
        for cost, start in ranked_starts(board, case, starts, top)
    ]


def ranked_starts(board: Board, case: CaseForm, starts: int, top: int = 1) -> list[tuple[int, int]]:
    """The `top` cheapest of a row of candidate starts as `(cost, start)`, without resources."""
    return _cheapest_starts(_levels(board, case, starts), top) if starts else []


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
    priced, nothing = len(board.ties(case).priced), frozenset[int]()
    left = [group.starts & starts for group in case.groups]
    heap = [
        _Partial(group.cost, n, n, (), nothing, left[n])
        for n, group in enumerate(case.groups)
        if left[n]
    ]
    heapify(heap)
    serial = len(left)
    while heap:
        partial = heappop(heap)
        reached = partial.starts & left[partial.group]
        if not reached:
            continue
        if len(partial.lanes) == priced:
            left[partial.group] ^= reached
            yield partial.cost, reached
            continue
        for longer in _extensions(board, case, partial, reached):
            serial += 1
            heappush(heap, longer._replace(serial=serial))


def _extensions(
    board: Board, case: CaseForm, partial: _Partial, reached: int
) -> Iterator[_Partial]:
    """The choices of one lane more, for the next priced need, that still serve some start."""
    order, lanes = board.ties(case).priced, board.instance.lanes
    group, number = case.groups[partial.group], order[len(partial.lanes)]
    need, suites = case.needs[number], partial.suites
    last_suite = need.is_suite and not (
        len(partial.lanes) + 1 < len(order) and case.needs[order[len(partial.lanes) + 1]].is_suite
    )
    for lane, fitting in board.choices(need):
        starts = fitting & reached
        again = lane in partial.lanes
        if starts and again:
            starts &= board.beside(case, order, partial.lanes, lane)
        if not starts:
            continue
        resource = lanes[lane].least
        cost = partial.cost
        if not again or _new_day(group, order, partial.lanes, lane):
            cost += board.opening_price(resource, group.days[number])
        if need.is_suite:
            suites = partial.suites | {resource}
            if last_suite:
                cost += sum(board.change_price(suite, group.day, suites) for suite in suites)
        elif not again:
            cost += board.change_price(resource, group.day, suites)
        yield _Partial(cost, 0, partial.group, (*partial.lanes, lane), suites, starts)


def _new_day(group: Group, order: tuple[int, ...], lanes: tuple[int, ...], lane: int) -> bool:
    """Whether the next need begins on a day on which no need before it took the lane."""
    taken = (group.days[n] for n, before in zip(order, lanes, strict=False) if before == lane)
    return group.days[order[len(lanes)]] not in taken
