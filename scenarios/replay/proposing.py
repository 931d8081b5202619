"""Proposals of a replay: the service's own board of what is held, kept from case to case."""

from collections.abc import Mapping
from datetime import datetime

from models.errors import RefusedError
from models.held import Held
from models.night_problem import ground_by_hand, problem_by_hand
from models.problem import Case
from scenarios.replay.files import File
from scenarios.replay.office import Office
from solver.held_board import HeldBoard, HeldGround, holdings_of
from solver.proposals import Proposal, propose


class Board:
    """What is held in an office on its ground of the day."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._key: object = None
        self._board: HeldBoard | None = None
        self._on_it: Mapping[str, Held] = {}

    def proposals(self, case: str, *, top: int) -> tuple[Proposal, ...]:
        """The cheapest exact slots of a case, everything else fixed as it is held.

        Empty as well where the case cannot be planned at all.
        """
        file = self._office.refresh(case)
        try:
            wanted = self._office.case_of(file)
        except RefusedError:
            return ()
        if self._stands_out(file):
            return self._frozen_anew(wanted, top)
        board = self._brought_up(wanted)
        if board is not None and case in self._on_it:
            board = board.changed([case], {})
        found = None if board is None else board.propose(self._office.now, wanted, top=top)
        return self._frozen_anew(wanted, top) if found is None else found

    def _stands_out(self, file: File) -> bool:
        """Whether the case is booked for what has begun or lies beyond the horizon."""
        if file.booked is None:
            return False
        start, now = file.booked.start, self._office.now
        return start < now or start not in self._office.department.site.horizon(now)

    def _frozen_anew(self, case: Case, top: int) -> tuple[Proposal, ...]:
        problem = problem_by_hand(self._office.moment, case, self._office.held)
        return propose(problem, case.id, top=top)

    def _brought_up(self, case: Case) -> HeldBoard | None:
        """The board of this moment, on a ground that reaches as far as the case needs."""
        office = self._office
        horizon = office.department.site.horizon(office.now)
        held = office.held
        wanted = {name: what for name, what in held.items() if what.start in horizon}
        key = self._ground_key(held, horizon.start)
        board = self._board
        if board is None or key != self._key or not board.ground.reaches(case.needs):
            board, self._on_it = self._empty(case, wanted, held), {}
        self._board, self._key = self._changed(board, wanted), key
        self._on_it = wanted if self._board else {}
        return self._board

    def _empty(self, case: Case, wanted: Mapping[str, Held], held: Mapping[str, Held]) -> HeldBoard:
        needs = {need for what in wanted.values() for need in what.needs}
        ground = ground_by_hand(self._office.moment, held)
        return HeldGround(ground, (*case.needs, *needs)).empty()

    def _changed(self, board: HeldBoard, wanted: Mapping[str, Held]) -> HeldBoard | None:
        before = self._on_it
        gone = [name for name, what in before.items() if not _same(wanted.get(name), what)]
        come = {name: what for name, what in wanted.items() if not _same(before.get(name), what)}
        if not gone and not come:
            return board
        return board.changed(gone, holdings_of(come, self._office.moment.planned))

    def _ground_key(self, held: Mapping[str, Held], today: datetime) -> object:
        before = sorted(s for what in held.values() if what.start < today for s in what.spans())
        return today, self._office.moment.closed, tuple(before)


def _same(one: Held | None, other: Held) -> bool:
    return one is other or one == other
