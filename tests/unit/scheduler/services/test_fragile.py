"""A night that keeps fragile cases apart, as far as its site gives points for that."""

import pytest

from models.checks.judging import cost_of
from models.checks.scorecard import score
from models.plan import Placement, Plan
from models.problem import PlanningProblem
from models.risk import Risk, expected_pairs
from scheduler.bootstrap import Container
from scheduler.services import problems
from scheduler.services.fragile import night_risk
from scheduler.services.night import Answer
from scheduler.store.engine import Store
from solver.optimize import Settings
from solver.revision import Change
from solver.robust import optimize_robust
from solver.settling_risk import settled_with_risk
from tests.builders import a_case, a_problem, a_resource, booked, need
from tests.builders import at as clock
from tests.contract.department import (
    APIXABAN,
    at,
    department_at,
    patient,
    seats,
    small_site,
    with_cases,
)

WEIGHT = 50_000


class Listening:
    """A search that remembers what it was told of risk."""

    def __init__(self) -> None:
        self.told: list[Risk | None] = []

    def __call__(
        self, problem: PlanningProblem, _seconds: int, seed: int, risk: Risk | None = None
    ) -> Answer:
        self.told.append(risk)
        counted = Settings(seconds=3600, seed=seed, workers=1, max_iterations=60)
        result = optimize_robust(problem, risk or Risk(0, {}), counted).result
        return Answer(plan=result.plan, cost=result.cost, bound=result.bound)


def in_one_suite(container: Container) -> Container:
    """A and B, who must stop a drug by agreement of a prescriber, on one list in ten days."""
    with_cases(container, "A", "B", facts=patient("p", APIXABAN))
    for case, start in (("A", at("09:00", 10)), ("B", at("13:00", 10))):
        container.book(case, start, seats(1, start))
    return container


def test_a_site_that_gives_nothing_for_it_searches_without_risk(store: Store) -> None:
    search = Listening()
    report = in_one_suite(department_at(store, search=search)).night(apply=False)
    assert search.told == [None]
    assert "risk" not in report.run.outcome


def test_a_night_parts_fragile_cases_where_the_site_gives_points_for_it(store: Store) -> None:
    search, site = Listening(), small_site(risk={"weight": WEIGHT})
    report = in_one_suite(department_at(store, search=search, site=site)).night(apply=False)
    (risk,) = search.told
    assert risk is not None
    # one of them on another suite at the same start, which costs nothing
    (move,) = report.moves.moves
    before = risk.of("A") * risk.of("B") * WEIGHT // 1_000_000
    assert move.change == Change.REASSIGNED
    assert move.reasons == (f"meets less fragile cases: {before:,} points of risk less",)
    assert f"; risk {before:,} to 0" in report.run.outcome


def test_cases_are_as_fragile_as_their_readiness_and_nobody_is_named(store: Store) -> None:
    container = department_at(store, site=small_site(risk={"weight": WEIGHT}))
    with_cases(container, "A", facts=patient("p", APIXABAN))
    with_cases(container, "B")
    risk = night_risk(container.read(problems.gather_all))
    assert risk is not None
    # of neither is an image of the fracture on record: 1 - 0.985 * 0.9 is 0.1135, rounded up;
    # A stops one drug besides, by an agreement that is open: 1 - 0.8865 * 0.97 * 0.92 is 0.2089
    assert dict(risk.fragility) == {"A": 209, "B": 114}
    assert risk.otherwise == 400


def test_the_site_says_how_fragile_a_case_is(store: Store) -> None:
    own = {"permille": 0, "source": "own log of 2025"}
    risk_rule = {"weight": 1, "always": own, "question": own}
    container = department_at(store, site=small_site(risk=risk_rule))
    risk = night_risk(with_cases(container, "B").read(problems.gather_all))
    assert risk is not None
    assert risk.of("B") == 0


def on_one_list() -> PlanningProblem:
    """A and B booked in s1 with d1, at nine and at ten."""
    needs = need("suite"), need("doctor")
    cases = [
        a_case(name, *needs, booking=booked(clock(start), {"suite": "s1", "doctor": "d1"}))
        for name, start in (("A", "09:00"), ("B", "10:00"))
    ]
    doctors = [a_resource(f"d{n}", "doctor") for n in (1, 2)]
    return a_problem(cases, [a_resource("s1"), a_resource("s2"), *doctors])


def apart(problem: PlanningProblem) -> Plan:
    """B in the other suite with the other doctor."""
    first, second = (case.booked_placement for case in problem.cases)
    assert first
    assert second
    other = Placement(case="B", start=second.start, assigned={"suite": "s2", "doctor": "d2"})
    return Plan(placements=(first, other))


@pytest.mark.parametrize(
    ("risk", "after"),
    [
        (None, {"suite": "s1", "doctor": "d1"}),
        (Risk(WEIGHT, {"A": 300, "B": 0}), {"suite": "s1", "doctor": "d1"}),
        (Risk(WEIGHT, {"A": 300, "B": 300}), {"suite": "s2", "doctor": "d1"}),
    ],
)
def test_suites_are_given_back_unless_that_brings_fragile_cases_together(
    risk: Risk | None, after: dict[str, str]
) -> None:
    problem = on_one_list()
    plan = settled_with_risk(problem, apart(problem), risk, cost_of)
    assert plan.by_case["B"].assigned == after
    assert score(problem, plan).cost == 0
    if risk is not None:
        assert expected_pairs(problem, plan, risk) == 0
