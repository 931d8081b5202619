"""Two cases at once, exactly: the first where it is put, the second wherever it then costs least.

Both are off the board. The starts left for the second case are found contest by contest; only the
contests that touch a price are chosen together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from models.errors import SolverError
from solver.bitrow import lowest, shift, span
from solver.board import Placed
from solver.instance import CaseForm, NeedForm, Use
from solver.make_room_board import Room
from solver.make_room_contests import Contest
from solver.seating import Demand, seat, seatings
from solver.slots import Slot, cheapest_at, ranked_starts
from solver.ties import overlap


@dataclass(frozen=True, slots=True)
class Fit:
    """The cheapest way found for both: resources of the first's priced needs, the second's start.

    `cost` is what both cost by themselves and add in opening and suite changes.
    """

    cost: int
    start: int
    priced: tuple[int, ...]


class Pair:
    """A case that has been given a start, and another one that has to leave room for it."""

    def __init__(self, room: Room, first: CaseForm, second: CaseForm) -> None:
        self._room, self._board = room, room.board
        self._first, self._second = first, second
        self._contests = room.contests(first, second)
        self._priced = sorted(n for c in self._contests if c.priced for n in c.ours)

    def starts_beside(self, starts: int, within: int) -> int:
        """The starts of the second case, out of a row of candidates, beside the first.

        Args:
            starts: Of the first case, all in one group. When there are several, only what it
                takes at each of them is heeded: the answer holds every start of the second case
                that is beside one of them, and perhaps more.
            within: Candidate starts of the second case.
        """
        row = within
        for contest in self._contests:
            reach = row & self._reach(contest, starts) if contest.theirs and contest.ours else 0
            if reach:
                row ^= reach ^ self._served(contest, starts, reach)
            if not row:
                break
        return row

    def cheapest(self, start: int, starts: int) -> Fit | None:
        """The cheapest way of placing both, the second at one of `starts`.

        Args:
            start: Of the first case.
            starts: What `starts_beside` gave for it, or a part of that.
        """
        best: Fit | None = None
        own, least = self._first.cost_at(start), self._second.least_cost(starts) or 0
        for chosen, added in self._priced_choices(start):
            if best is not None and own + added + least > best.cost:
                break
            with self._room.having(self._first, start, chosen, self._priced):
                left = self._board.starts_within(self._second, starts)
                found = ranked_starts(self._board, self._second, left)
            for cost, at in found:
                fit = Fit(own + added + cost, at, chosen)
                if best is None or (fit.cost, fit.start) < (best.cost, best.start):
                    best = fit
        return best

    def seats(self, start: int, fit: Fit) -> tuple[tuple[int, ...], Slot]:
        """Resources of the first case, and the slot of the second, for a way that was found."""
        chosen = dict(zip(self._priced, fit.priced, strict=True))
        for contest in self._contests:
            if contest.priced:
                continue
            demands = [Demand(self._first.needs[n], start) for n in contest.ours]
            demands += [Demand(self._second.needs[n], fit.start) for n in contest.theirs]
            seats = seat(self._board, demands) or ()
            chosen |= dict(zip(contest.ours, seats, strict=False))
        ours = tuple(chosen[n] for n in sorted(chosen))
        if len(ours) == len(self._first.needs):
            with self._room.having(self._first, start, ours):
                slot = cheapest_at(self._board, self._second, fit.start)
            if slot is not None:
                return ours, slot
        raise SolverError(
            f"{self._first.id} and {self._second.id} cannot both be placed as found",
            remedy="report this with the planning file",
        )

    def _priced_choices(self, start: int) -> list[tuple[tuple[int, ...], int]]:
        """Resources for the first case's priced needs with what they add, the cheapest first."""
        needs = [self._first.needs[n] for n in self._priced]
        found = [
            (chosen, sum(self._board.prices_of(start, list(zip(needs, chosen, strict=True)))))
            for chosen in seatings(self._board, [Demand(need, start) for need in needs])
        ]
        return sorted(found, key=lambda choice: (choice[1], choice[0]))

    def _reach(self, contest: Contest, starts: int) -> int:
        """The starts of the second case at which the contest's needs may be in each other's way."""
        lanes, row = self._room.lanes_of_pool, 0
        for n in contest.ours:
            ours = self._first.needs[n]
            for m in contest.theirs:
                theirs = self._second.needs[m]
                shared = lanes[ours.pool] & lanes[theirs.pool]
                if shared:
                    row |= _overlapping(ours, starts, theirs)
                if not shared.isdisjoint(self._room.limited):
                    row |= self._on_day(self._day(ours, starts), theirs)
        return row

    def _served(self, contest: Contest, starts: int, wanted: int) -> int:
        """The wanted starts of the second case that some choice of the first leaves possible."""
        found = 0
        for lanes in self._our_lanes(contest, starts):
            found |= self._left_by(contest, starts, lanes, wanted & ~found)
            if found == wanted:
                break
        return found

    def _our_lanes(
        self, contest: Contest, starts: int, chosen: tuple[int, ...] = ()
    ) -> Iterator[tuple[int, ...]]:
        """The lanes that the first case can take for its needs of a contest."""
        if len(chosen) == len(contest.ours):
            yield chosen
            return
        need = self._first.needs[contest.ours[len(chosen)]]
        for lane, fitting in self._board.choices(need):
            if not fitting & starts:
                continue
            sharing = self._sharing(contest, chosen, lane)
            if any(overlap(need, other) for other in sharing):
                continue
            if sharing and self._full(lane, starts, sharing, need, self._day(need, starts)):
                continue
            yield from self._our_lanes(contest, starts, (*chosen, lane))

    def _sharing(self, contest: Contest, chosen: tuple[int, ...], lane: int) -> list[NeedForm]:
        return [
            self._first.needs[n]
            for n, taken in zip(contest.ours, chosen, strict=False)
            if taken == lane
        ]

    def _left_by(self, contest: Contest, starts: int, chosen: tuple[int, ...], wanted: int) -> int:
        """The wanted starts of the second case when the first takes these lanes."""
        for number in contest.theirs:
            need, left = self._second.needs[number], 0
            for lane, fitting in self._board.choices(need):
                fits = fitting & wanted
                if fits and lane in chosen:
                    sharing = self._sharing(contest, chosen, lane)
                    fits &= ~self._blocked(lane, starts, sharing, need)
                left |= fits
            wanted &= left
            if not wanted:
                return 0
        return self._untied(contest, starts, chosen, wanted) if contest.knots else wanted

    def _blocked(self, lane: int, starts: int, ours: list[NeedForm], theirs: NeedForm) -> int:
        """The starts of the second case at which needs of the first keep a need off their lane."""
        row = 0
        for need in ours:
            row |= _overlapping(need, starts, theirs)
        for day in {self._day(need, starts) for need in ours}:
            if self._full(lane, starts, ours, theirs, day):
                row |= self._on_day(day, theirs)
        return row

    def _full(self, lane: int, starts: int, ours: list[NeedForm], more: NeedForm, day: int) -> bool:
        """Whether one more need on a day would break the limit of a lane that ours share."""
        if lane not in self._room.limited:
            return False
        resource = self._board.instance.lanes[lane].least
        limit = (self._board.instance.resources[resource].limits or ())[day]
        used = sum(need.minutes for need in ours if self._day(need, starts) == day)
        return (
            limit is not None and self._board.minutes[resource][day] + used + more.minutes > limit
        )

    def _untied(self, contest: Contest, starts: int, chosen: tuple[int, ...], wanted: int) -> int:
        """The wanted starts at which needs of the second case that want the same find room too."""
        needs = [self._first.needs[n] for n in contest.ours]
        uses = tuple(
            Use(
                self._board.instance.lanes[lane].least,
                span(starts.bit_length() - 1 + need.offset, _end(need, starts)),
                self._day(need, starts),
                need.minutes,
            )
            for need, lane in zip(needs, chosen, strict=True)
        )
        with self._room.holding(self._first, Placed(None, chosen, uses, None, frozenset())):
            for knot in contest.knots:
                wanted = self._board.untied(self._second, knot, wanted)
        return wanted

    def _day(self, need: NeedForm, starts: int) -> int:
        return self._board.instance.frame.day_of_unit[lowest(starts) + need.offset]

    def _on_day(self, day: int, need: NeedForm) -> int:
        return shift(self._board.instance.frame.day_units[day], -need.offset)


def _end(need: NeedForm, starts: int) -> int:
    """Where a need ends at the earliest of some starts."""
    return lowest(starts) + need.offset + need.length


def _overlapping(ours: NeedForm, starts: int, theirs: NeedForm) -> int:
    """The starts of the second case at which a need of it overlaps ours, at each of our starts."""
    first = starts.bit_length() - 1 + ours.offset - theirs.length + 1 - theirs.offset
    return span(max(0, first), max(0, _end(ours, starts) - theirs.offset))
