"""Whether a placement may be made, by rules that share no code with the search.

The clinical rules are asked in their pointwise form, and the checker judges the placement on a
small problem of its own resources. Who else holds them is for the caller to say.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from models.checks.feasibility import find_violations
from models.department import Moment
from models.held import Held
from models.night_cases import fixed_case, too_soon
from models.plan import Plan
from models.problem import Case, Horizon, PlanningProblem, Resource
from models.windows import Window, WindowSet


@dataclass(frozen=True, slots=True)
class Asked:
    """A case that is to hold something."""

    case: Case
    held: Held
    before: Held | None = None
    """What it is booked for by now."""


def rule_faults(moment: Moment, asked: Asked, forbidden: Sequence[str]) -> Iterator[str]:
    """What forbids a placement whatever others hold: the clinical rules, hours, eligibility.

    Args:
        moment: the department.
        asked: the case and what it is to hold.
        forbidden: what the clinical rules have against the start, in sentences.
    """
    case, held = asked.case, asked.held
    reasons = (*forbidden, *too_soon(moment, asked.before, case, held.start))
    yield from reasons
    alone = case.model_copy(update={"booking": None})
    problem = small_problem(moment, [alone], held.assigned.values())
    for violation in find_violations(problem, Plan(placements=(held.placement(case.id),))):
        if not (reasons and violation.rule == "window"):  # the reasons say why, in better words
            yield violation.sentence


def limited(resources: Mapping[str, Resource], held: Held) -> tuple[str, ...]:
    """Which resources of a placement have a limit of minutes a day."""
    names = sorted({span.resource for span in held.spans()})
    found = ((name, resources.get(name)) for name in names)
    return tuple(n for n, r in found if r is not None and r.minutes_per_day is not None)


def limit_faults(moment: Moment, asked: Asked, others: Mapping[str, Held]) -> Iterator[str]:
    """Limits of minutes a day that a placement breaks.

    Args:
        moment: the department.
        asked: the case and what it is to hold.
        others: what others hold on its limited resources on its days, by case.
    """
    names = limited(moment.resources, asked.held)
    if not names:
        return
    cases = [fixed_case(moment, name, other) for name, other in others.items()]
    placements = [other.placement(name) for name, other in others.items()]
    plan = Plan(placements=(*placements, asked.held.placement(asked.case.id)))
    blanks = [one.model_copy(update={"booking": None}) for one in (asked.case, *cases)]
    for violation in find_violations(small_problem(moment, blanks, names), plan):
        if violation.rule == "minutes-per-day":
            yield f"{violation.subject}: {violation.sentence}"


def unavailable(moment: Moment, held: Held) -> tuple[str, ...]:
    """Which resources are not there for all of their need, one sentence each."""
    found = []
    for span in held.spans():
        resource = moment.resources.get(span.resource)
        if resource is None or not resource.is_there(span.begin, span.end):
            shown = moment.local_span(span.begin, span.end)
            found.append(f"{span.resource} is not available {shown}")
    return tuple(found)


def small_problem(
    moment: Moment, cases: Iterable[Case], resources: Iterable[str]
) -> PlanningProblem:
    """Some cases on some resources of this moment, for the checker to judge."""
    site, known = moment.department.site, moment.resources
    span = site.horizon(moment.now)
    return PlanningProblem(
        format="holdfast-planning",
        version=1,
        site=site.id,
        timezone=site.timezone,
        now=moment.now,
        tick_minutes=site.tick_minutes,
        horizon=Horizon(start=span.start, end=span.end),
        objective=site.prices,
        resources=tuple(known[name] for name in sorted(set(resources)) if name in known),
        cases=tuple(_within(case, span) for case in cases),
    )


def _within(case: Case, span: Window) -> Case:
    inside = WindowSet(Window(a, b) for a, b in case.windows).clip(span.start, span.end)
    return case.model_copy(update={"windows": tuple((w.start, w.end) for w in inside)})
