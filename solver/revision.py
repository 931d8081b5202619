"""What a plan changes against the bookings, why, at which price, and which changes hang together.

A booking *stands* when it still fits the calendars, its windows and the bookings that stand before
it; one that no longer stands holds nothing. A change depends on another when it uses time that the
other must give up first, so a set of changes that is closed under `depends_on` is feasible.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from models.objective import left_out_cost, move_cost, start_cost
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from models.timegrid import local_day, zone
from solver.revision_reasons import Reasons


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


@dataclass(frozen=True, slots=True)
class Revision:
    """Every case of the problem, in its order."""

    changes: tuple[CaseChange, ...]

    @property
    def changed(self) -> tuple[CaseChange, ...]:
        """The cases whose placement differs from their booking."""
        same = (Change.KEPT, Change.LEFT_OUT)
        return tuple(c for c in self.changes if c.change not in same)

    def with_dependencies(self, cases: Iterable[str]) -> frozenset[str]:
        """The cases and every change that theirs wait for, directly or not."""
        waits = {c.case: c.depends_on for c in self.changes}
        found: set[str] = set()
        left = list(cases)
        while left:
            case = left.pop()
            if case not in found:
                found.add(case)
                left += waits[case]
        return frozenset(found)

    def accepted(self, cases: Iterable[str]) -> Plan:
        """The plan when only these changes, with what they wait for, are accepted.

        Bookings that no longer stand and whose change is not accepted are in no plan.
        """
        taken = self.with_dependencies(cases)
        placements = (
            c.after if c.case in taken else None if c.forced else c.before for c in self.changes
        )
        return Plan(placements=tuple(p for p in placements if p is not None))


def revision(problem: PlanningProblem, plan: Plan) -> Revision:
    """What `plan` changes against the bookings of `problem`."""
    standing, reasons = _standing(problem, plan)
    waits = _dependencies(problem, plan, standing)
    after = plan.by_case
    takers = _takers(problem, plan, standing)
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
                depends_on=tuple(sorted(waits[case.id])),
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


@dataclass(frozen=True, slots=True)
class _Use:
    case: str
    begin: datetime
    end: datetime


def _uses(
    problem: PlanningProblem, placements: Iterable[Placement]
) -> Iterator[tuple[str, date, _Use]]:
    tz = zone(problem.timezone)
    for placement in placements:
        for need in problem.case_by_id[placement.case].needs:
            begin, end = need.span(placement.start)
            resource = placement.assigned[need.role]
            yield resource, local_day(begin, tz), _Use(placement.case, begin, end)


def _clashes(problem: PlanningProblem, plan: Plan, standing: set[str]) -> Iterator[tuple[str, str]]:
    """Pairs: a placement of the plan, and another case's standing booking in its way."""
    held: dict[str, list[_Use]] = defaultdict(list)
    booked = [c.booked_placement for c in problem.cases if c.id in standing]
    for resource, _, use in _uses(problem, [p for p in booked if p is not None]):
        held[resource].append(use)
    for resource, _, use in _uses(problem, plan.placements):
        for other in held[resource]:
            if other.case != use.case and other.begin < use.end and use.begin < other.end:
                yield use.case, other.case


def _takers(problem: PlanningProblem, plan: Plan, standing: set[str]) -> dict[str, tuple[str, ...]]:
    """By case: who has its old time in the plan."""
    found: dict[str, set[str]] = defaultdict(set)
    for taker, giver in _clashes(problem, plan, standing):
        found[giver].add(taker)
    return {giver: tuple(sorted(takers)) for giver, takers in found.items()}


def _dependencies(problem: PlanningProblem, plan: Plan, standing: set[str]) -> dict[str, set[str]]:
    waits: dict[str, set[str]] = defaultdict(set)
    for taker, giver in _clashes(problem, plan, standing):
        waits[taker].add(giver)
    for taker, givers in _limit_dependencies(problem, plan, standing):
        waits[taker] |= givers - {taker}
    return waits


def _limit_dependencies(
    problem: PlanningProblem, plan: Plan, standing: set[str]
) -> Iterator[tuple[str, set[str]]]:
    """Who adds minutes to a full day of a resource waits for all who take minutes off it.

    Cautious: on a day that could hold the bookings and all that is added, nobody waits.
    """
    booked = [c.booked_placement for c in problem.cases if c.id in standing]
    before = _minutes(problem, [p for p in booked if p is not None])
    after = _minutes(problem, plan.placements)
    for (resource, day), minutes in sorted(after.items()):
        limit = problem.resource_by_id[resource].limit_on(day)
        if limit is None:
            continue
        held = before.get((resource, day), {})
        adders = {c for c, m in minutes.items() if m > held.get(c, 0)}
        givers = {c for c, m in held.items() if m > minutes.get(c, 0)}
        most = sum(max(held.get(c, 0), minutes.get(c, 0)) for c in {*held, *minutes})
        if most > limit:
            for case in sorted(adders):
                yield case, givers


def _minutes(
    problem: PlanningProblem, placements: Iterable[Placement]
) -> dict[tuple[str, date], dict[str, int]]:
    """Need-minutes by resource and day, then by case."""
    found: dict[tuple[str, date], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for resource, day, use in _uses(problem, placements):
        found[resource, day][use.case] += int((use.end - use.begin).total_seconds()) // 60
    return found


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
