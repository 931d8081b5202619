"""Compile all that a search compiles, once: `python -m solver.precompile FILE`.

Machine code is kept on disk (`solver.improve_jit`), so that later runs only load it.
"""

import sys
from pathlib import Path

from models.problem import parse_problem
from solver.bound_day import day_model, prices_of_time
from solver.bound_packing import packing_bounds
from solver.improve_compile import compile_arrays
from solver.optimize import Settings, optimize

SECONDS = 300.0
ITERATIONS = 50


def precompile(source: Path) -> int:
    """Run search and proof on a small planning file; the bound that was proven."""
    problem = parse_problem(source.read_bytes(), place=str(source))
    found = optimize(problem, Settings(seconds=SECONDS, workers=1, max_iterations=ITERATIONS))
    compiled = compile_arrays(problem)
    model = day_model(compiled)
    prices = prices_of_time(model, SECONDS)
    proven = [bound.points for bound in packing_bounds(compiled, model, prices, seconds=1.0)]
    return max([found.bound, *proven])


if __name__ == "__main__":
    precompile(Path(sys.argv[1]))
