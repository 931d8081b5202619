"""Plans of the reference files after few iterations: they stand, and stay as good as they were."""

import gzip

import pytest

from models.checks.feasibility import find_violations
from models.checks.scorecard import score
from models.problem import parse_problem
from solver.optimize import Settings, optimize
from tests.shared_data import shared

# Far above what the search reaches (benchmarks/plan.py measures that), far below first fit.
CEILINGS = {
    "planning/waiting-40-11": 36_500,
    "planning/waiting-300-14": 380_000,
    "planning/disrupted-300-14": 460_000,
    "external/ihtc-i10": 16_500,
}


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(CEILINGS))
def test_few_iterations_reach_a_good_plan(name: str) -> None:
    text = gzip.decompress(shared(f"bench/{name}.json.gz").read_bytes())
    problem = parse_problem(text, place=name)
    result = optimize(problem, Settings(seconds=120, workers=1, max_iterations=4_000))
    assert find_violations(problem, result.plan) == []
    assert score(problem, result.plan).cost == result.cost
    assert result.bound <= result.cost <= CEILINGS[name]
