"""Exact ranked slots for one case, with everything else fixed as booked.

A proposal costs what the case costs by itself at that start (its move price included when it is
booked already) and what it adds in opening and suite changes, given every other booking. Its own
booking is lifted first. Bookings of others that no longer stand are held as `solver.board` says.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from models.errors import InputError, NotFoundError
from models.objective import late_cost, move_cost, off_drug_cost, wait_cost
from models.plan import Placement
from models.problem import PlanningProblem
from solver.board import Board
from solver.compile import compile_problem
from solver.instance import CaseForm
from solver.slots import Slot, cheapest_at, cheapest_slots


@dataclass(frozen=True, slots=True)
class Terms:
    """The points of a proposal by term; their sum is its cost."""

    waiting: int
    lateness: int
    off_drug: int
    moves: int
    opening: int
    suite_changes: int


@dataclass(frozen=True, slots=True)
class Proposal:
    """A start for a case with a resource for each role, in the order of its needs."""

    case: str
    start: datetime
    cost: int
    assigned: Mapping[str, str]
    terms: Terms

    @property
    def placement(self) -> Placement:
        """The proposal as a placement of a plan."""
        return Placement(case=self.case, start=self.start, assigned=self.assigned)

    def as_json(self) -> dict[str, Any]:
        """Plain data: `start`, `cost`, `assigned` and the terms of the cost."""
        return {
            "start": self.start.isoformat(),
            "cost": self.cost,
            "assigned": dict(self.assigned),
            "terms": asdict(self.terms),
        }


class Proposer:
    """Answers for one case after another on a board that stays loaded."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.instance = compile_problem(problem)
        self.board = Board.of_bookings(self.instance)

    @classmethod
    def on(cls, board: Board) -> "Proposer":
        """Answers on a board that is loaded already, and is left as it was by each."""
        proposer = cls.__new__(cls)
        proposer.instance, proposer.board = board.instance, board
        return proposer

    def propose(self, case_id: str, *, top: int = 10) -> tuple[Proposal, ...]:
        """The `top` cheapest starts of a case, each with its cheapest resources.

        Returns:
            By cost, then earliest start. At one start, resources of equal cost are compared by id
            in the order of the case's needs. Empty when the case can be placed nowhere.

        Raises:
            NotFoundError: the problem has no such case.
            InputError: `top` is below 1.
        """
        if top < 1:
            raise InputError(f"{top} proposals were asked for", remedy="ask for at least one")
        with self._lifted(case_id) as case:
            slots = cheapest_slots(self.board, case, top)
            return tuple(self._proposal(case, slot) for slot in slots)

    def propose_at(self, case_id: str, start: datetime) -> Proposal | None:
        """The cheapest resources of a case at one start; None where it cannot be placed.

        Raises:
            NotFoundError: the problem has no such case.
        """
        with self._lifted(case_id) as case:
            unit = self.instance.frame.start_unit(start)
            slot = None if unit is None else cheapest_at(self.board, case, unit)
            return None if slot is None else self._proposal(case, slot)

    @contextmanager
    def _lifted(self, case_id: str) -> Iterator[CaseForm]:
        case = self._case(case_id)
        held = self.board.remove(case) if self.board.placed[case.index] else None
        try:
            yield case
        finally:
            if held:
                self.board.put_back(case, held)

    def hold(self, placement: Placement) -> None:
        """Take what a case would take at a proposed placement, so that later answers respect it.

        Prices stay those of the problem: holding does not turn the placement into a booking.

        Raises:
            NotFoundError: the problem has no such case or resource.
            InputError: the start is on no tick, or a role is missing.
        """
        case = self._case(placement.case)
        start = self.instance.frame.start_unit(placement.start)
        if start is None or set(placement.assigned) != {need.role for need in case.needs}:
            raise InputError(
                f"{placement.start.isoformat()} with roles {sorted(placement.assigned)} does not"
                f" place case {case.id}",
                remedy="hold a proposal as it was given",
            )
        assigned = [self._resource(placement.assigned[need.role]) for need in case.needs]
        self.lift(case.id)
        self.board.place(case, start, assigned)

    def lift(self, case_id: str) -> None:
        """Free what a case holds, if it holds anything.

        Raises:
            NotFoundError: the problem has no such case.
        """
        case = self._case(case_id)
        if self.board.placed[case.index]:
            self.board.remove(case)

    def _case(self, case_id: str) -> CaseForm:
        index = self.instance.case_index.get(case_id)
        if index is None:
            raise NotFoundError(f"there is no case {case_id!r}", remedy="use the id of a case")
        return self.instance.cases[index]

    def _resource(self, resource_id: str) -> int:
        index = self.instance.resource_index.get(resource_id)
        if index is None:
            raise NotFoundError(
                f"there is no resource {resource_id!r}", remedy="use the id of a resource"
            )
        return index

    def _proposal(self, case: CaseForm, slot: Slot) -> Proposal:
        resources = self.instance.resources
        start = self.instance.frame.instant(slot.start)
        roles = (need.role for need in case.needs)
        return Proposal(
            case=case.id,
            start=start,
            cost=slot.cost,
            assigned={role: resources[r].id for role, r in zip(roles, slot.assigned, strict=True)},
            terms=self._terms(case, slot, start),
        )

    def _terms(self, case: CaseForm, slot: Slot, start: datetime) -> Terms:
        source, prices = case.case, self.instance.problem.objective
        opening, changes = self.board.added_prices(case, slot.start, slot.assigned)
        return Terms(
            waiting=wait_cost(prices, source.priority, source.release, start),
            lateness=late_cost(prices, source.priority, source.due, start),
            off_drug=off_drug_cost(prices, source.hold, start),
            moves=move_cost(prices, source.booking, start),
            opening=opening,
            suite_changes=changes,
        )


def propose(problem: PlanningProblem, case_id: str, *, top: int = 10) -> tuple[Proposal, ...]:
    """The `top` cheapest slots of one case; see `Proposer.propose`.

    Raises:
        NotFoundError: the problem has no such case.
        InputError: `top` is below 1.
    """
    return Proposer(problem).propose(case_id, top=top)
