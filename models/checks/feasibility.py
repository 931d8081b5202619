"""Which rules a plan breaks, judged from the planning file alone: plain loops, no search code."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from models.plan import Placement, Plan
from models.problem import Case, Need, PlanningProblem, Resource


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """One broken rule: its name, the case or resource concerned, and a sentence."""

    rule: str
    subject: str
    sentence: str


@dataclass(frozen=True, slots=True, order=True)
class _Use:
    begin: datetime
    end: datetime
    case: str
    role: str


def find_violations(problem: PlanningProblem, plan: Plan) -> list[Violation]:
    """Every broken rule, sorted; an empty list means the plan stands."""
    found = [*_unknown_or_twice(problem, plan), *_missing(problem, plan)]
    placed = [
        (problem.case_by_id[p.case], p) for p in plan.placements if p.case in problem.case_by_id
    ]
    for case, placement in placed:
        found += _start_faults(problem, case, placement)
        found += _assignment_faults(problem, case, placement)
    uses = _uses(problem, placed)
    found += _overlaps(uses)
    found += _day_limits(problem, uses)
    return sorted(set(found))


def _unknown_or_twice(problem: PlanningProblem, plan: Plan) -> Iterator[Violation]:
    seen: set[str] = set()
    known = {case.id for case in problem.cases}
    for placement in plan.placements:
        if placement.case not in known:
            yield Violation("known-case", placement.case, "the problem has no such case")
        if placement.case in seen:
            yield Violation("placed-once", placement.case, "the case is placed more than once")
        seen.add(placement.case)


def _missing(problem: PlanningProblem, plan: Plan) -> Iterator[Violation]:
    placed = {p.case for p in plan.placements}
    for case in problem.cases:
        if case.mandatory and case.id not in placed:
            yield Violation("mandatory", case.id, "a mandatory case is left out")
        if case.booking and case.booking.locked and case.id not in placed:
            yield Violation("locked", case.id, "a locked booking is left out")


def _start_faults(
    problem: PlanningProblem, case: Case, placement: Placement
) -> Iterator[Violation]:
    start = placement.start
    shown = start.isoformat()
    step = timedelta(minutes=problem.tick_minutes)
    if not problem.horizon.start <= start < problem.horizon.end:
        yield Violation("horizon", case.id, f"{shown} lies outside the horizon")
    if (start - problem.horizon.start) % step:
        yield Violation("tick", case.id, f"{shown} is not on a tick")
    if not any(a <= start < b for a, b in case.windows):
        yield Violation("window", case.id, f"{shown} is in none of the case's windows")
    booked = case.booking
    if start < problem.now and not (booked and booked.start == start):
        yield Violation("past", case.id, f"{shown} is before now and not as booked")
    if booked and booked.locked and placement != case.booked_placement:
        yield Violation("locked", case.id, "a locked booking is not kept exactly")


def _assignment_faults(
    problem: PlanningProblem, case: Case, placement: Placement
) -> Iterator[Violation]:
    roles = {need.role for need in case.needs}
    for role in sorted(roles ^ set(placement.assigned)):
        yield Violation("roles", case.id, f"role {role!r} is not assigned exactly once")
    for need in case.needs:
        name = placement.assigned.get(need.role)
        if name is None:
            continue
        resource = problem.resource_by_id.get(name)
        if resource is None:
            yield Violation("known-resource", case.id, f"there is no resource {name!r}")
        else:
            yield from _need_faults(case, need, resource, placement.start)


def _need_faults(
    case: Case, need: Need, resource: Resource, start: datetime
) -> Iterator[Violation]:
    named = need.among is None or resource.id in need.among
    if resource.kind != need.kind or not set(need.tags) <= set(resource.tags) or not named:
        yield Violation("eligible", case.id, f"{resource.id} may not serve as {need.role!r}")
    begin = start + timedelta(minutes=need.offset)
    end = begin + timedelta(minutes=need.minutes)
    if not _covered(resource, begin, end):
        yield Violation(
            "available",
            case.id,
            f"{resource.id} is not available for all of [{begin.isoformat()}, {end.isoformat()})",
        )


def _covered(resource: Resource, begin: datetime, end: datetime) -> bool:
    reached = begin
    for a, b in sorted(resource.available):
        if a <= reached < b:
            reached = b
    return reached >= end


def _uses(problem: PlanningProblem, placed: list[tuple[Case, Placement]]) -> dict[str, list[_Use]]:
    uses: dict[str, list[_Use]] = defaultdict(list)
    for case, placement in placed:
        for need in case.needs:
            name = placement.assigned.get(need.role)
            if name in problem.resource_by_id:
                begin = placement.start + timedelta(minutes=need.offset)
                end = begin + timedelta(minutes=need.minutes)
                uses[name].append(_Use(begin, end, case.id, need.role))
    return uses


def _overlaps(uses: dict[str, list[_Use]]) -> Iterator[Violation]:
    for name in sorted(uses):
        latest: _Use | None = None
        for use in sorted(uses[name]):
            if latest and use.begin < latest.end:
                yield Violation(
                    "overlap",
                    name,
                    f"{latest.case}/{latest.role} and {use.case}/{use.role} overlap"
                    f" at {use.begin.isoformat()}",
                )
            if latest is None or use.end > latest.end:
                latest = use


def _day_limits(problem: PlanningProblem, uses: dict[str, list[_Use]]) -> Iterator[Violation]:
    tz = ZoneInfo(problem.timezone)
    for resource in problem.resources:
        minutes: dict[date, int] = defaultdict(int)
        for use in uses.get(resource.id, []):
            day = use.begin.astimezone(tz).date()
            minutes[day] += (use.end - use.begin) // timedelta(minutes=1)
        for day in sorted(minutes):
            limit = resource.limit_on(day)
            if limit is not None and minutes[day] > limit:
                yield Violation(
                    "minutes-per-day",
                    resource.id,
                    f"{minutes[day]} minutes on {day}, at most {limit} allowed",
                )
