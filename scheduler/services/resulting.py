"""The plan that some moves would result in, judged as a whole by the independent checker.

What the moves place stands beside everything else that is held on the same resources on the same
days: bookings that stay and reservations.
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date

from models.checks.feasibility import Violation, find_violations
from models.plan import Plan
from models.problem import Case, Need
from models.timegrid import local_day
from scheduler.records import Held
from scheduler.services.desk import Desk
from scheduler.services.holding import small_problem
from scheduler.services.problems import fixed_case

Placed = Mapping[str, tuple[Case, Held]]
"""By case: the case of this moment and what its move would have it hold."""
Days = frozenset[tuple[str, date]]
"""Resources with local days."""


def broken_rules(desk: Desk, placed: Placed, gone: Collection[str] = ()) -> list[Violation]:
    """Every rule that the resulting plan would break on the resources and days of the moves.

    Args:
        desk: the transaction.
        placed: what is to be held.
        gone: cases whose booking is given up.
    """
    return _violations(desk, placed, _beside(desk, {*placed, *gone}), _days(desk, placed))


def blamed(desk: Desk, placed: Placed, gone: Collection[str] = ()) -> dict[str, str]:
    """By case: the first rule broken by it, or on a day and a resource that it is to use."""
    beside = _beside(desk, {*placed, *gone})
    found = {}
    for name in sorted(placed):
        of_one = _violations(desk, placed, beside, _days(desk, {name: placed[name]}))
        resources = set(placed[name][1].assigned.values())
        mine = [v for v in of_one if v.subject == name or v.subject in resources]
        if mine:
            found[name] = f"{mine[0].subject}: {mine[0].sentence}"
    return found


def _beside(desk: Desk, moved: Collection[str]) -> dict[str, Held]:
    since = desk.department.span(desk.now).start
    held = {r.case: r.held for r in desk.uow.reservations.live(desk.now)}
    held |= {b.case: b.held for b in desk.uow.bookings.standing(since=since).values()}
    return {case: what for case, what in sorted(held.items()) if case not in moved}


def _days(desk: Desk, placed: Placed) -> Days:
    return frozenset(
        (held.assigned[need.role], day)
        for _, held in placed.values()
        for need in held.needs
        for day in _days_of(desk, held, need)
    )


def _days_of(desk: Desk, held: Held, need: Need) -> Iterator[date]:
    tz = desk.department.site.tz
    begin, end = need.span(held.start)
    yield local_day(begin, tz)
    yield local_day(end, tz)


def _violations(
    desk: Desk, placed: Placed, beside: Mapping[str, Held], days: Days
) -> list[Violation]:
    """What is broken on some resources on some days."""
    cut = {name: (case, _within(desk, held, days)) for name, (case, held) in placed.items()}
    cases = [
        case.model_copy(update={"needs": held.needs, "booking": None})
        for case, held in cut.values()
    ]
    parts = {name: held for name, (_, held) in cut.items()}
    for name, held in beside.items():
        part = _within(desk, held, days)
        if part.needs:
            stays = fixed_case(desk.scene, name, part)
            cases.append(stays.model_copy(update={"booking": None}))
            parts[name] = part
    problem = small_problem(desk, cases, {resource for resource, _ in days})
    plan = Plan(placements=tuple(held.placement(name) for name, held in parts.items()))
    # what a booking that stays breaks by itself is told as its trouble and is no fault of the moves
    return [v for v in find_violations(problem, plan) if v.subject not in beside]


def _within(desk: Desk, held: Held, days: Days) -> Held:
    """What is held on some resources on some days."""
    needs = tuple(
        need
        for need in held.needs
        if any((held.assigned[need.role], day) in days for day in _days_of(desk, held, need))
    )
    assigned = {need.role: held.assigned[need.role] for need in needs}
    return Held(start=held.start, assigned=assigned, needs=needs)
