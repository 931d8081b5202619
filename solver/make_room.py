"""Slots for a case that need bookings of others to move, with who moves, whereto, at which price.

A start that is free needs nobody to move and is proposed as `solver.proposals` would. A start that
is not free is proposed with one booking moved, and with two where that is cheaper still. What may
move are bookings that are not locked, lie in the horizon and have not begun; they are moved, never
broken, whatever their hold has cost so far: the price says so. A booking may also keep its start
and change its resources, which is free.

With one move the answer is exact: for every start, the cheapest of all its resources, all bookings
and all their other places. With two it is a good one, found as `solver.make_room_two` says. Every
proposal is put on the board and priced there before it is given.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from models.base import HoldStage
from models.errors import InputError, NotFoundError, SolverError
from models.objective import late_cost, move_cost, off_drug_cost, start_cost, wait_cost
from models.plan import Placement
from models.problem import PlanningProblem
from solver.bitrow import has
from solver.board import Board
from solver.compile import compile_problem
from solver.instance import CaseForm
from solver.make_room_board import Put, Room, Way
from solver.make_room_one import OneMoveSearch
from solver.make_room_openings import Openings
from solver.make_room_two import TwoMoveSearch
from solver.proposals import Terms
from solver.reasons import clock, elapsed, plain
from solver.seating import Demand, seatings
from solver.slots import cheapest_slots

MOST_MOVES = 2


@dataclass(frozen=True, slots=True)
class Moved:
    """A booking of another case that has to move.

    Attributes:
        case: Whose booking.
        start: Where it is booked, with what.
        to_start: Where it would go, with what.
        by: Elapsed time from the one start to the other; negative when it moves earlier.
        moving: Points for the move itself.
        price: Points by which the case costs more by itself: the move, and what changes in
            waiting, lateness and time off the drug.
        hold: The stage of its hold, if it has one.
    """

    case: str
    start: datetime
    assigned: Mapping[str, str]
    to_start: datetime
    to_assigned: Mapping[str, str]
    by: timedelta
    moving: int
    price: int
    hold: HoldStage | None
    sentence: str

    @property
    def placement(self) -> Placement:
        """Where it would go, as a placement of a plan."""
        return Placement(case=self.case, start=self.to_start, assigned=self.to_assigned)


@dataclass(frozen=True, slots=True)
class RoomProposal:
    """A start for a case, and the bookings that have to move for it; none when it is free.

    `cost` is the sum of `terms` and of the prices of those moved: what the case costs by itself,
    and all that changes in the cost of the plan. `terms.opening` and `terms.suite_changes` are
    the changes of the whole plan, and may be negative.
    """

    case: str
    start: datetime
    cost: int
    assigned: Mapping[str, str]
    terms: Terms
    moved: tuple[Moved, ...]

    @property
    def placements(self) -> tuple[Placement, ...]:
        """The case, then those moved, as placements of a plan."""
        asked = Placement(case=self.case, start=self.start, assigned=self.assigned)
        return (asked, *(moved.placement for moved in self.moved))

    def as_json(self) -> dict[str, Any]:
        """Plain data: instants as RFC 3339 text, elapsed times as minutes."""
        return {
            "start": self.start.isoformat(),
            "cost": self.cost,
            "assigned": dict(self.assigned),
            "terms": asdict(self.terms),
            "moved": plain(self.moved),
        }


class RoomMaker:
    """Answers for one case after another on a board that stays loaded."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.instance = compile_problem(problem)
        self.board = Board.of_bookings(self.instance)
        self._room = Room.of(self.board)
        for case in self.instance.cases:
            if case.booked is not None:  # every question asks for these: the first pays no more
                self._room.as_booked(case)
                self._room.least_cost_away(case)

    def make_room(
        self, case_id: str, *, top: int = 10, max_moves: int = MOST_MOVES
    ) -> tuple[RoomProposal, ...]:
        """The `top` cheapest slots of a case with up to `max_moves` bookings moved.

        Returns:
            By cost, then fewer moves, earliest start, ids of those moved, their earliest starts.
            A start comes at most once for each number of moves, and with more moves only where
            they make it cheaper. Empty when no such move helps.

        Raises:
            NotFoundError: the problem has no such case.
            InputError: `top` is below 1, or `max_moves` is not 0, 1 or 2.
        """
        if top < 1:
            raise InputError(f"{top} proposals were asked for", remedy="ask for at least one")
        if not 0 <= max_moves <= MOST_MOVES:
            raise InputError(f"{max_moves} moves were allowed", remedy="allow 0, 1 or 2")
        index = self.instance.case_index.get(case_id)
        if index is None:
            raise NotFoundError(f"there is no case {case_id!r}", remedy="use the id of a case")
        case = self.instance.cases[index]
        held = self.board.remove(case) if self.board.placed[index] else None
        try:
            return tuple(self._told(way) for way in self._ways(case, top, max_moves))
        finally:
            if held:
                self.board.put_back(case, held)

    def _ways(self, case: CaseForm, top: int, max_moves: int) -> list[Way]:
        slots = cheapest_slots(self.board, case, top)
        ways = [Way(slot.cost, (Put(case, slot.start, slot.assigned),)) for slot in slots]
        if max_moves:
            openings = Openings(self._room, case)
            others = self._room.movable(case)
            search = OneMoveSearch(self._room, case, openings, others)
            dearest = ways[top - 1].cost if len(ways) >= top else None
            ways = _best([*ways, *islice(search.ways(dearest), top)], top)
            if max_moves == MOST_MOVES:
                more = TwoMoveSearch(
                    self._room, case, openings, opened=search.opened, known=ways, top=top
                )
                ways = _best([*ways, *more.ways()], top)
        return ways

    def _told(self, way: Way) -> RoomProposal:
        asked, *moved = way.puts
        case, source = asked.case, asked.case.case
        opening, changes = self._proved(way)
        start, prices = self.instance.frame.instant(asked.start), case.problem.objective
        return RoomProposal(
            case=case.id,
            start=start,
            cost=way.cost,
            assigned=self._named(asked),
            terms=Terms(
                waiting=wait_cost(prices, source.priority, source.release, start),
                lateness=late_cost(prices, source.priority, source.due, start),
                off_drug=off_drug_cost(prices, source.hold, start),
                moves=move_cost(prices, source.booking, start),
                opening=opening,
                suite_changes=changes,
            ),
            moved=tuple(self._moved(put) for put in moved),
        )

    def _proved(self, way: Way) -> tuple[int, int]:
        """Put a way on the board and take it off again.

        Returns:
            What it adds to the plan in opening and in suite changes.

        Raises:
            SolverError: it cannot be placed like that, or at another cost.
        """
        own = [put.case.cost_at(put.start) for put in way.puts]
        own += [-self._room.as_booked(put.case) for put in way.puts[1:]]
        opening = changes = 0
        with ExitStack() as stack:
            for put in way.puts[1:]:
                saved, fewer = self._room.given_back(put.case)
                opening, changes = opening - saved, changes - fewer
                stack.enter_context(self._room.without(put.case))
            for put in way.puts:
                self._check_free(put)
                more, further = self.board.added_prices(*put)
                opening, changes = opening + more, changes + further
                stack.enter_context(self._room.having(*put))
        if sum(own) + opening + changes != way.cost:
            raise _unproved(way.puts[0])
        return opening, changes

    def _check_free(self, put: Put) -> None:
        if not has(put.case.permitted, put.start):
            raise _unproved(put)
        demands = [Demand(need, put.start) for need in put.case.needs]
        if put.assigned not in seatings(self.board, demands, put.begins_with):
            raise _unproved(put)

    def _named(self, put: Put) -> dict[str, str]:
        resources = self.instance.resources
        roles = (need.role for need in put.case.needs)
        return {role: resources[r].id for role, r in zip(roles, put.assigned, strict=True)}

    def _moved(self, put: Put) -> Moved:
        source, booking = put.case.case, put.case.case.booking
        if booking is None:
            raise _unproved(put)
        prices, frame = put.case.problem.objective, put.case.frame
        start, to_start = frame.local(booking.start), frame.instant(put.start)
        by, moving = to_start - start, move_cost(prices, booking, to_start)
        price = start_cost(prices, source, to_start) - self._room.as_booked(put.case)
        hold = None if source.hold is None else source.hold.stage
        return Moved(
            case=put.case.id,
            start=start,
            assigned=dict(booking.assigned),
            to_start=to_start,
            to_assigned=self._named(put),
            by=by,
            moving=moving,
            price=price,
            hold=hold,
            sentence=_sentence(put.case, start, to_start, price),
        )


def _best(ways: list[Way], top: int) -> list[Way]:
    return sorted(ways, key=lambda way: way.rank)[:top]


def _sentence(case: CaseForm, start: datetime, to_start: datetime, price: int) -> str:
    tz, hold = case.frame.zone, case.case.hold
    begun = " although its hold has started" if hold and hold.stage == "started" else ""
    if start == to_start:
        return f"{case.id} keeps {clock(start, tz)} with other resources"
    side = "later" if to_start > start else "earlier"
    return (
        f"{case.id} moves from {clock(start, tz)} to {clock(to_start, tz)},"
        f" {elapsed(abs(to_start - start))} {side}, for {price:,} points{begun}"
    )


def _unproved(put: Put) -> SolverError:
    return SolverError(
        f"{put.case.id} cannot be placed at {put.case.frame.instant(put.start)} as was found",
        remedy="report this with the planning file",
    )


def make_room(
    problem: PlanningProblem, case_id: str, *, top: int = 10, max_moves: int = MOST_MOVES
) -> tuple[RoomProposal, ...]:
    """The cheapest slots of one case with bookings moved; see `RoomMaker.make_room`.

    Raises:
        NotFoundError: the problem has no such case.
        InputError: `top` is below 1, or `max_moves` is not 0, 1 or 2.
    """
    return RoomMaker(problem).make_room(case_id, top=top, max_moves=max_moves)
