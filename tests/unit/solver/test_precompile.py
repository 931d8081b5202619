"""What installing compiles is what a plan runs."""

from pathlib import Path

from models.problem import parse_problem
from solver.optimize import Settings, optimize
from solver.precompile import precompile

EXAMPLE = Path(__file__).parents[3] / "examples" / "one-suite.json"


def test_it_proves_a_bound_that_no_plan_beats() -> None:
    problem = parse_problem(EXAMPLE.read_bytes(), place="example")
    found = optimize(problem, Settings(seconds=20, workers=1, max_iterations=50))
    assert 0 < precompile(EXAMPLE) <= found.cost
