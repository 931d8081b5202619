"""Bookings get their resources back where that costs nothing and breaks nothing."""

from datetime import timedelta
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from solver.settling import settled
from tests.builders import a_case, a_problem, a_resource, at, booked, need
from tests.strategies import random_problem

NINE = at("09:00")
SUITES = [a_resource("s1"), a_resource("s2"), a_resource("s3")]


def at_nine(name: str, suite: str, **more: object) -> Case:
    """An hour's case, booked for nine."""
    return a_case(name, booking=booked(NINE, {"suite": suite}), **more)  # type: ignore[arg-type]


def placed(**suites: str) -> Plan:
    return Plan(
        placements=tuple(
            Placement(case=case, start=NINE, assigned={"suite": suite})
            for case, suite in suites.items()
        )
    )


def suites_of(plan: Plan) -> dict[str, str]:
    return {p.case: p.assigned["suite"] for p in plan.placements}


def test_a_free_booked_resource_is_given_back() -> None:
    problem = a_problem([at_nine("A", "s1")], SUITES)
    assert suites_of(settled(problem, placed(A="s2"))) == {"A": "s1"}


def test_bookings_that_went_round_in_a_ring_all_come_home() -> None:
    problem = a_problem([at_nine("A", "s1"), at_nine("B", "s2"), at_nine("C", "s3")], SUITES)
    assert suites_of(settled(problem, placed(A="s2", B="s3", C="s1"))) == {
        "A": "s1",
        "B": "s2",
        "C": "s3",
    }


def test_a_newcomer_changes_places_with_whoever_was_booked_there() -> None:
    problem = a_problem([at_nine("A", "s1"), a_case("B")], SUITES)
    assert suites_of(settled(problem, placed(A="s2", B="s1"))) == {"A": "s1", "B": "s2"}


def test_a_newcomer_that_can_be_nowhere_else_stays() -> None:
    only_there = a_case("B", need("suite", among=["s1"]))
    problem = a_problem([at_nine("A", "s1"), only_there], SUITES)
    assert suites_of(settled(problem, placed(A="s2", B="s1"))) == {"A": "s2", "B": "s1"}


def test_what_is_closed_is_not_given_back() -> None:
    closed = a_resource("s1", available=[])
    problem = a_problem([at_nine("A", "s1")], [closed, *SUITES[1:]])
    assert suites_of(settled(problem, placed(A="s2"))) == {"A": "s2"}


def test_nothing_is_given_back_that_costs_more() -> None:
    """Only s1 costs something to open."""
    problem = a_problem([at_nine("A", "s1")], [a_resource("s1", open_cost=40), *SUITES[1:]])
    assert suites_of(settled(problem, placed(A="s2"))) == {"A": "s2"}


def test_suites_are_exchanged_for_the_whole_day() -> None:
    """Hour by hour each exchange makes both doctors change suites, for 25 points each."""
    needs = (need("suite"), need("doctor"))
    doctors = [a_resource(name, "doctor", change_cost=25) for name in ("d1", "d2")]
    later = NINE + timedelta(hours=1)
    team = [
        ("A", NINE, "s1", "d1"),
        ("B", later, "s1", "d1"),
        ("C", NINE, "s2", "d2"),
        ("D", later, "s2", "d2"),
    ]
    cases = [
        a_case(name, *needs, booking=booked(start, {"suite": suite, "doctor": doctor}))
        for name, start, suite, doctor in team
    ]
    problem = a_problem(cases, [*SUITES[:2], *doctors])
    other = {"s1": "s2", "s2": "s1"}
    crossed = Plan(
        placements=tuple(
            Placement(case=name, start=start, assigned={"suite": other[suite], "doctor": doctor})
            for name, start, suite, doctor in team
        )
    )
    assert all(c.booked_placement in settled(problem, crossed).placements for c in cases)


def shuffled_plan(problem: PlanningProblem, rng: Random) -> Plan:
    """Cases at their booked start, or on any tick, on resources drawn at random, where they fit."""
    placements: list[Placement] = []
    for case in problem.cases:
        for _ in range(6):
            tick = problem.grid.instant(rng.randrange(problem.grid.ticks))
            start = case.booking.start if case.booking and rng.random() < 0.7 else tick
            drawn = Placement(
                case=case.id,
                start=start,
                assigned={n.role: rng.choice(problem.resources).id for n in case.needs},
            )
            if not broken(problem, Plan(placements=(*placements, drawn))):
                placements.append(drawn)
                break
    return Plan(placements=tuple(placements))


def broken(problem: PlanningProblem, plan: Plan) -> list[str]:
    found = find_violations(problem, plan)
    return [v.sentence for v in found if "left out" not in v.sentence]


def displaced(problem: PlanningProblem, plan: Plan) -> int:
    return sum(
        case.booking.assigned[role] != resource
        for p in plan.placements
        if (case := problem.case_by_id[p.case]).booking and case.booking.start == p.start
        for role, resource in p.assigned.items()
    )


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_whatever_the_plan_starts_stay_rules_hold_and_nothing_costs_more(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng, cases=6)
    plan = shuffled_plan(problem, rng)
    calmer = settled(problem, plan)
    assert broken(problem, calmer) == []
    assert score(problem, calmer).cost <= score(problem, plan).cost
    assert {p.case: p.start for p in calmer.placements} == {
        p.case: p.start for p in plan.placements
    }
    assert displaced(problem, calmer) <= displaced(problem, plan)
