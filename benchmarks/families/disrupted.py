"""Disrupted plans: a waiting list planned and published, then a suite, a nurse and holds fall out.

The plan is the greedy one, so that the problem depends on no search and stays what it is.
"""

from datetime import timedelta
from random import Random

from benchmarks.families.parts import DAY
from benchmarks.families.waiting import waiting
from benchmarks.peers.first_fit import first_fit_plan
from models.plan import Placement
from models.problem import Booking, Case, PlanningProblem, Resource
from models.windows import Window, WindowSet

LOCKED_FOR = timedelta(hours=36)


def disrupted(cases: int, suites: int, days: int, seed: int) -> PlanningProblem:
    """The first suite is closed on the third and fourth day, the first nurse ill for three days."""
    rng = Random(seed)
    problem = waiting(cases, suites, days, seed)
    placed = first_fit_plan(problem).by_case
    begin = problem.horizon.start
    closed = {
        "suite-1": Window(begin + 2 * DAY, begin + 4 * DAY),
        "nurse-1": Window(begin + 2 * DAY, begin + 5 * DAY),
    }
    broken = {c.id for c in problem.cases if c.id in placed and rng.random() < 0.06}
    listed = [_booked(problem, rng, case, placed.get(case.id)) for case in problem.cases]
    late = tuple(_later(case) if case.id in broken else case for case in listed)
    resources = tuple(_shut(r, closed.get(r.id)) for r in problem.resources)
    return problem.model_copy(
        update={"site": f"disrupted-{cases}", "cases": late, "resources": resources}
    )


def _booked(problem: PlanningProblem, rng: Random, case: Case, placement: Placement | None) -> Case:
    if placement is None:
        return case
    booking = Booking(
        start=placement.start,
        assigned=dict(placement.assigned),
        locked=placement.start < problem.now + LOCKED_FOR,
        move_weight=rng.choices((1, 2, 3), (6, 3, 1))[0],
    )
    return case.model_copy(update={"booking": booking})


def _later(case: Case) -> Case:
    """A hold was missed: the case may start three days after its booking, at the earliest."""
    assert case.booking is not None
    if case.booking.locked:
        return case
    ready = case.booking.start + 3 * DAY
    return case.model_copy(update={"windows": tuple(w for w in case.windows if w[0] >= ready)})


def _shut(resource: Resource, closed: Window | None) -> Resource:
    if closed is None:
        return resource
    kept = WindowSet(Window(a, b) for a, b in resource.available) - WindowSet((closed,))
    return resource.model_copy(update={"available": tuple((w.start, w.end) for w in kept)})
