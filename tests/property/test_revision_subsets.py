"""Any subset of a revision that is closed under its dependencies is feasible with all that stays.

The plans are made at random, not searched, so that many bookings change places with each other.
"""

from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.checks.feasibility import find_violations
from models.errors import RefusedError
from models.plan import Placement, Plan
from models.problem import Booking, Case, PlanningProblem
from solver.proposals import propose
from solver.revision import Revision, revision
from tests.strategies import random_problem

EXAMPLES = 60
CASES = 6


def random_plan(problem: PlanningProblem, rng: Random) -> Plan:
    """Each case, in any order, at any free slot or where it is booked; one in eight left out."""
    placed: dict[str, Placement] = {}
    free = [c for c in problem.cases if not (c.booking and c.booking.locked)]
    for case in problem.cases:
        if case.booking and case.booking.locked and case.booked_placement:
            placed[case.id] = case.booked_placement
    for case in rng.sample(free, len(free)):
        offered = propose(_around(problem, placed, case.id), case.id, top=30)
        if offered and rng.random() < 0.875:
            placed[case.id] = rng.choice(offered).placement
    return Plan(placements=tuple(placed[name] for name in sorted(placed)))


def _around(problem: PlanningProblem, placed: dict[str, Placement], wanted: str) -> PlanningProblem:
    """The problem with the plan so far as its bookings."""

    def fixed(case: Case) -> dict[str, object]:
        place = placed.get(case.id)
        if place:
            kept = Booking(start=place.start, assigned=dict(place.assigned), locked=True)
            return {"booking": kept}
        return {"booking": case.booking if case.id == wanted else None}

    return _changed(problem, fixed)


def rebooked(problem: PlanningProblem, rng: Random) -> PlanningProblem:
    """The problem with a random plan as its bookings, in which no case has to be placed.

    One booking in six is on what was booked at first, and mostly stands no longer.
    """
    plan = random_plan(_changed(problem, _unpromised), rng).by_case

    def promised(case: Case) -> dict[str, object]:
        place = plan.get(case.id)
        if place is None or rng.random() < 1 / 6:
            return {"mandatory": False, "booking": _unlocked(case)}
        locked = rng.random() < 1 / 12
        booking = Booking(start=place.start, assigned=dict(place.assigned), locked=locked)
        return {"mandatory": False, "booking": booking}

    return _without_lost_locks(_changed(problem, promised))


def _without_lost_locks(problem: PlanningProblem) -> PlanningProblem:
    """The problem without the locks of bookings that others keep from standing."""
    booked = Plan(placements=tuple(p for c in problem.cases if (p := c.booked_placement)))
    if not find_violations(problem, booked):
        return problem
    return _changed(problem, lambda case: {"booking": _unlocked(case)})


def _unlocked(case: Case) -> Booking | None:
    return case.booking and case.booking.model_copy(update={"locked": False})


def _unpromised(_: Case) -> dict[str, object]:
    return {"mandatory": False, "booking": None}


def _changed(
    problem: PlanningProblem, update: Callable[[Case], dict[str, object]]
) -> PlanningProblem:
    cases = tuple(case.model_copy(update=update(case)) for case in problem.cases)
    return problem.model_copy(update={"cases": cases})


def told(seed: int) -> tuple[PlanningProblem, Revision, Random]:
    """A problem with a random revision of its bookings."""
    rng = Random(seed)
    problem = rebooked(random_problem(rng, cases=CASES), rng)
    return problem, revision(problem, random_plan(problem, rng)), rng


def some_of(found: Revision, rng: Random) -> list[str]:
    changed = [change.case for change in found.changed]
    return rng.sample(changed, rng.randint(0, len(changed)))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_closed_subsets_break_no_rule(seed: int) -> None:
    problem, found, rng = told(seed)
    for _ in range(3):
        chosen = found.with_dependencies(some_of(found, rng))
        assert find_violations(problem, found.exactly(chosen)) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_what_is_left_after_rejecting_breaks_no_rule(seed: int) -> None:
    problem, found, rng = told(seed)
    rejected = found.with_dependents(some_of(found, rng))
    kept = {change.case for change in found.changed} - rejected
    assert found.missing(kept) == ()
    assert find_violations(problem, found.exactly(kept)) == []


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_nothing_accepted_meets_a_booking_that_stays_though_it_no_longer_stands(seed: int) -> None:
    """In the department such a booking keeps its resources until it is moved."""
    problem, found, rng = told(seed)
    chosen = found.with_dependencies(some_of(found, rng))
    left = [c.before for c in found.changes if c.forced and c.case not in chosen and c.before]
    both = Plan(placements=(*found.exactly(chosen).placements, *left))
    meetings = {v.sentence for v in find_violations(problem, both) if v.rule == "overlap"}
    before = Plan(placements=tuple(c.before for c in found.changes if c.before))
    known = {v.sentence for v in find_violations(problem, before) if v.rule == "overlap"}
    accepted_now = {s for s in meetings - known if any(f"{case}/" in s for case in chosen)}
    assert accepted_now == set()


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_subset_that_is_not_closed_is_refused_with_the_names_that_are_missing(seed: int) -> None:
    _, found, rng = told(seed)
    chosen = some_of(found, rng)
    missing = found.missing(chosen)
    assert set(missing) == found.with_dependencies(chosen) - set(chosen)
    if missing:
        with pytest.raises(RefusedError, match=", ".join(missing)):
            found.exactly(chosen)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_members_of_a_group_are_only_accepted_together(seed: int) -> None:
    _, found, _ = told(seed)
    for group in found.groups:
        assert len({found.with_dependencies([case]) for case in group}) == 1
        assert len({found.with_dependents([case]) for case in group}) == 1
    members = [case for group in found.groups for case in group]
    assert len(members) == len(set(members))


def test_without_dependencies_subsets_do_break_rules() -> None:
    """The control: the same subsets, accepted as if no change waited for another."""
    broken, circles = 0, 0
    for seed in range(60):
        problem, found, rng = told(seed)
        free = Revision(tuple(replace(c, depends_on=()) for c in found.changes))
        broken += bool(find_violations(problem, free.exactly(some_of(found, rng))))
        circles += bool(found.groups)
    assert broken >= 5
    assert circles >= 3
