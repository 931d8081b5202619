"""Planning problems of one moment from what is held: the whole night's, or one case's."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from models.department import Moment
from models.errors import InputError
from models.freezing import freeze
from models.held import Held
from models.night_cases import Standing, fixed_case, night_case
from models.problem import Case, PlanningProblem
from models.site import FreezeRule
from models.windows import WindowSet

BY_HAND = FreezeRule(hours=0)
"""The freeze binds the night, not a person who books or moves."""


@dataclass(frozen=True, slots=True)
class NightProblem:
    """The problem of a night, and who could not be put into it."""

    problem: PlanningProblem
    left_aside: tuple[tuple[str, str], ...]
    """Cases, each with the reason; what they hold is kept as it is."""


def night_problem(
    moment: Moment,
    standings: Iterable[Standing],
    held: Mapping[str, Held],
    unplanned: Mapping[str, str],
) -> NightProblem:
    """Everything that can be planned: open cases with their windows, and what is held.

    Cases booked for a day outside the horizon are left out.

    Args:
        moment: the department.
        standings: the open cases as they were last assessed.
        held: everything that is held, by case.
        unplanned: open cases of which is known that they cannot be planned, with the reason.

    Raises:
        InputError: what is held contradicts the site.
    """
    horizon = moment.department.site.horizon(moment.now)
    cases: list[Case] = []
    aside, known = dict(unplanned), set()
    for standing in standings:
        name = standing.referral.id
        if standing.booked and standing.booked.start not in horizon:
            known.add(name)
            continue
        try:
            cases.append(night_case(moment, standing))
            known.add(name)
        except InputError as error:
            aside[name] = error.problem
    cases += fixed_cases(moment, {n: what for n, what in held.items() if n not in known})
    return NightProblem(frozen_beside(moment, cases, held.values()), tuple(sorted(aside.items())))


def problem_by_hand(moment: Moment, case: Case, held: Mapping[str, Held]) -> PlanningProblem:
    """One case as a person places it, against everything that is held for others.

    Args:
        moment: the department.
        case: as it is by now.
        held: everything that is held, by case.

    Raises:
        InputError: a case contradicts the site.
    """
    others = {name: what for name, what in held.items() if name != case.id}
    return frozen_beside(moment, (case, *fixed_cases(moment, others)), held.values(), BY_HAND)


def ground_by_hand(moment: Moment, held: Mapping[str, Held]) -> PlanningProblem:
    """The problem of that moment without any case, for cases that are put on it one by one."""
    return frozen_beside(moment, (), held.values(), BY_HAND)


def fixed_cases(moment: Moment, held: Mapping[str, Held]) -> Iterator[Case]:
    """Stand-ins for whoever holds something within the horizon."""
    horizon = moment.department.site.horizon(moment.now)
    for name, what in held.items():
        if what.start in horizon:
            yield fixed_case(moment, name, what)


def frozen_beside(
    moment: Moment, cases: Iterable[Case], held: Iterable[Held], rule: FreezeRule | None = None
) -> PlanningProblem:
    """The site at that moment with the given cases; what the day before still holds is closed.

    Args:
        moment: the department.
        cases: all cases of the problem.
        held: everything that is held, of which what began before today counts.
        rule: what to lock, where it is not as the site says.

    Raises:
        InputError: a case contradicts the site.
    """
    site, closed = moment.department.site, dict(moment.closed)
    today = site.horizon(moment.now).start
    for what in held:
        for span in what.spans() if what.start < today else ():
            times = WindowSet.between(span.begin, span.end)
            closed[span.resource] = closed.get(span.resource, WindowSet()) | times
    opened = moment.opened(closed)
    if rule is not None:
        site = site.model_copy(update={"freeze": rule})
    rules = moment.department.rules
    return freeze(site, cases, moment.now, rules, closures=closed, opened=opened)
