"""The cheapest starts of a case when one booking may move, exactly.

What could be is kept in a heap by a lower bound on its total cost: first a booking whose leaving
may open starts, then the starts that it does open, then one of them with the places left for the
booking, at last the finished way with its exact cost. Only the head of the heap is ever looked at
more closely. So a finished way at the head is the best of all that remain, and bookings too dear
to matter are never lifted.
"""

from collections.abc import Iterable, Iterator
from heapq import heappop, heappush
from itertools import count
from typing import NamedTuple

from solver.bitrow import bits, has, lowest
from solver.instance import CaseForm
from solver.make_room_board import Put, Room, Way
from solver.make_room_openings import Openings
from solver.make_room_pair import Fit, Pair


class _Found(NamedTuple):
    """A start that opens when the booking goes to `fit.start`, with its exact cost."""

    start: int
    fit: Fit


class _MayOpen(NamedTuple):
    """Starts that lifting the booking may open."""

    starts: int


class _Weighed(NamedTuple):
    """The same, under a better bound."""

    starts: int


class _Opened(NamedTuple):
    """Starts that lifting the booking does open, of one own cost, and where it could then be.

    With a single start, `places` are exactly those beside it.
    """

    own: int
    starts: int
    places: int


_Item = _MayOpen | _Weighed | _Opened | _Found

# A bound on the total cost, then what breaks ties: the case's start, the booking, its new start.
_Key = tuple[int, int, int, int]


class OneMoveSearch:
    """Ways of placing a case, which is not on the board, by moving one booking of others.

    `opened` has, by the index of a booking, a row that holds the starts that lifting it opens.
    """

    def __init__(
        self, room: Room, case: CaseForm, openings: Openings, others: Iterable[CaseForm]
    ) -> None:
        self.opened: dict[int, int] = {}
        self._room, self._case, self._openings = room, case, openings
        self._pairs: dict[int, Pair] = {}
        self._saved: dict[int, int] = {}
        self._done = 0
        self._serial = count()
        self._heap: list[tuple[_Key, int, CaseForm, _Item]] = []
        for other in others:
            opened = openings.without(other)
            own, away = case.least_cost(opened), room.least_cost_away(other)
            if own is not None:
                self.opened[other.index] = opened
                least = (
                    self._room.as_booked(other)
                    if away is None
                    else min(away, self._room.as_booked(other))
                )
                self._push(own + least - room.saved(other), lowest(opened), other, _MayOpen(opened))

    @property
    def bound(self) -> int | None:
        """What every way still to come costs at least; None when there is none."""
        return self._heap[0][0][0] if self._heap else None

    def ways(self, dearest: int | None = None) -> Iterator[Way]:
        """The best way for each start, cheapest first; ties by start, booking, its new start.

        Args:
            dearest: Ways that cost more are of no interest.
        """
        while (bound := self.bound) is not None and (dearest is None or bound <= dearest):
            way = self.step()
            if way is not None:
                yield way

    def step(self) -> Way | None:
        """Look at the head of the heap more closely; the way that it was, if finished."""
        (bound, *_), _, other, item = heappop(self._heap)
        if isinstance(item, _Found):
            if not has(self._done, item.start):
                self._done |= 1 << item.start
                return self._way(bound, other, item)
        elif isinstance(item, _MayOpen):
            self._weigh(other, item)
        elif isinstance(item, _Weighed):
            self._lift(other, item)
        elif item.starts.bit_count() == 1:
            self._finish(other, item)
        else:
            self._split(other, item)
        return None

    def _push(self, cost: int, start: int, other: CaseForm, item: _Item, at: int = -1) -> None:
        heappush(self._heap, ((cost, start, other.index, at), next(self._serial), other, item))

    def _weigh(self, other: CaseForm, item: _MayOpen) -> None:
        """Find a better bound, still without lifting the booking."""
        least = self._openings.least_cost(other, item.starts)
        if least is not None:
            saved = self._saved[other.index] = self._room.saved(other)
            self._push(least - saved, lowest(item.starts), other, _Weighed(item.starts))

    def _lift(self, other: CaseForm, item: _Weighed) -> None:
        board = self._room.board
        with self._room.without(other):
            opened = board.starts_within(self._case, item.starts)
            places = board.candidate_starts(other) if opened else 0
            if not places:
                return
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
        least = other.least_cost(places)
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
