"""The cheapest starts of a case when one booking may move, exactly.

What could be is kept in a heap by a lower bound on its total cost: first a booking whose leaving
may open starts, then the starts that it does open, then one of them with the places left for the
booking, at last the finished way with its exact cost. Only the head of the heap is ever looked at
more closely. So a finished way at the head is the best of all that remain, and bookings too dear
to matter are never lifted.
"""

from collections.abc import Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from solver.bitrow import bits, has, lowest
from solver.instance import CaseForm
from solver.make_room_pair import Fit, Pair
from solver.make_room_rows import Openings, Put, Room, Way, least_cost, own_cost_as_booked


class _Found(NamedTuple):
    """A start that opens when the booking goes to `fit.start`, with its exact cost."""

    start: int
    fit: Fit


class _MayOpen(NamedTuple):
    """Starts that lifting the booking may open."""

    starts: int


class _Opened(NamedTuple):
    """Starts that lifting the booking does open, of one own cost, and where it could then be.

    With a single start, `places` are exactly those beside it.
    """

    own: int
    starts: int
    places: int


_Item = _MayOpen | _Opened | _Found

# A bound on the total cost, then what breaks ties: the case's start, the booking, its new start.
_Key = tuple[int, int, int, int]


class OneMoveSearch:
    """Ways of placing a case, which is not on the board, by moving one booking."""

    def __init__(self, room: Room, case: CaseForm, openings: Openings) -> None:
        self._room, self._case = room, case
        self._pairs: dict[int, Pair] = {}
        self._saved: dict[int, int] = {}
        self._done = 0
        self._serial = count()
        self._heap: list[tuple[_Key, int, CaseForm, _Item]] = []
        for other in room.movable(case):
            placed = room.board.placed[other.index]
            opened = openings.without(placed) if placed is not None else 0
            own, least = least_cost(case, opened), room.least_own_cost(other)
            if placed is not None and own is not None and least is not None:
                saved = own_cost_as_booked(other) + room.most_given_back(placed)
                self._push(own + least - saved, lowest(opened), other, _MayOpen(opened))

    def ways(self, dearest: int | None = None) -> Iterator[Way]:
        """The best way for each start, cheapest first; ties by start, booking, its new start.

        Args:
            dearest: Ways that cost more are of no interest.
        """
        while self._heap:
            (bound, *_), _, other, item = heappop(self._heap)
            if dearest is not None and bound > dearest:
                return
            if isinstance(item, _Found):
                if not has(self._done, item.start):
                    self._done |= 1 << item.start
                    yield self._way(bound, other, item)
            elif isinstance(item, _MayOpen):
                self._lift(other, item)
            elif item.starts.bit_count() == 1:
                self._finish(other, item)
            else:
                self._split(other, item)

    def _push(self, cost: int, start: int, other: CaseForm, item: _Item, at: int = -1) -> None:
        heappush(self._heap, ((cost, start, other.index, at), next(self._serial), other, item))

    def _lift(self, other: CaseForm, item: _MayOpen) -> None:
        board = self._room.board
        with self._room.without(other) as (placed,):
            opened = board.starts_within(self._case, item.starts)
            places = board.candidate_starts(other) if opened else 0
            if not places:
                return
            self._saved[other.index] = own_cost_as_booked(other) + sum(
                self._room.given_back(placed)
            )
            self._pairs[other.index] = Pair(self._room, self._case, other)
            for group in self._case.groups:
                if starts := group.starts & opened:
                    self._look(other, _Opened(group.cost, starts, places))

    def _split(self, other: CaseForm, item: _Opened) -> None:
        with self._room.without(other):
            for start in bits(item.starts & ~self._done):
                self._look(other, item._replace(starts=1 << start))

    def _look(self, other: CaseForm, item: _Opened) -> None:
        """Keep an item, with the places that its starts leave, under the least it can cost."""
        places = self._pairs[other.index].starts_beside(item.starts, item.places)
        least = least_cost(other, places)
        if least is not None:
            cost = item.own + least - self._saved[other.index]
            self._push(cost, lowest(item.starts), other, item._replace(places=places))

    def _finish(self, other: CaseForm, item: _Opened) -> None:
        start = lowest(item.starts)
        if has(self._done, start):
            return
        with self._room.without(other):
            fit = self._pairs[other.index].cheapest(start, item.places)
        if fit is not None:
            cost = fit.cost - self._saved[other.index]
            self._push(cost, start, other, _Found(start, fit), fit.start)

    def _way(self, cost: int, other: CaseForm, item: _Found) -> Way:
        with self._room.without(other):
            ours, slot = self._pairs[other.index].seats(item.start, item.fit)
        asked = Put(self._case, item.start, ours)
        return Way(cost, (asked, Put(other, slot.start, slot.assigned)))
