"""Reasons and smallest changes by plain loops over every instant, resource and change.

Feasibility is judged by `models.checks`, except where whole problems are tried one after another:
there the proposer judges, which has been held against brute force itself.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from models.checks.feasibility import Violation, find_violations
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem, Resource
from models.windows import Window, WindowSet
from solver.proposals import propose
from tests.oracle import adds_violations, choices, others_as_booked, placement_of, ticks

START_RULES = {"tick", "horizon", "window", "past", "locked"}


def with_case(problem: PlanningProblem, case: Case) -> PlanningProblem:
    """The problem with one case replaced."""
    cases = tuple(case if c.id == case.id else c for c in problem.cases)
    return problem.model_copy(update={"cases": cases})


def unbooked(problem: PlanningProblem, case_id: str) -> PlanningProblem:
    """The problem without the bookings of all other cases."""
    cases = tuple(
        c if c.id == case_id else c.model_copy(update={"booking": None}) for c in problem.cases
    )
    return problem.model_copy(update={"cases": cases})


def part_of(case: Case, roles: tuple[str, ...]) -> Case:
    """The case with only some of its needs."""
    needs = tuple(need for need in case.needs if need.role in roles)
    return case.model_copy(update={"needs": needs})


def start_reasons(problem: PlanningProblem, case_id: str, at: datetime) -> set[str]:
    """The kinds of reason against a start that do not depend on resources."""
    case = problem.case_by_id[case_id]
    kept = case.booking.assigned if case.booking else {}
    found = find_violations(
        problem, Plan(placements=(Placement(case=case_id, start=at, assigned=kept),))
    )
    rules = {v.rule for v in found if v.subject == case_id} & START_RULES
    if "locked" in rules and case.booking is not None and case.booking.start == at:
        rules.discard("locked")
    return rules


def allowed_choices(problem: PlanningProblem, case: Case) -> list[tuple[str, ...]]:
    """Every choice of accepted resources that a lock leaves."""
    found = choices(problem, case)
    if case.booking is None or not case.booking.locked:
        return found
    kept = tuple(case.booking.assigned[need.role] for need in case.needs)
    return [chosen for chosen in found if chosen == kept]


def servable(problem: PlanningProblem, case: Case, at: datetime) -> bool:
    """Whether all needs of a case find resources at an instant, windows and locks left aside."""
    changed, fixed = with_case(problem, case), others_as_booked(problem, case.id)
    before = set(find_violations(changed, Plan(placements=fixed)))

    def added(chosen: tuple[str, ...]) -> list[Violation]:
        plan = Plan(placements=(*fixed, placement_of(case, at, chosen)))
        found = find_violations(changed, plan)
        return [v for v in found if v not in before and v.rule not in START_RULES]

    return any(not added(chosen) for chosen in allowed_choices(problem, case))


def resource_reasons(
    problem: PlanningProblem, case: Case, role: str, at: datetime
) -> set[tuple[str, str, str | None, datetime | None]]:
    """Every `(resource, kind, holder, until)` against one need at an instant."""
    need = next(need for need in case.needs if need.role == role)
    part = part_of(case, (role,))
    changed, fixed = with_case(problem, part), others_as_booked(problem, case.id)
    before = set(find_violations(changed, Plan(placements=fixed)))
    begin, end = need.span(at)
    found: set[tuple[str, str, str | None, datetime | None]] = set()
    for (name,) in allowed_choices(problem, part):
        plan = Plan(placements=(*fixed, placement_of(part, at, (name,))))
        rules = {v.rule for v in find_violations(changed, plan) if v not in before}
        if "available" in rules:
            found.add((name, "closed", None, _next_opening(problem.resource_by_id[name], begin)))
        if "minutes-per-day" in rules:
            found.add((name, "limit", None, None))
        for placement in fixed:
            for other in problem.case_by_id[placement.case].needs:
                a, b = other.span(placement.start)
                if placement.assigned[other.role] == name and a < end and begin < b:
                    found.add((name, "occupied", placement.case, b))
    return found


def _next_opening(resource: Resource, begin: datetime) -> datetime | None:
    opens = [w.start for w in WindowSet(Window(a, b) for a, b in resource.available)]
    return min((instant for instant in opens if instant > begin), default=None)


def nowhere(problem: PlanningProblem, case_id: str) -> tuple[str, set[str]]:
    """The kind of cause for a case that can be placed nowhere, and the roles it concerns."""
    case = problem.case_by_id[case_id]
    if case.booking is not None and case.booking.locked:
        return "locked", set()
    starts = [at for at in ticks(problem) if not start_reasons(problem, case_id, at)]
    if not starts:
        return "no-start", set()
    roles = [need.role for need in case.needs]
    none = {role for role in roles if not choices(problem, part_of(case, (role,)))}
    if none:
        return "none-eligible", none
    empty = unbooked(problem, case_id)

    def never(wanted: tuple[str, ...]) -> bool:
        return not any(servable(empty, part_of(case, wanted), at) for at in starts)

    closed = {role for role in roles if never((role,))}
    if closed:
        return "closed", closed
    if never(tuple(roles)):
        return "apart", set()
    could = [at for at in starts if servable(empty, case, at)]
    return "taken", {
        role
        for role in roles
        if any(not servable(problem, part_of(case, (role,)), at) for at in could)
    }


def starts_of(problem: PlanningProblem, case_id: str) -> list[datetime]:
    """The candidate starts of a case, in order of time."""
    return sorted(proposal.start for proposal in propose(problem, case_id, top=1_000))


def smallest_window(problem: PlanningProblem, case_id: str) -> tuple[timedelta, datetime] | None:
    """The least move of a window edge that opens a start, and that start."""
    case, tick = problem.case_by_id[case_id], timedelta(minutes=problem.tick_minutes)
    options = []
    for number, (a, b) in enumerate(case.windows):
        for at in ticks(problem):
            end = min(at + tick, problem.horizon.end)
            if at < a:
                options.append((a - at, at, number, (at, b)))
            if at >= b:
                options.append((end - b, at, number, (a, end)))
    for by, at, number, window in sorted(options):
        windows = (*case.windows[:number], window, *case.windows[number + 1 :])
        changed = case.model_copy(update={"windows": windows})
        if at in starts_of(with_case(problem, changed), case_id):
            return by, at
    return None


def smallest_hours(
    problem: PlanningProblem, case_id: str
) -> tuple[timedelta, datetime, str] | None:
    """The least lengthening of a resource's hours that opens a start, the start, the resource."""
    tick = timedelta(minutes=problem.tick_minutes)
    for ticks_ in range(1, timedelta(hours=1) // tick + 1):
        found = [
            (starts[0], resource.id)
            for resource in problem.resources
            for longer in _longer(resource, ticks_ * tick)
            if (starts := starts_of(_with_resource(problem, longer), case_id))
        ]
        if found:
            return (ticks_ * tick, *min(found))
    return None


def _longer(resource: Resource, by: timedelta) -> Iterator[Resource]:
    pieces = [(w.start, w.end) for w in WindowSet(Window(a, b) for a, b in resource.available)]
    for number, (a, b) in enumerate(pieces):
        for piece in ((a - by, b), (a, b + by)):
            available = (*pieces[:number], piece, *pieces[number + 1 :])
            yield resource.model_copy(update={"available": available})


def _with_resource(problem: PlanningProblem, resource: Resource) -> PlanningProblem:
    resources = tuple(resource if r.id == resource.id else r for r in problem.resources)
    return problem.model_copy(update={"resources": resources})


def smallest_move(
    problem: PlanningProblem, case_id: str
) -> tuple[timedelta, datetime, str, datetime] | None:
    """The least move of one booking that opens a start: how far, the start, which, to where."""
    best: tuple[timedelta, datetime, str, datetime] | None = None
    for other in problem.cases:
        if other.id == case_id or other.booking is None or other.booking.locked:
            continue
        fixed = tuple(p for p in others_as_booked(problem, other.id) if p.case != case_id)
        for at in ticks(problem):
            by = abs(at - other.booking.start)
            if best is not None and by > best[0]:
                continue
            for chosen in choices(problem, other):
                placement = placement_of(other, at, chosen)
                if adds_violations(problem, fixed, placement):
                    continue
                update = {"start": at, "assigned": dict(placement.assigned)}
                booking = other.booking.model_copy(update=update)
                changed = with_case(problem, other.model_copy(update={"booking": booking}))
                starts = starts_of(changed, case_id)
                if starts:
                    found = (by, starts[0], other.id, at)
                    best = found if best is None else min(best, found)
    return best
