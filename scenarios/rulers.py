"""Measures that a scenario takes otherwise than the baseline, so that no verdict may compare them.

Prices, priorities and the weight of moves are what a plan is judged by, and demand is how much
there is to pay for: where an edit changes them, less cost does not mean a better plan.
"""

from collections.abc import Iterator

from models.patients import Referral
from models.problem import PlanningProblem
from scenarios.measures.registry import MEASURES
from scenarios.practice import Practice
from scenarios.running.digests import Subject
from scenarios.scenario import Replay
from scenarios.study import Study

COST = ("cost",)
BY_DUE = ("treated_by_due", "treated_by_due_by_priority")
BY_PRIORITY = tuple(measure.name for measure in MEASURES if measure.name.endswith("_by_priority"))
PRICES = "measured with other prices"
WEIGHTS = "measured with other weights of moves"
PRIORITIES = "measured with other priorities"
DUE = "measured with other due dates"
DEMAND = "of another demand"
JUDGED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (PRICES, COST),
    (WEIGHTS, COST),
    (PRIORITIES, (*COST, *BY_DUE, *BY_PRIORITY)),
    (DUE, (*COST, *BY_DUE)),
    (DEMAND, COST),
)
"""Why measures are not judged, and which."""


def unlike(study: Study) -> dict[str, dict[str, str]]:
    """By scenario: its measures that are not taken as in the baseline, each with how."""
    first, *others = study.compared
    replayed = isinstance(study.settings.run, Replay)
    found = {}
    for one in others:
        pairs = [(first.subjects[site], after) for site, after in one.subjects.items()]
        whys = {why for before, after in pairs for why in _differing(before, after, replayed)}
        if whys:
            found[one.name] = _by_measure(whys)
    return found


def _by_measure(whys: set[str]) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for why, measures in JUDGED:
        for name in measures if why in whys else ():
            found.setdefault(name, []).append(why)
    return {name: ", ".join(said) for name, said in found.items()}


def _differing(before: Subject, after: Subject, replayed: bool) -> Iterator[str]:  # noqa: FBT001 - of the study
    """What of two subjects is not the same, of all that gives measures their meaning."""
    if isinstance(before, Practice) and isinstance(after, Practice):
        yield from _of_practices(before, after)
        coming = before.assumptions.arrivals, after.assumptions.arrivals
        if _referrals(before) != _referrals(after) or (replayed and coming[0] != coming[1]):
            yield DEMAND
    elif isinstance(before, PlanningProblem) and isinstance(after, PlanningProblem):
        yield from _of_problems(before, after)


def _of_practices(before: Practice, after: Practice) -> Iterator[str]:
    first, second = before.site, after.site
    if first.prices != second.prices:
        yield PRICES
    if first.move_weights != second.move_weights:
        yield WEIGHTS
    if first.priorities != second.priorities:
        yield PRIORITIES
    if first.due_days != second.due_days:
        yield DUE


def _referrals(practice: Practice) -> dict[str, Referral]:
    return {known.id: known.referral for known in practice.known}


def _of_problems(before: PlanningProblem, after: PlanningProblem) -> Iterator[str]:
    """Cases are compared where both problems have them; whether they have the same is demand."""
    first, second = before.case_by_id, after.case_by_id
    both = [(first[case], second[case]) for case in first if case in second]
    if before.objective != after.objective:
        yield PRICES
    booked = [(a.booking, b.booking) for a, b in both]
    if any(a and b and a.move_weight != b.move_weight for a, b in booked):
        yield WEIGHTS
    if any(a.priority != b.priority for a, b in both):
        yield PRIORITIES
    if any(a.due != b.due for a, b in both):
        yield DUE
    if first.keys() != second.keys():
        yield DEMAND
