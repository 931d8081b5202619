"""A board of what is held for others, on which one case after another is proposed for.

To whoever asks for one case, everybody else only holds time: no windows, no needs to be compiled.
So the board is kept from question to question and changed by what comes and goes. It is never
changed in place: each change gives the next board, and those who still look at the old one see it
as it was. The answers are those of `solver.proposals` on the problem with all of them in it.
"""

from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from models.held import Held
from models.plan import Placement
from models.problem import Case, Need, PlanningProblem
from solver.board import Board
from solver.compile import Ground
from solver.instance import Instance, Use
from solver.proposals import Proposal, Proposer

REACH_MINUTES = 720
"""How far around a start needs reach at the least, so that hardly one asks for another ground."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Somebody's placement, with the needs it was made for."""

    placement: Placement
    needs: tuple[Need, ...]

    def uses(self) -> Iterable[tuple[str, datetime, datetime]]:
        """Each resource with the time for which it is held."""
        for need in self.needs:
            begin, end = need.span(self.placement.start)
            yield self.placement.assigned[need.role], begin, end


def holdings_of(held: Mapping[str, Held], planned: Container[str]) -> dict[str, Holding]:
    """What is held by case, without what is held of things that are no more, or are in no plan.

    Args:
        held: what is held, by case.
        planned: ids of the resources that plans may use.
    """
    return {
        name: Holding(
            what.placement(name),
            tuple(need for need in what.needs if what.assigned[need.role] in planned),
        )
        for name, what in held.items()
    }


@dataclass(frozen=True, slots=True)
class _Taken:
    """A holding in units: what it uses, and the suites it is in on the day of its start."""

    uses: tuple[Use, ...]
    day: int | None
    suites: frozenset[int]
    resources: frozenset[int]


class HeldGround:
    """The resources of a problem compiled once, for any holdings and any case."""

    def __init__(self, problem: PlanningProblem, needs: Collection[Need] = ()) -> None:
        reach = Need(
            role="reach",
            kind="reach",
            offset=-REACH_MINUTES,
            minutes=2 * REACH_MINUTES,
        )
        self.problem = problem
        self._ground = Ground(problem, (reach, *needs))
        self._adding = Lock()

    def reaches(self, needs: Iterable[Need]) -> bool:
        """Whether the grid is fine and long enough for all of these."""
        return all(self._ground.reaches(need) for need in needs)

    def empty(self) -> "HeldBoard":
        """The board on which nothing is held."""
        return HeldBoard(self, Board(self._ground.instance(self.problem, ())), {})

    def compiled(self, now: datetime, case: Case) -> Instance | None:
        """One case at a moment on this ground; None where its booking lies elsewhere."""
        booking = case.booking
        if not self.reaches(case.needs):
            return None
        if booking is not None:
            on_tick = self._ground.frame.start_unit(booking.start) is not None
            known = all(self._ground.number_of(r) is not None for r in booking.assigned.values())
            if not (on_tick and known):
                return None
        problem = self.problem.model_copy(update={"now": now, "cases": (case,)})
        with self._adding:  # needs of a new kind add their resources to the ground
            form = self._ground.case_form(problem, 0, case)
            return self._ground.instance(problem, (form,))

    def taken(self, holding: Holding) -> _Taken | None:
        """What a holding takes; None where this ground cannot tell."""
        ground, start = self._ground, holding.placement.start
        if ground.frame.start_unit(start) is None or not self.reaches(holding.needs):
            return None
        uses = []
        for resource, begin, end in holding.uses():
            number = ground.number_of(resource)
            if number is None:
                return None
            uses.append(ground.use(number, (begin, end)))
        resources = frozenset(use.resource for use in uses)
        suites = frozenset(r for r in resources if ground.resources[r].is_suite)
        return _Taken(tuple(uses), ground.frame.day_at(start), suites, resources)


class HeldBoard:
    """What is free beside the holdings; never changed."""

    def __init__(self, ground: HeldGround, board: Board, held: Mapping[str, _Taken]) -> None:
        self.ground = ground
        self._board, self._held = board, held

    def changed(self, gone: Collection[str], come: Mapping[str, Holding]) -> "HeldBoard | None":
        """The board without some holdings and with others.

        Returns:
            None where the holdings cannot be told on this ground, or lie on each other.
        """
        held = dict(self._held)
        board = _copy(self._board, self._board.instance)
        leaving = [held.pop(name) for name in sorted(gone)]
        self._free(board, leaving, held)
        for name, holding in sorted(come.items()):
            taken = self.ground.taken(holding)
            if taken is None or name in held or not _take(board, taken):
                return None
            held[name] = taken
        return HeldBoard(self.ground, board, held)

    def propose(self, now: datetime, case: Case, *, top: int) -> tuple[Proposal, ...] | None:
        """The `top` cheapest slots of a case, which must hold nothing here.

        Returns:
            As `Proposer.propose`; None where the case cannot be compiled on this ground.

        Raises:
            InputError: `top` is below 1.
        """
        instance = self.ground.compiled(now, case)
        if instance is None:
            return None
        return Proposer.on(_copy(self._board, instance)).propose(case.id, top=top)

    def _free(self, board: Board, leaving: list[_Taken], staying: Mapping[str, _Taken]) -> None:
        lanes = {_lane(board, use) for taken in leaving for use in taken.uses}
        for lane in lanes:
            board.rows[lane] = board.instance.lanes[lane].row
        for taken in staying.values() if lanes else ():
            for use in taken.uses:
                lane = _lane(board, use)
                if lane in lanes:
                    board.rows[lane] &= ~use.taken
        for taken in leaving:
            _count(board, taken, -1)


def _lane(board: Board, use: Use) -> int:
    return board.instance.resources[use.resource].lane


def _take(board: Board, taken: _Taken) -> bool:
    """Put it on the board; False where some of it is taken already."""
    for use in taken.uses:
        lane = _lane(board, use)
        if board.rows[lane] & use.taken != use.taken:
            return False
        board.rows[lane] &= ~use.taken
    _count(board, taken, 1)
    return True


def _count(board: Board, taken: _Taken, by: int) -> None:
    """Count it in or out of the days."""
    for use in taken.uses:
        if use.day is None:
            continue
        if use.resource in board.minutes:
            board.minutes[use.resource][use.day] += by * use.minutes
        if use.resource in board.opened:
            board.opened[use.resource][use.day] += by
    for resource in board.met.keys() & taken.resources if taken.day is not None else ():
        met = board.met[resource][taken.day or 0]
        for suite in taken.suites:
            met[suite] = met.get(suite, 0) + by
            if not met[suite]:
                del met[suite]


def _copy(board: Board, instance: Instance) -> Board:
    """A board of another instance on the same ground, with the same taken."""
    copied = Board(instance)
    copied.rows = list(board.rows)
    copied.minutes = {resource: list(days) for resource, days in board.minutes.items()}
    copied.opened = {resource: list(days) for resource, days in board.opened.items()}
    copied.met = {resource: [dict(day) for day in days] for resource, days in board.met.items()}
    return copied
