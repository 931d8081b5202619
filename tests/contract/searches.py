"""Searches for tests: quick, without a process of their own, and some that misbehave."""

from collections.abc import Mapping

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.errors import SolverError
from models.plan import Placement, Plan
from models.problem import Booking, PlanningProblem
from scheduler.services.night import Answer, Search
from solver.proposals import propose


def one_by_one(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Keep the bookings that stand, then give each other case its cheapest slot, by id."""
    placed: dict[str, Placement] = {}
    locked_first = sorted(problem.cases, key=lambda c: (not (c.booking and c.booking.locked), c.id))
    for case in locked_first:
        booked = case.booked_placement
        if booked and not _broken(problem, [*placed.values(), booked]):
            placed[case.id] = booked
    for case in problem.cases:
        if case.id not in placed:
            offered = propose(_as_placed(problem, placed, case.id), case.id, top=1)
            placed.update((offer.case, offer.placement) for offer in offered)
    plan = Plan(placements=tuple(placed[name] for name in sorted(placed)))
    return Answer(plan=plan, cost=score(problem, plan).cost, bound=0)


def _broken(problem: PlanningProblem, placements: list[Placement]) -> bool:
    found = find_violations(problem, Plan(placements=tuple(placements)))
    left_out = {"mandatory", "locked"}
    return any(v.rule not in left_out or "left out" not in v.sentence for v in found)


def _as_placed(
    problem: PlanningProblem, placed: dict[str, Placement], wanted: str
) -> PlanningProblem:
    """The problem with the plan so far as its bookings; the wanted case keeps its own."""
    cases = []
    for case in problem.cases:
        place = placed.get(case.id)
        booking = (
            Booking(start=place.start, assigned=dict(place.assigned), locked=True)
            if place
            else case.booking
            if case.id == wanted
            else None
        )
        cases.append(case.model_copy(update={"booking": booking}))
    return problem.model_copy(update={"cases": tuple(cases)})


def dies(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """A search whose process is gone."""
    raise SolverError("the search process gave no plan: it was ended by SIGSEGV")


def lies_about_cost(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """A sound plan, one point cheaper than it is."""
    honest = one_by_one(problem, seconds, seed)
    return Answer(plan=honest.plan, cost=honest.cost - 1, bound=0)


def overlaps(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
    """Everybody at the place of the first case."""
    first = one_by_one(problem, seconds, seed).plan.placements[0]
    plan = Plan(
        placements=tuple(first.model_copy(update={"case": case.id}) for case in problem.cases)
    )
    return Answer(plan=plan, cost=score(problem, plan).cost, bound=0)


def to_these(places: Mapping[str, Placement | None]) -> Search:
    """A search that puts some cases where it is told (None: nowhere) and keeps the bookings."""

    def search(problem: PlanningProblem, seconds: int, seed: int) -> Answer:
        kept = {case.id: places.get(case.id, case.booked_placement) for case in problem.cases}
        plan = Plan(placements=tuple(place for place in kept.values() if place))
        return Answer(plan=plan, cost=score(problem, plan).cost, bound=0)

    return search
