"""The benchmark of risk: its draw is repeatable, and what it tells of a plan is exact."""

import pytest

from benchmarks.families import waiting
from benchmarks.peers.first_fit import first_fit_plan
from benchmarks.risk import drawn_fragility, outcome, told
from models.checks.scorecard import score
from models.risk import PAIR, Risk, expected_pairs, suite_days

PROBLEM = waiting(cases=12, suites=1, days=2, seed=1)


def test_the_same_seed_draws_the_same_fragility() -> None:
    assert drawn_fragility(PROBLEM, 3) == drawn_fragility(PROBLEM, 3)
    assert drawn_fragility(PROBLEM, 3) != drawn_fragility(PROBLEM, 4)


def test_outcome_is_that_of_plain_loops() -> None:
    risk, plan = Risk(1, drawn_fragility(PROBLEM, 3), 400), first_fit_plan(PROBLEM)
    found = outcome(PROBLEM, plan, risk)
    assert (found.cost, found.placed) == (score(PROBLEM, plan).cost, len(plan.placements))
    assert found.pairs == pytest.approx(expected_pairs(PROBLEM, plan, risk) / PAIR)
    assert 0 < found.worst <= found.lost <= found.pairs
    assert found.worst == max(day.collapse for day in suite_days(PROBLEM, plan, risk))
    assert f"{found.cost:,}" in told("waiting", "risk 1", found)
