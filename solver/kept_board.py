"""The board of all that is held, kept from one question to the next: where can this case go?

What is kept is a cache and nothing more: it is brought up to the moment of each question, and
wherever it cannot tell, the problem is frozen and searched as if there were none. Nothing that is
kept is ever changed in place. The service asks so for schedulers, and a replay for its patients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models.department import Department, Moment
from models.freezing import Closures
from models.held import Held, Span
from models.night_problem import ground_by_hand, problem_by_hand
from models.problem import Case
from solver.held_board import HeldBoard, HeldGround, holdings_of
from solver.proposals import Proposal, propose

GroundKey = tuple[Department, Closures, datetime, tuple[Span, ...]]
"""A department, its closures, the first instant of its day, and what is held from before it."""


@dataclass(frozen=True, slots=True)
class KeptBoard:
    """A board with what it was made from; no board where it could not be made."""

    key: GroundKey
    held: Mapping[str, Held]
    """Everything that is held, by case."""
    on_it: Mapping[str, Held]
    """What of it is on the board: what starts within the horizon."""
    board: HeldBoard | None

    def serves(self, case: Case) -> bool:
        """Whether its ground reaches as far as the case needs, or would be none anyway."""
        return self.board is None or self.board.ground.reaches(case.needs)

    def beside(self, case: str) -> HeldBoard | None:
        """The board of all that is held for others."""
        if self.board is None or case not in self.on_it:
            return self.board
        return self.board.changed([case], {})


def brought_up(
    kept: KeptBoard | None, moment: Moment, held: Mapping[str, Held], case: Case
) -> KeptBoard:
    """The board of this moment, on a ground that reaches as far as a case needs.

    Args:
        kept: the board of an earlier moment.
        moment: the department.
        held: everything that is held, by case.
        case: for which is asked.
    """
    horizon = moment.department.site.horizon(moment.now)
    wanted = {name: what for name, what in held.items() if what.start in horizon}
    key = _ground_key(moment, held, horizon.start)
    board = None
    if kept is not None and kept.board is not None and kept.serves(case) and kept.key == key:
        board = _changed(kept.board, kept.on_it, wanted, moment)
    if board is None:
        needs = {need for what in wanted.values() for need in what.needs}
        ground = HeldGround(ground_by_hand(moment, held), (*case.needs, *needs))
        board = _changed(ground.empty(), {}, wanted, moment)
    return KeptBoard(key, held, wanted, board)


def proposed_on(kept: KeptBoard, moment: Moment, case: Case, *, top: int) -> tuple[Proposal, ...]:
    """The `top` cheapest exact slots of a case, everything else fixed as it is held.

    Args:
        kept: the board of this moment.
        moment: the department.
        case: by the needs and windows of this moment.
        top: how many slots at most.

    Raises:
        InputError: `top` is below 1, or a case contradicts the site.
    """
    board = None if _stands_out(moment, kept.held.get(case.id)) else kept.beside(case.id)
    found = None if board is None else board.propose(moment.now, case, top=top)
    if found is not None:
        return found
    return propose(problem_by_hand(moment, case, kept.held), case.id, top=top)


def _stands_out(moment: Moment, held: Held | None) -> bool:
    """Whether a case is booked for what has begun or lies beyond the horizon."""
    if held is None:
        return False
    return held.start < moment.now or held.start not in moment.department.site.horizon(moment.now)


def _changed(
    board: HeldBoard, before: Mapping[str, Held], wanted: Mapping[str, Held], moment: Moment
) -> HeldBoard | None:
    """The board with what is wanted in place of what was on it before."""
    gone = [name for name, what in before.items() if not _same(wanted.get(name), what)]
    come = {name: what for name, what in wanted.items() if not _same(before.get(name), what)}
    if not gone and not come:
        return board
    return board.changed(gone, holdings_of(come, moment.planned))


def _same(one: Held | None, other: Held) -> bool:
    return one is other or one == other


def _ground_key(moment: Moment, held: Mapping[str, Held], today: datetime) -> GroundKey:
    before = sorted(s for what in held.values() if what.start < today for s in what.spans())
    return moment.department, moment.closed, today, tuple(before)
