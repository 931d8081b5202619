"""Which moves of a revision still stand at this moment, by what is in the store."""

from collections.abc import Collection, Iterable, Iterator, Mapping

from models.errors import RefusedError
from models.held import Held
from models.problem import Case
from models.resulting import Placed
from scheduler.ports import Holder
from scheduler.records import MoveState, RevisionRecord
from scheduler.services import resulting
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import expire_overdue, faults_alone, who_holds
from scheduler.services.problems import case_of
from scheduler.services.readiness import refresh
from solver.moves import Move, Moves
from solver.sifting import Sifted, Step, sift

FileStep = Step[CaseFile]


def sifted(
    desk: Desk, record: RevisionRecord, moves: Moves, chosen: Iterable[str]
) -> Sifted[CaseFile]:
    """Chosen moves of a revision that can be made, and those that are stale.

    Raises:
        ConflictError: a rule would be broken and no move of these is to blame.
    """
    expire_overdue(desk)
    return sift(moves, chosen, record.cases(MoveState.PROPOSED), _Stored(desk, record))


class _Stored:
    """The department as it is in the store, seen within one transaction."""

    def __init__(self, desk: Desk, record: RevisionRecord) -> None:
        self._desk = desk
        self._marks = {move.case: move.mark for move in record.moves}
        self._holders: dict[str, tuple[Holder, ...]] = {}
        """By case: who holds what its move wants; read once."""

    def file(self, move: Move) -> CaseFile:
        """The case, if nobody has changed it since the night froze it."""
        file = open_file(self._desk, move.case)
        given_up = self._desk.uow.bookings.given_up(move.case).get(move.case)
        if file.mark_since(given_up) != self._marks[move.case]:
            raise RefusedError("the case has changed since this was planned")
        if file.reservation:
            raise RefusedError("a slot has been reserved for it since this was planned")
        if file.booking and file.booking.held.start < self._desk.now:
            raise RefusedError("the procedure has begun")
        return refresh(self._desk, file)

    def planned(self, file: CaseFile) -> Case:
        """The case for the planning problems of this moment."""
        return case_of(self._desk.scene, file)

    def faults(self, file: CaseFile, planned: Case, held: Held) -> Iterable[str]:
        """What forbids a placement whatever others hold."""
        return faults_alone(self._desk, file, planned, held)

    def blocked(self, standing: Mapping[str, FileStep]) -> dict[str, str]:
        """Moves that want what is claimed by somebody who does not give it up."""
        giving = {step.file.booking.id for step in standing.values() if step.file.booking}
        found = {}
        for case, step in standing.items():
            others = [holder for holder in self._holding(step) if holder.owner not in giving]
            if others:
                found[case] = who_holds(self._desk, others[0])
        return found

    def _holding(self, step: FileStep) -> tuple[Holder, ...]:
        if step.case not in self._holders:
            self._holders[step.case] = tuple(self._read_holders(step))
        return self._holders[step.case]

    def _read_holders(self, step: FileStep) -> Iterator[Holder]:
        for span in step.held.spans() if step.held else ():
            yield from self._desk.uow.claims.holders(span.resource, span.begin, span.end)

    def guilty(self, placed: Placed, moved: Collection[str]) -> dict[str, str]:
        """Moves that break a rule in the plan that all would result in."""
        return resulting.guilty(self._desk, placed, moved)
