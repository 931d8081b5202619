"""Moves: what a plan changes of what is booked, why, and which of it belongs together.

Which moves a site's rule applies without anybody's approval is decided here, for the night as for
whoever simulates it.
"""

from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from typing import Protocol

from models.base import BEGUN, Frozen, HoldStage, Id, Instant
from models.errors import NotFoundError, RefusedError
from models.held import Held
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from solver.revision import CaseChange, Change, revision
from solver.revision_groups import closed_under, groups, missing_from, waiting_on
from solver.revision_waits import Use

NEW_START = frozenset({Change.MOVED, Change.UNBOOKED})
"""Changes of which a patient who was told a time has to hear."""


class ApplyRule(Protocol):
    """A site's rule of which moves need nobody's approval."""

    def permits(self, *, moves: int, started_moves: int, gain: int) -> bool:
        """Whether moves of this size may be applied unseen."""


class Move(Frozen):
    """One case that a revision books, moves, gives other resources, or leaves unbooked."""

    case: Id
    change: Change
    """`placed`, `moved`, `reassigned` (other resources at the same start) or `unbooked`."""
    before: Instant | None = None
    after: Instant | None = None
    assigned: dict[Id, Id] | None = None
    stage: HoldStage = HoldStage.NONE
    told: bool = False
    """Whether the patient had been told a time."""
    price: int = 0
    """Points that the change itself costs."""
    forced: bool = False
    """Whether the booking could no longer stand."""
    reasons: tuple[str, ...] = ()
    depends_on: tuple[str, ...] = ()
    """Cases that have to give something up before this one can have it."""

    @property
    def breaks_word(self) -> bool:
        """Whether it takes from a patient the time that they were told."""
        return self.told and self.change in NEW_START

    def held(self, case: Case) -> Held:
        """What the move would have a case hold.

        Raises:
            RefusedError: the case now needs other things than the move was made for.
        """
        if self.after is None or self.assigned is None:
            raise RefusedError("the move names no place")
        if set(self.assigned) != {need.role for need in case.needs}:
            raise RefusedError("its needs have changed")
        placement = Placement(case=self.case, start=self.after, assigned=self.assigned)
        return Held.of(placement, case.needs)

    def wastes_hold(self, *, off_drug: bool, troubled: bool) -> bool:
        """Whether a hold begun for the time the patient was told would be for nothing, unforced.

        Args:
            off_drug: the patient is off a drug for the time they were told.
            troubled: the booking can no longer stand as it is.
        """
        return self.change in NEW_START and not (self.forced or troubled) and off_drug


class Moves(Frozen):
    """All that a revision would change, by case."""

    moves: tuple[Move, ...] = ()

    def count(self, *changes: Change) -> int:
        """How many of some kinds."""
        return sum(move.change in changes for move in self.moves)

    @property
    def started_moves(self) -> int:
        """How many would waste a hold that has begun."""
        return sum(move.change in NEW_START and move.stage in BEGUN for move in self.moves)

    @cached_property
    def by_case(self) -> Mapping[str, Move]:
        """Moves by case."""
        return {move.case: move for move in self.moves}

    @cached_property
    def waits(self) -> Mapping[str, tuple[str, ...]]:
        """By case: the cases whose move it waits for."""
        return {move.case: move.depends_on for move in self.moves}

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Cases whose moves wait for each other: accepted together or not at all."""
        return groups(self.waits)

    def known(self, cases: Iterable[str]) -> frozenset[str]:
        """Some cases, each of which has a move here.

        Raises:
            NotFoundError: one has none.
        """
        named = frozenset(cases)
        for case in sorted(named - set(self.by_case)):
            raise NotFoundError(f"the revision has no move of case {case}", remedy="show it")
        return named

    def with_needed(self, cases: Iterable[str]) -> frozenset[str]:
        """The cases and all that their moves wait for, directly or not."""
        return closed_under(self.waits, cases)

    def with_dependents(self, cases: Iterable[str]) -> frozenset[str]:
        """The cases and all whose moves wait for theirs, directly or not."""
        return waiting_on(self.waits, cases)

    def refuse_part(self, cases: Iterable[str], made: Iterable[str] = ()) -> None:
        """Refuse to accept moves without those that they wait for, save what is made already.

        Raises:
            RefusedError: some are missing; names them.
        """
        chosen = frozenset(cases)
        missing = [case for case in missing_from(self.waits, chosen) if case not in set(made)]
        if missing:
            raise RefusedError(
                f"these moves wait for those of {', '.join(missing)}",
                place=f"cases {', '.join(sorted(chosen))}",
                remedy="accept them together, or reject them",
            )

    def unseen_part(self, rule: ApplyRule, gain: int) -> frozenset[str]:
        """The cases whose moves a site's rule applies without anybody's approval.

        If the whole is within the rule's limits it is all of them; else all but those that take
        from a patient the time they were told, and what waits for these.
        """
        told = [move for move in self.moves if move.breaks_word]
        begun = sum(move.stage in BEGUN for move in told)
        if rule.permits(moves=len(told), started_moves=begun, gain=gain):
            return frozenset(self.by_case)
        if not rule.permits(moves=0, started_moves=0, gain=gain):
            return frozenset()
        return frozenset(self.by_case) - self.with_dependents(move.case for move in told)


def moves_of(
    problem: PlanningProblem,
    plan: Plan,
    booked: Mapping[str, Held],
    *,
    reserved: Collection[str] = (),
    told: Collection[str] = (),
) -> Moves:
    """What a plan changes of what was booked when the problem was frozen, with the reasons.

    Args:
        problem: the cases with their bookings, as far as these still fit.
        plan: a feasible plan for it.
        booked: what was really booked, by case.
        reserved: cases for which a reservation is kept: they stay where it is.
        told: cases whose patient was told a time.
    """
    known = problem.case_by_id
    held = {
        case: tuple(Use(span.resource, span.begin, span.end) for span in what.spans())
        for case, what in booked.items()
        if case in known
    }
    changes = {c.case: c for c in revision(problem, plan, also_held=held).changes}
    planned = plan.by_case
    found = (
        _move(case, booked.get(case.id), planned.get(case.id), changes[case.id])
        for case in problem.cases
        if case.id not in reserved
    )
    return Moves(
        moves=tuple(
            move.model_copy(update={"told": move.case in told})
            for move in found
            if move is not None
        )
    )


def _move(
    case: Case, before: Held | None, after: Placement | None, told: CaseChange
) -> Move | None:
    change = _kind(case, before, after)
    if change is None:
        return None
    anew = before is not None and case.booking is None
    return Move(
        case=case.id,
        change=change,
        before=before.start if before else None,
        after=after.start if after else None,
        assigned=dict(after.assigned) if after else None,
        stage=case.hold.stage if case.hold else HoldStage.NONE,
        price=told.price,
        forced=told.forced or anew,
        reasons=("its needs have changed since it was booked", *told.reasons)
        if anew
        else told.reasons,
        depends_on=told.depends_on,
    )


def _kind(case: Case, before: Held | None, after: Placement | None) -> Change | None:
    """The change against what is stored, which the problem may have had to leave out."""
    if after is None:
        return Change.UNBOOKED if before else None
    if before is None:
        return Change.PLACED
    if before.start != after.start:
        return Change.MOVED
    pinned = case.booking is not None and case.booking.locked
    same = pinned or (before.assigned == after.assigned and before.needs == case.needs)
    return None if same else Change.REASSIGNED
