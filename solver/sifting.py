"""Which moves of a revision can be carried out at this moment: each by itself, then all together.

What can be known only where the bookings are kept is asked of a `Ground`. A move that cannot be
made takes all with it that waits for it, so that no group is ever half made.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from models.errors import RefusedError
from models.held import Held
from models.problem import Case
from solver.moves import Move, Moves
from solver.revision import Change


class Filed(Protocol):
    """A case as it stands at this moment."""

    @property
    def off_drug(self) -> bool:
        """Whether the patient is off a drug for the time they were told."""

    @property
    def troubled(self) -> bool:
        """Whether the booking can no longer stand as it is."""


FileT = TypeVar("FileT", bound=Filed)


@dataclass(frozen=True, slots=True)
class Step(Generic[FileT]):
    """A move that can be made: the case as it is now, and what it is to hold."""

    move: Move
    file: FileT
    planned: Case | None = None
    """The case as plans see it; None when it is unbooked."""
    held: Held | None = None
    """None when it is unbooked."""

    @property
    def case(self) -> str:
        """The case's id."""
        return self.move.case


@dataclass(frozen=True, slots=True)
class Sifted(Generic[FileT]):
    """Moves that can be made, and those that no longer can."""

    standing: Mapping[str, Step[FileT]]
    """By case, in order."""
    stale: Mapping[str, str]
    """By case: why its move can no longer be made; also of moves that wait for a stale one."""

    @property
    def steps(self) -> tuple[Step[FileT], ...]:
        """The moves that can be made, by case."""
        return tuple(self.standing.values())


class Ground(Protocol[FileT]):
    """A department at one moment, as whoever keeps its bookings knows it."""

    def file(self, move: Move) -> FileT:
        """The case of a move, assessed at this moment.

        Raises:
            RefusedError: it is not as it was when the move was planned; says why.
        """

    def planned(self, file: FileT) -> Case:
        """The case by the needs and windows of this moment.

        Raises:
            RefusedError: it cannot be planned at all.
        """

    def faults(self, file: FileT, planned: Case, held: Held) -> Iterable[str]:
        """What forbids a placement whatever others hold, a sentence each."""

    def blocked(self, standing: Mapping[str, Step[FileT]]) -> Mapping[str, str]:
        """By case: who holds what its move wants and does not give it up, as a sentence."""

    def guilty(
        self, placed: Mapping[str, tuple[Case, Held]], moved: Collection[str]
    ) -> Mapping[str, str]:
        """By case: the rule that its move breaks in the plan that all would result in.

        Args:
            placed: what is to be held.
            moved: all cases that give up what they hold, those left unbooked among them.

        Raises:
            ConflictError: a rule is broken and no move of these is to blame.
        """


def sift(
    moves: Moves, chosen: Iterable[str], undecided: Collection[str], ground: Ground[FileT]
) -> Sifted[FileT]:
    """Ask of each move whether it can be made, then of all whether they fit together.

    Args:
        moves: all moves of the revision.
        chosen: cases whose moves are to be made; each of them is undecided.
        undecided: cases whose moves were neither made nor put aside before.
        ground: the department.

    Raises:
        ConflictError: a rule would be broken and no move of these is to blame.
    """
    standing, changed = {}, {}
    for case in sorted(chosen):
        try:
            standing[case] = step_of(moves.by_case[case], ground)
        except RefusedError as error:
            changed[case] = error.problem
    found = _without(Sifted(standing, {}), changed, moves, undecided)
    while blocked := ground.blocked(found.standing):
        found = _without(found, blocked, moves, undecided)
    while guilty := ground.guilty(_placed(found), found.standing.keys()):
        found = _without(found, guilty, moves, undecided)
    return found


def step_of(move: Move, ground: Ground[FileT]) -> Step[FileT]:
    """A move with what it would hold, once every rule that asks about it alone permits it.

    Raises:
        RefusedError: it can no longer be made; says why.
    """
    file = ground.file(move)
    if move.wastes_hold(off_drug=file.off_drug, troubled=file.troubled):
        raise RefusedError("the patient has stopped a drug for the time they were told")
    if move.change is Change.UNBOOKED:
        return Step(move, file)
    planned = ground.planned(file)
    held = move.held(planned)
    for fault in ground.faults(file, planned, held):
        raise RefusedError(fault)
    return Step(move, file, planned, held)


def _without(
    found: Sifted[FileT], reasons: Mapping[str, str], moves: Moves, undecided: Collection[str]
) -> Sifted[FileT]:
    """What is left when some moves are stale, and with them all undecided ones that wait for them.

    What was stale before stays so for its first reason.
    """
    gone = moves.with_dependents(reasons) & frozenset(undecided)
    stale = {case: reasons.get(case) or _waits(moves, case, reasons) for case in gone}
    standing = {case: step for case, step in found.standing.items() if case not in gone}
    return Sifted(standing, stale | dict(found.stale))


def _waits(moves: Moves, case: str, reasons: Mapping[str, str]) -> str:
    causes = ", ".join(sorted(moves.with_needed([case]) & set(reasons)))
    return f"it waits for the move of {causes}, which can no longer be made"


def _placed(found: Sifted[FileT]) -> dict[str, tuple[Case, Held]]:
    return {s.case: (s.planned, s.held) for s in found.steps if s.planned and s.held}
