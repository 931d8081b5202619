"""What a plan changes against the bookings, why, at which price, and which changes hang together.

A booking *stands* when it still fits the calendars, its windows and the bookings that stand before
it. A change depends on another when it uses time that the other must give up first, so a set of
changes that is closed under `depends_on` is feasible together with everything that stays; a set
that is not closed is never made.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from models.errors import RefusedError
from models.objective import left_out_cost, move_cost, start_cost
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from solver.revision_groups import closed_under, groups, missing_from, waiting_on
from solver.revision_reasons import Reasons
from solver.revision_waits import Holdings, Use, dependencies


class Change(StrEnum):
    """What becomes of a case."""

    KEPT = "kept"
    REASSIGNED = "reassigned"
    MOVED = "moved"
    PLACED = "placed"
    UNBOOKED = "unbooked"
    LEFT_OUT = "left-out"


@dataclass(frozen=True, slots=True)
class CaseChange:
    """One case: before and after, what the change costs in points, why, and what it waits for.

    `price` is the move price of a moved case, the price of leaving out for one not placed, the
    case's own price for one placed anew. `forced` says that the booking no longer stands.
    """

    case: str
    change: Change
    before: Placement | None
    after: Placement | None
    price: int
    forced: bool
    reasons: tuple[str, ...]
    depends_on: tuple[str, ...]


@dataclass(frozen=True)
class Revision:
    """Every case of the problem, in its order."""

    changes: tuple[CaseChange, ...]

    @property
    def changed(self) -> tuple[CaseChange, ...]:
        """The cases whose placement differs from their booking."""
        same = (Change.KEPT, Change.LEFT_OUT)
        return tuple(c for c in self.changes if c.change not in same)

    @cached_property
    def waits(self) -> Mapping[str, tuple[str, ...]]:
        """By case: the cases whose change it waits for."""
        return {c.case: c.depends_on for c in self.changes}

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Cases that wait for each other: accepted together or not at all."""
        return groups(self.waits)

    def with_dependencies(self, cases: Iterable[str]) -> frozenset[str]:
        """The cases and every change that theirs wait for, directly or not."""
        return closed_under(self.waits, cases)

    def with_dependents(self, cases: Iterable[str]) -> frozenset[str]:
        """The cases and every change that waits for theirs: rejected with them."""
        return waiting_on(self.waits, cases)

    def missing(self, cases: Iterable[str]) -> tuple[str, ...]:
        """Changes that would have to be accepted with those of the cases; empty: it is closed."""
        return missing_from(self.waits, cases)

    def accepted(self, cases: Iterable[str]) -> Plan:
        """The plan when only these changes, with what they wait for, are accepted.

        Bookings that no longer stand and whose change is not accepted are in no plan.
        """
        taken = self.with_dependencies(cases)
        placements = (
            c.after if c.case in taken else None if c.forced else c.before for c in self.changes
        )
        return Plan(placements=tuple(p for p in placements if p is not None))

    def exactly(self, cases: Iterable[str]) -> Plan:
        """The plan when these changes and no others are accepted.

        Raises:
            RefusedError: they wait for changes that are not among them; names these.
        """
        chosen = frozenset(cases)
        missing = self.missing(chosen)
        if missing:
            raise RefusedError(
                f"these changes wait for those of {', '.join(missing)}",
                place="revision",
                remedy="accept them together, or neither",
            )
        return self.accepted(chosen)


def revision(
    problem: PlanningProblem,
    plan: Plan,
    *,
    also_held: Mapping[str, Iterable[Use]] | None = None,
) -> Revision:
    """What `plan` changes against the bookings of `problem`.

    Args:
        problem: the cases with their bookings.
        plan: a feasible plan for it.
        also_held: by case, what it really holds where that is not what its booking says.
    """
    standing, reasons = _standing(problem, plan)
    holdings = Holdings.of(problem, plan, standing, also_held or {})
    waits = dependencies(problem, holdings)
    after = plan.by_case
    takers = _takers(holdings)
    changes = []
    for case in problem.cases:
        change = _kind(case, after.get(case.id))
        stands = case.id in standing
        broken = [] if stands or case.booking is None else reasons.broken(case)
        changes.append(
            CaseChange(
                case=case.id,
                change=change,
                before=case.booked_placement,
                after=after.get(case.id),
                price=_price(problem, case, change, after.get(case.id)),
                forced=case.booking is not None and not stands,
                reasons=(*broken, *_reasons(problem, case, change, after, takers)),
                depends_on=tuple(sorted(waits.get(case.id, ()))),
            )
        )
    return Revision(tuple(changes))


def _kind(case: Case, after: Placement | None) -> Change:
    booked = case.booking
    if after is None:
        return Change.LEFT_OUT if booked is None else Change.UNBOOKED
    if booked is None:
        return Change.PLACED
    if after.start != booked.start:
        return Change.MOVED
    return Change.KEPT if dict(after.assigned) == booked.assigned else Change.REASSIGNED


def _price(problem: PlanningProblem, case: Case, change: Change, after: Placement | None) -> int:
    prices = problem.objective
    if after is None:
        return left_out_cost(prices, case)
    if change is Change.PLACED:
        return start_cost(prices, case, after.start)
    return move_cost(prices, case.booking, after.start)


def _standing(problem: PlanningProblem, plan: Plan) -> tuple[set[str], Reasons]:
    """Bookings that stand, the locked and the kept before the others; and why the rest do not."""
    after = plan.by_case
    reasons = Reasons(problem)
    booked = [case for case in problem.cases if case.booking is not None]
    rank = {Change.KEPT: 1, Change.REASSIGNED: 2}

    def first(case: Case) -> int:
        locked = case.booking is not None and case.booking.locked
        return 0 if locked else rank.get(_kind(case, after.get(case.id)), 3)

    standing = set()
    for case in sorted(booked, key=first):
        if not reasons.broken(case):
            reasons.hold(case)
            standing.add(case.id)
    return standing, reasons


def _takers(holdings: Holdings) -> dict[str, tuple[str, ...]]:
    """By case: who has its old time in the plan."""
    found: dict[str, set[str]] = defaultdict(set)
    for taker, giver in holdings.clashes():
        found[giver].add(taker)
    return {giver: tuple(sorted(takers)) for giver, takers in found.items()}


def _reasons(
    problem: PlanningProblem,
    case: Case,
    change: Change,
    after: dict[str, Placement],
    takers: dict[str, tuple[str, ...]],
) -> Iterator[str]:
    if change in (Change.LEFT_OUT, Change.UNBOOKED):
        price = left_out_cost(problem.objective, case)
        yield f"no place was found for less than the {price} points of leaving it out"
    if change in (Change.MOVED, Change.REASSIGNED, Change.UNBOOKED) and case.id in takers:
        yield f"makes room for {', '.join(takers[case.id])}"
    if change is Change.MOVED and case.booking is not None:
        prices = problem.objective
        saved = start_cost(prices, case, case.booking.start) - start_cost(
            prices, case, after[case.id].start
        )
        if saved > 0:
            yield f"cheaper by {saved} points, the move included"
