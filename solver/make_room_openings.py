"""The starts of a case that are not free, and which bookings stand in their way.

Rows here are quick supersets, found without touching the board. Whoever needs to know exactly lifts
the few bookings that they leave.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from functools import reduce
from itertools import pairwise
from operator import and_
from typing import NamedTuple

from solver.bitrow import erode, shift, span
from solver.instance import CaseForm, NeedForm
from solver.make_room_board import Room, Spot


class _Wanted(NamedTuple):
    """A need, the starts at which it fits now, and the lanes it accepts."""

    fitting: int
    need: NeedForm
    lanes: frozenset[int]


class _Leaving(NamedTuple):
    """What a booking holds, where each need fits without it, and what that opens alone."""

    spots: tuple[Spot, ...]
    fits: list[int]
    alone: int


class Openings:
    """The starts of a case that are not free, and which of them bookings could be blocking.

    The case must not be on the board, bookings that are asked about must be.
    """

    def __init__(self, room: Room, case: CaseForm) -> None:
        board = room.board
        self.free = board.candidate_starts(case)
        self._room, self._board, self._case = room, board, case
        wanted = self._wanted = case.permitted & ~self.free
        needs = [
            _Wanted(board.pool_starts(need), need, room.lanes_of_pool[need.pool])
            for need in case.needs
        ]
        # The scarcest need first: most bookings leave nothing for it, and are done with.
        self._needs = sorted(needs, key=lambda need: (need.fitting & wanted).bit_count())
        self._eroded: dict[tuple[int, int], int] = {}
        self._left: dict[int, _Leaving] = {}

    def without(self, other: CaseForm, lanes: Container[int] | None = None) -> int:
        """A row that holds every start, not free now, that opens when a booking makes way.

        Args:
            other: Whose booking.
            lanes: When given, it leaves only these lanes.
        """
        room = self._room
        rows: dict[int, int] = {}
        if room.shares_lanes(other):
            rows = self._rows([s for s in room.spots(other) if lanes is None or s.lane in lanes])
        row, any_gained = self._wanted, 0
        for fitting, need, accepted in self._needs:
            fits, spots = fitting, room.spots_in(other, need.pool)
            if spots and lanes is not None:
                spots = tuple(spot for spot in spots if spot.lane in lanes)
            if spots:
                gained = self._gained(need, accepted, spots, rows)
                any_gained |= gained
                fits |= gained
            row &= fits
            if not row:
                return 0
        return row if any_gained else 0

    def least_cost(self, other: CaseForm, opened: int) -> int | None:
        """What the case and a booking cost by themselves at least, when the booking makes way.

        Args:
            other: Whose booking.
            opened: What `without` gave for it.

        Returns:
            None when the booking has no other place at all.
        """
        room, fitting = self._room, self._needs[0].fitting if self._needs else -1
        loose = room.loose_lanes(other)
        stays = self.without(other, loose) if loose else 0
        ways: list[tuple[int, int | None]] = [(stays, room.as_booked(other))]
        ways.append((opened & fitting, room.least_cost_away(other)))
        if contested := opened & ~fitting:
            ways.append((contested, self._least_beside(other)))
        costs = [
            own + theirs
            for starts, theirs in ways
            if theirs is not None and (own := self._case.least_cost(starts)) is not None
        ]
        return min(costs, default=None)

    def _least_beside(self, other: CaseForm) -> int | None:
        """What a booking costs by itself at least when the scarcest need comes in where it was.

        Unless its stretch of that lane is long enough for both, it has to find another one.
        """
        _, scarcest, accepted = self._needs[0]
        spots = self._room.spots(other)
        hit = [number for number, spot in enumerate(spots) if spot.lane in accepted]
        if len(hit) != 1:
            return self._room.least_cost_away(other)
        spot, need = spots[hit[0]], other.needs[hit[0]]
        rows = self._rows(spots)
        first, end = self._stretch(spot, rows)
        if self._freed_on_day(scarcest, spot) or end - first >= scarcest.length + need.length:
            return self._room.least_cost_away(other)
        row = other.permitted
        for theirs in other.needs:
            fits = self._board.pool_starts(theirs)
            if theirs is need:
                fits |= self._freed_on_day(theirs, spot)
            else:
                lanes = self._room.lanes_of_pool[theirs.pool]
                fits |= self._gained(theirs, lanes, spots, rows)
            row &= fits
            if not row:
                break
        return other.least_cost(row)

    def together(self, cases: Sequence[CaseForm]) -> dict[tuple[int, int], int]:
        """Pairs of bookings that open starts when both leave, and not when one of them does.

        One of them has to make way for the scarcest need, or both as neighbours in time: few do.

        Returns:
            A row that holds these starts, by the positions of the two; pairs without any left out.
        """
        left = [self._leaving(case) for case in cases]
        found: dict[tuple[int, int], int] = {}
        for i, one in enumerate(left):
            giving = self._wanted & ~one.alone & one.fits[0] if one.fits else 0
            for j, other in enumerate(left) if giving else ():
                row = giving & ~other.alone if i != j else 0
                for fits, more in zip(one.fits[1:], other.fits[1:], strict=True):
                    row &= fits | more
                    if not row:
                        break
                if row:
                    pair = (min(i, j), max(i, j))
                    found[pair] = found.get(pair, 0) | row
        for i, j in self._neighbours(left):
            row = self._wanted & ~left[i].alone & ~left[j].alone
            if row := row & self._merged(left[i], left[j]):
                found[i, j] = row
        return found

    def _neighbours(self, left: Sequence[_Leaving]) -> set[tuple[int, int]]:
        """The positions of those that follow each other in a lane for the scarcest need."""
        by_lane: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for number, one in enumerate(left):
            for spot in one.spots if self._needs else ():
                if spot.lane in self._needs[0].lanes:
                    by_lane[spot.lane].append((spot.first, number))
        pairs = (pair for taken in by_lane.values() for pair in pairwise(sorted(taken)))
        return {(min(i, j), max(i, j)) for (_, i), (_, j) in pairs if i != j}

    def _merged(self, one: _Leaving, other: _Leaving) -> int:
        """The starts at which every need may fit when two leave, side by side or not."""
        rows = self._rows((*one.spots, *other.spots))
        row = -1
        for number, wanted in enumerate(self._needs):
            gained = self._gained(wanted.need, wanted.lanes, one.spots, rows)
            row &= one.fits[number] | other.fits[number] | gained
            if not row:
                break
        return row

    def _leaving(self, case: CaseForm) -> _Leaving:
        found = self._left.get(case.index)
        if found is None:
            spots = self._room.spots(case)
            rows = self._rows(spots)
            fits = [
                wanted.fitting | self._gained(wanted.need, wanted.lanes, spots, rows)
                for wanted in self._needs
            ]
            alone = reduce(and_, fits, self._wanted)
            found = self._left[case.index] = _Leaving(spots, fits, alone)
        return found

    def _rows(self, spots: Sequence[Spot]) -> dict[int, int]:
        """The lanes that have several of these spots, as they would be without them."""
        lanes = [spot.lane for spot in spots]
        rows: dict[int, int] = {}
        if len(set(lanes)) < len(lanes):
            for spot in spots:
                if lanes.count(spot.lane) > 1:
                    row = rows.get(spot.lane, self._board.rows[spot.lane])
                    rows[spot.lane] = row | spot.use.taken
        return rows

    def _gained(
        self,
        need: NeedForm,
        lanes: Container[int],
        spots: Sequence[Spot],
        rows: Mapping[int, int],
    ) -> int:
        """The starts at which a need may fit into its lanes where spots leave it room."""
        found = 0
        for spot in spots:
            if spot.lane not in lanes:
                continue
            first, end = self._stretch(spot, rows)
            if end - first >= need.length:
                begin = first - need.offset
                found |= span(max(0, begin), max(0, end - need.length - need.offset + 1))
            if spot.lane in self._room.limited:
                found |= self._freed_on_day(need, spot)
        return found

    def _stretch(self, spot: Spot, rows: Mapping[int, int]) -> tuple[int, int]:
        """The stretch `[first, end)` of units around a spot that would be free without it."""
        if spot.first == spot.end:
            return spot.first, spot.end
        row = rows.get(spot.lane)
        return self._room.stretch(spot, self._board.rows[spot.lane] if row is None else row)

    def _freed_on_day(self, need: NeedForm, spot: Spot) -> int:
        """The starts on the day of a spot that are closed by nothing but its lane's daily limit."""
        use = spot.use
        limits = self._board.instance.resources[use.resource].limits
        limit = None if limits is None or use.day is None else limits[use.day]
        if limit is None or use.day is None:
            return 0
        if self._board.minutes[use.resource][use.day] + need.minutes <= limit:
            return 0
        key = (spot.lane, need.length)
        if key not in self._eroded:
            self._eroded[key] = erode(self._board.rows[spot.lane], need.length)
        begins = self._eroded[key] & self._board.instance.frame.day_units[use.day]
        return shift(begins, -need.offset)
