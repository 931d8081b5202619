"""The board of all that is held, kept from one question to the next: where can this case go?

What is kept is a cache and nothing more: it is brought up to the moment of each question, and
wherever it cannot tell, the problem is frozen and searched as if there were none. Nothing that is
kept is ever changed in place. The service asks so for schedulers, and a replay for its patients.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from models.held import Held
from models.problem import Case, PlanningProblem, Resource
from models.windows import Window
from solver.held_board import HeldBoard, HeldGround, holdings_of
from solver.proposals import Proposal, propose


class Around(Protocol):
    """A department at a moment with everything that is held."""

    @property
    def now(self) -> datetime:
        """The moment."""

    @property
    def horizon(self) -> Window:
        """The days that can be planned."""

    @property
    def held(self) -> Mapping[str, Held]:
        """Everything that is held, by case."""

    @property
    def planned(self) -> Mapping[str, Resource]:
        """The resources that proposals may use, by id."""

    def made_of(self) -> tuple[object, ...]:
        """What the ground is made of; equal where the ground is."""

    def ground(self) -> PlanningProblem:
        """The problem of that moment without any case."""

    def frozen_for(self, case: Case) -> PlanningProblem:
        """One case against everything that is held for others."""


@dataclass(frozen=True, slots=True)
class KeptBoard:
    """A board with what it was made from; no board where it could not be made."""

    made_of: tuple[object, ...]
    held: Mapping[str, Held]
    """Everything that is held, by case."""
    on_it: Mapping[str, Held]
    """What of it is on the board: what starts within the horizon."""
    board: HeldBoard | None

    def serves(self, case: Case) -> bool:
        """Whether its ground reaches as far as the case needs, or there is none anyway."""
        return self.board is None or self.board.ground.reaches(case.needs)

    def beside(self, case: str) -> HeldBoard | None:
        """The board of all that is held for others."""
        if self.board is None or case not in self.on_it:
            return self.board
        return self.board.changed([case], {})


def brought_up(kept: KeptBoard | None, around: Around, case: Case) -> KeptBoard:
    """The board of this moment, on a ground that reaches as far as a case needs.

    Args:
        kept: the board of an earlier moment.
        around: what is held at this one.
        case: for which is asked.
    """
    horizon = around.horizon
    wanted = {name: what for name, what in around.held.items() if what.start in horizon}
    made_of, board = around.made_of(), None
    usable = kept is not None and kept.serves(case) and kept.made_of == made_of
    if kept is not None and kept.board is not None and usable:
        board = _changed(kept.board, kept.on_it, wanted, around)
    if board is None:
        needs = {need for what in wanted.values() for need in what.needs}
        ground = HeldGround(around.ground(), (*case.needs, *needs))
        board = _changed(ground.empty(), {}, wanted, around)
    return KeptBoard(made_of, around.held, wanted, board)


def proposed_on(kept: KeptBoard, around: Around, case: Case, *, top: int) -> tuple[Proposal, ...]:
    """The `top` cheapest exact slots of a case, everything else fixed as it is held.

    Args:
        kept: the board of this moment.
        around: what is held at it.
        case: by the needs and windows of this moment.
        top: how many slots at most.

    Raises:
        InputError: `top` is below 1, or a case contradicts the site.
    """
    board = None if _stands_out(around, around.held.get(case.id)) else kept.beside(case.id)
    found = None if board is None else board.propose(around.now, case, top=top)
    return propose(around.frozen_for(case), case.id, top=top) if found is None else found


def _stands_out(around: Around, held: Held | None) -> bool:
    """Whether a case is booked for what has begun or lies beyond the horizon."""
    if held is None:
        return False
    return held.start < around.now or held.start not in around.horizon


def _changed(
    board: HeldBoard, before: Mapping[str, Held], wanted: Mapping[str, Held], around: Around
) -> HeldBoard | None:
    """The board with what is wanted in place of what was on it before."""
    gone = [name for name, what in before.items() if not _same(wanted.get(name), what)]
    come = {name: what for name, what in wanted.items() if not _same(before.get(name), what)}
    if not gone and not come:
        return board
    return board.changed(gone, holdings_of(come, around.planned))


def _same(one: Held | None, other: Held) -> bool:
    return one is other or one == other
