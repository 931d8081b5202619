"""The plan that some moves would result in, judged as a whole by the independent checker.

What the moves place stands beside everything else that is held on the same resources on the same
days: bookings that stay and reservations.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from models.checks.feasibility import Violation, find_violations
from models.department import Moment
from models.errors import ConflictError
from models.held import Held
from models.night_cases import fixed_case
from models.placing import small_problem
from models.plan import Plan
from models.problem import Case, Need
from models.timegrid import local_day

Placed = Mapping[str, tuple[Case, Held]]
"""By case: the case of this moment and what its move would have it hold."""
Days = frozenset[tuple[str, date]]
"""Resources with local days."""


def broken_rules(moment: Moment, placed: Placed, beside: Mapping[str, Held]) -> list[Violation]:
    """Every rule that the resulting plan would break on the resources and days of the moves.

    Args:
        moment: the department.
        placed: what is to be held.
        beside: what is held by cases that are not moved, by case.
    """
    return _violations(moment, placed, beside, _days(moment, placed))


def guilty(moment: Moment, placed: Placed, beside: Mapping[str, Held]) -> dict[str, str]:
    """By case: the rule that its move breaks in the resulting plan; empty where none is broken.

    Args:
        moment: the department.
        placed: what is to be held.
        beside: what is held by cases that are not moved, by case.

    Raises:
        ConflictError: a rule is broken and no move of these is to blame.
    """
    broken = broken_rules(moment, placed, beside)
    if not broken:
        return {}
    found = _blamed(moment, placed, beside)
    if not found:
        raise ConflictError(
            f"the plan would break {broken[0].rule} of {broken[0].subject}",
            place="revision",
            remedy="run the night again",
        )
    return found


def _blamed(moment: Moment, placed: Placed, beside: Mapping[str, Held]) -> dict[str, str]:
    """By case: the first rule broken by it, or on a day and a resource that it is to use."""
    found = {}
    for name in sorted(placed):
        of_one = _violations(moment, placed, beside, _days(moment, {name: placed[name]}))
        resources = set(placed[name][1].assigned.values())
        mine = [v for v in of_one if v.subject == name or v.subject in resources]
        if mine:
            found[name] = f"{mine[0].subject}: {mine[0].sentence}"
    return found


def _days(moment: Moment, placed: Placed) -> Days:
    return frozenset(
        (held.assigned[need.role], day)
        for _, held in placed.values()
        for need in held.needs
        for day in _days_of(moment, held, need)
    )


def _days_of(moment: Moment, held: Held, need: Need) -> Iterator[date]:
    tz = moment.department.site.tz
    begin, end = need.span(held.start)
    yield local_day(begin, tz)
    yield local_day(end, tz)


def _violations(
    moment: Moment, placed: Placed, beside: Mapping[str, Held], days: Days
) -> list[Violation]:
    """What is broken on some resources on some days."""
    cut = {name: (case, _within(moment, held, days)) for name, (case, held) in placed.items()}
    cases = [
        case.model_copy(update={"needs": held.needs, "booking": None})
        for case, held in cut.values()
    ]
    parts = {name: held for name, (_, held) in cut.items()}
    for name, held in beside.items():
        part = _within(moment, held, days)
        if part.needs:
            stays = fixed_case(moment, name, part)
            cases.append(stays.model_copy(update={"booking": None}))
            parts[name] = part
    problem = small_problem(moment, cases, {resource for resource, _ in days})
    plan = Plan(placements=tuple(held.placement(name) for name, held in parts.items()))
    # what a booking that stays breaks by itself is told as its trouble and is no fault of the moves
    return [v for v in find_violations(problem, plan) if v.subject not in beside]


def _within(moment: Moment, held: Held, days: Days) -> Held:
    """What is held on some resources on some days."""
    needs = tuple(
        need
        for need in held.needs
        if any((held.assigned[need.role], day) in days for day in _days_of(moment, held, need))
    )
    assigned = {need.role: held.assigned[need.role] for need in needs}
    return Held(start=held.start, assigned=assigned, needs=needs)
