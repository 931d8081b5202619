"""Which moves of a revision still stand at this moment, alone and together; changes no booking."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.errors import ConflictError, RefusedError
from models.held import Held
from models.night_cases import off_drug_as_told
from models.problem import Case
from scheduler.ports import Holder
from scheduler.records import MoveState, RevisionRecord
from scheduler.services.case_files import CaseFile, open_file
from scheduler.services.desk import Desk
from scheduler.services.holding import expire_overdue, faults_alone, who_holds
from scheduler.services.problems import case_of
from scheduler.services.readiness import refresh
from scheduler.services.resulting import blamed, broken_rules
from solver.moves import Move, Moves
from solver.revision import Change


@dataclass(frozen=True, slots=True)
class Step:
    """A move that stands: the case as it is now, and what it is to hold; None when unbooked."""

    move: Move
    file: CaseFile
    planned: Case | None = None
    held: Held | None = None

    @property
    def case(self) -> str:
        """The case's id."""
        return self.move.case


class Trial:
    """Sorts chosen moves into those that stand and those that are stale, with the reasons."""

    def __init__(self, desk: Desk, record: RevisionRecord, moves: Moves) -> None:
        self._desk = desk
        self._moves = moves
        self._marks = {move.case: move.mark for move in record.moves}
        self._open = frozenset(record.cases(MoveState.PROPOSED))
        self._live: dict[str, Step] = {}
        self.stale: dict[str, str] = {}
        """By case: why its move can no longer be made; also of moves that wait for a stale one."""

    @property
    def steps(self) -> tuple[Step, ...]:
        """The moves that stand, by case."""
        return tuple(self._live[case] for case in sorted(self._live))

    def judge(self, chosen: Iterable[str]) -> None:
        """Ask of each move whether its case is as it was, then of all whether they fit together."""
        expire_overdue(self._desk)
        changed: dict[str, str] = {}
        for case in sorted(chosen):
            try:
                self._live[case] = self._step(self._moves.by_case[case])
            except RefusedError as error:
                changed[case] = error.problem
        self._refuse(changed)
        holders = {step.case: tuple(self._holders(step)) for step in self.steps}
        while blocked := self._blocked(holders):
            self._refuse(blocked)
        while broken := self._broken():
            self._refuse(broken)

    def _refuse(self, reasons: Mapping[str, str]) -> None:
        """Mark moves stale, and with them all open moves that wait for them."""
        for case in self._moves.with_dependents(reasons) & self._open:
            causes = ", ".join(sorted(self._moves.with_needed([case]) & set(reasons)))
            waits = f"it waits for the move of {causes}, which can no longer be made"
            self.stale.setdefault(case, reasons.get(case, waits))
            self._live.pop(case, None)

    def _step(self, move: Move) -> Step:
        """A move with what it would hold, once every rule that asks about it alone permits it.

        Raises:
            RefusedError: it is stale; says why.
        """
        file = open_file(self._desk, move.case)
        given_up = self._desk.uow.bookings.given_up(move.case).get(move.case)
        if file.mark_since(given_up) != self._marks[move.case]:
            raise RefusedError("the case has changed since this was planned")
        if file.reservation:
            raise RefusedError("a slot has been reserved for it since this was planned")
        if file.booking and file.booking.held.start < self._desk.now:
            raise RefusedError("the procedure has begun")
        file = refresh(self._desk, file)
        off_drug = off_drug_as_told(file.readiness, told=file.told)
        troubled = file.booking is not None and bool(file.booking.trouble)
        if move.wastes_hold(off_drug=off_drug, troubled=troubled):
            raise RefusedError("the patient has stopped a drug for the time they were told")
        if move.change is Change.UNBOOKED:
            return Step(move, file)
        planned = case_of(self._desk.scene, file)
        held = move.held(planned)
        for fault in faults_alone(self._desk, file, planned, held):
            raise RefusedError(fault)
        return Step(move, file, planned, held)

    def _holders(self, step: Step) -> Iterator[Holder]:
        for span in step.held.spans() if step.held else ():
            yield from self._desk.uow.claims.holders(span.resource, span.begin, span.end)

    def _blocked(self, holders: Mapping[str, Iterable[Holder]]) -> dict[str, str]:
        """Moves that want what is held by somebody who does not give it up."""
        giving = {step.file.booking.id for step in self.steps if step.file.booking}
        found = {}
        for case in self._live:
            others = [holder for holder in holders[case] if holder.owner not in giving]
            if others:
                found[case] = who_holds(self._desk, others[0])
        return found

    def _broken(self) -> dict[str, str]:
        """Moves that break a rule in the plan that all would result in.

        Raises:
            ConflictError: a rule is broken and no move of these is to blame.
        """
        placed = {s.case: (s.planned, s.held) for s in self.steps if s.planned and s.held}
        gone = [step.case for step in self.steps if step.held is None]
        broken = broken_rules(self._desk, placed, gone)
        if not broken:
            return {}
        guilty = blamed(self._desk, placed, gone)
        if not guilty:
            raise ConflictError(
                f"the plan would break {broken[0].rule} of {broken[0].subject}",
                place="revision",
                remedy="run the night again",
            )
        return guilty
