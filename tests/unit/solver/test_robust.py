"""Plans by cost and risk: against brute force, by the checker's cost, stopped, and repeated."""

from collections.abc import Iterator
from itertools import product
from random import Random

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.plan import Placement, Plan
from models.problem import Case, PlanningProblem
from models.risk import PAIR, Risk, expected_pairs
from solver.optimize import Progress, Settings, Status
from solver.robust import optimize_robust
from solver.robust_board import RiskBoard
from solver.robust_search import Spread
from solver.worker import solve_in_child
from tests.builders import a_case, a_problem, a_resource, at, between, booked, need, prices
from tests.oracle import choices, placement_of
from tests.strategies import random_problem

COUNTED = Settings(seconds=3600, workers=1, max_iterations=100)
DAYS = tuple(between("08:00", "10:00", day=n) for n in (0, 1))
FRAGILE = 300


def two_suites(*cases: Case, **changes: object) -> PlanningProblem:
    """Two suites with room for two cases of an hour each on Monday and on Tuesday."""
    suites = [a_resource(f"suite-{n}", available=DAYS) for n in (1, 2)]
    return a_problem(cases, suites, tick=60, **changes)  # type: ignore[arg-type]


def four(**members: object) -> list[Case]:
    return [a_case(name, windows=DAYS, **members) for name in "ABCD"]  # type: ignore[arg-type]


def price(problem: PlanningProblem, plan: Plan, risk: Risk) -> int:
    """Cost and risk together in millionths, by the checker and by plain loops."""
    cost = score(problem, plan).cost
    return cost * PAIR + risk.weight * expected_pairs(problem, plan, risk)


def test_fragile_cases_that_sit_together_are_parted() -> None:
    # A and B are fragile: at no cost each shares a suite with one that is not
    risk = Risk(10_000, {"A": 300, "B": 300, "C": 10, "D": 10})
    problem = two_suites(*(a_case(n, windows=DAYS[:1]) for n in "ABCD"))
    found = optimize_robust(problem, risk, COUNTED).result
    # 2 * 0.3 * 0.01 pairs in place of 0.3^2 + 0.01^2
    assert (found.cost, expected_pairs(problem, found.plan, risk)) == (0, 6_000)


def test_risk_is_avoided_for_as_long_as_that_is_worth_its_cost() -> None:
    # one suite: B goes to Tuesday for 10 days' points of waiting when 0.09 pairs are worth more
    suite = a_resource("suite-1", available=DAYS)
    wait = prices(wait_per_day=dict.fromkeys(("emergent", "urgent", "soon", "routine"), 10))
    problem = a_problem(four()[:2], [suite], tick=60, objective=wait)
    fragility = {"A": FRAGILE, "B": FRAGILE}
    together = optimize_robust(problem, Risk(111, fragility), COUNTED).result  # 9.99 points
    apart = optimize_robust(problem, Risk(112, fragility), COUNTED).result  # 10.08 points
    assert (together.cost, apart.cost) == (0, 10)


def test_a_case_that_nobody_knows_is_among_the_most_fragile() -> None:
    # U is not named; it parts from A, not from B or C
    problem = two_suites(*(a_case(n, windows=DAYS[:1]) for n in "ABCU"))
    risk = Risk(10_000, {"A": 300, "B": 0, "C": 0}, otherwise=400)
    plan = optimize_robust(problem, risk, COUNTED).result.plan.by_case
    assert plan["A"].assigned != plan["U"].assigned


def test_what_is_locked_stays_and_others_avoid_it() -> None:
    kept = booked(at("08:00"), {"suite": "suite-1"}, locked=True)
    cases = [a_case("A", windows=DAYS[:1], booking=kept), a_case("B", windows=DAYS[:1])]
    problem = two_suites(*cases)
    plan = optimize_robust(problem, Risk(10_000, {}), COUNTED).result.plan.by_case
    assert plan["A"] == cases[0].booked_placement
    assert plan["B"].assigned == {"suite": "suite-2"}


@pytest.mark.parametrize("mandatory", [True, False])
def test_nobody_is_left_out_for_less_risk(mandatory: bool) -> None:  # noqa: FBT001 - a parameter
    # a pair is dearer than the 4,000 points of leaving one of them out
    suite = a_resource("suite-1", available=DAYS[:1])
    cases = [a_case(n, windows=DAYS[:1], mandatory=mandatory) for n in "AB"]
    problem = a_problem(cases, [suite], tick=60)
    found = optimize_robust(problem, Risk(1_000_000_000, {}), COUNTED).result
    assert (found.placed, found.missing) == (2, ())


def test_without_weight_the_answer_is_that_of_the_plain_search() -> None:
    found = optimize_robust(two_suites(*four()), Risk(0, {}), COUNTED)
    assert (found.result.plan, found.result.cost) == (found.plain, found.plain_cost)


def test_status_and_bound_are_those_of_the_cost() -> None:
    found = optimize_robust(two_suites(*four()), Risk(10_000, {}), COUNTED).result
    # four alone on four suite-days: two of them wait a day at 25 points, which the bound is below
    assert (found.cost, found.bound, found.status) == (50, 0, Status.FEASIBLE)


def test_the_same_seed_repeats_a_plan() -> None:
    problem, risk = random_problem(Random(5), cases=8), Risk(5_000, {}, otherwise=300)
    first, second = (optimize_robust(problem, risk, COUNTED).result.plan for _ in range(2))
    assert first == second


def test_a_stop_request_keeps_the_best_plan() -> None:
    problem, risk = two_suites(*four()), Risk(10_000, {})
    found = optimize_robust(problem, risk, COUNTED, should_stop=lambda: True).result
    assert find_violations(problem, found.plan) == []
    assert score(problem, found.plan).cost == found.cost


def test_progress_tells_plans_at_their_cost() -> None:
    problem, told = two_suites(*four()), list[Progress]()
    optimize_robust(problem, Risk(10_000, {}), COUNTED, on_progress=told.append)
    assert told
    assert all(score(problem, one.plan).cost == one.cost for one in told)


def test_a_child_process_spreads_as_well() -> None:
    problem, risk = two_suites(*four()), Risk(10_000, {"A": 100}, otherwise=300)
    apart = solve_in_child(problem, COUNTED, risk=risk)
    assert (apart.cost, expected_pairs(problem, apart.plan, risk)) == (50, 0)


def plans(problem: PlanningProblem) -> Iterator[Plan]:
    """Every plan of a problem that breaks no rule."""
    alone = [list(_alone(problem, case)) for case in problem.cases]
    for chosen in product(*([None, *placements] for placements in alone)):
        plan = Plan(placements=tuple(placement for placement in chosen if placement))
        if not find_violations(problem, plan):
            yield plan


def _alone(problem: PlanningProblem, case: Case) -> Iterator[Placement]:
    grid = problem.grid
    for tick in range(grid.ticks):
        start = grid.instant(tick)
        for chosen in choices(problem, case) if case.may_start(start) else ():
            placement = placement_of(case, start, chosen)
            rules = {v.rule for v in find_violations(problem, Plan(placements=(placement,)))}
            if not rules - {"mandatory", "locked"}:
                yield placement


def tiny(rng: Random) -> tuple[PlanningProblem, Risk]:
    """Three or four cases, two suites, one doctor who dislikes changing; some are booked."""
    opening, change = rng.choice((0, 5, 40)), rng.choice((0, 15))
    suites = [a_resource(f"suite-{n}", available=DAYS, open_cost=opening) for n in (1, 2)]
    doctors = [a_resource(f"dr-{n}", "doctor", available=DAYS, change_cost=change) for n in (1, 2)]
    cases = []
    for name in "ABCD"[: rng.choice((3, 3, 4))]:
        kept = booked(rng.choice(DAYS)[0], {"suite": "suite-1", "doctor": "dr-1"})
        among = ["dr-1"] if rng.random() < 0.8 else None
        needs = need("suite"), need("doctor", among=among)
        windows = DAYS if rng.random() < 0.7 else DAYS[:1]
        taken = kept if rng.random() < 0.3 else None
        cases.append(a_case(name, *needs, windows=windows, booking=taken))
    risk = Risk(rng.choice((200, 1_000, 20_000)), {c.id: rng.randrange(0, 500) for c in cases})
    return a_problem(cases, [*suites, *doctors], tick=60), risk


@pytest.mark.parametrize("seed", range(8))
def test_tiny_problems_are_solved_as_well_as_by_brute_force(seed: int) -> None:
    problem, risk = tiny(Random(seed))
    found = optimize_robust(problem, risk, COUNTED)
    kept = found.plain.by_case.keys()
    best = min(price(problem, p, risk) for p in plans(problem) if kept <= p.by_case.keys())
    assert price(problem, found.result.plan, risk) == best
    assert score(problem, found.result.plan).cost == found.result.cost


@pytest.mark.parametrize("seed", range(25))
def test_cost_and_risk_never_rise_and_the_checker_agrees(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng, cases=8)
    risk = Risk(3_000, {c.id: rng.randrange(0, 500) for c in problem.cases[:6]}, otherwise=500)
    found = optimize_robust(problem, risk, COUNTED)
    plan = found.result.plan
    broken = {violation.subject for violation in find_violations(problem, plan)}
    assert broken <= set(found.result.missing)
    assert score(problem, plan).cost == found.result.cost
    assert score(problem, found.plain).cost == found.plain_cost
    if not found.result.missing:
        assert price(problem, plan, risk) <= price(problem, found.plain, risk)


@pytest.mark.parametrize("seed", range(10))
def test_sums_on_the_board_are_those_of_plain_loops_at_every_step(seed: int) -> None:
    rng = Random(seed)
    problem = random_problem(rng, cases=8)
    risk = Risk(3_000, {c.id: rng.randrange(0, 500) for c in problem.cases})
    first = optimize_robust(problem, Risk(0, {}), COUNTED).result
    spread = Spread(problem, first.plan, first.cost, risk, seed)
    for _ in range(20):
        spread.step()
        plan = spread.board.plan(spread.board.placed)
        assert spread.board.pairs == expected_pairs(problem, plan, risk)
        assert spread.total % (10**18 * PAIR) == price(problem, plan, risk)


def test_the_cheapest_slot_counts_what_a_case_meets() -> None:
    # C at 0.1 meets A at 0.3 in suite-1, nobody in suite-2, which costs 20 points to open
    cases = [a_case(n, windows=DAYS[:1]) for n in "AC"]
    suites = [
        a_resource("suite-1", available=DAYS[:1]),
        a_resource("suite-2", available=DAYS[:1], open_cost=20),
    ]
    problem = a_problem(cases, suites, tick=60)
    there = Placement(case="A", start=at("08:00"), assigned={"suite": "suite-1"})
    for weight, suite, points in ((600, 0, 18), (700, 1, 20)):
        board = RiskBoard(problem, Risk(weight, {"A": 300, "C": 100}))
        board.hold(there)
        slot = board.best_slot(board.case("C"))
        assert slot is not None
        assert (slot.assigned, slot.cost) == ((suite,), points * PAIR)
