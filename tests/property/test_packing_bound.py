"""The packing bound is never above the cheapest plan of a small problem, at any prices.

`HOLDFAST_BOUND_PROBLEMS` sets how many problems are tried; each is judged by brute force. On the
reference files the bound is held against plans that are known.
"""

import gzip
import os
from random import Random

import numpy as np
import pytest

from models.problem import PlanningProblem, parse_problem
from solver.bound_day import day_model, prices_of_time
from solver.bound_frame import FRACTION, cheapest_starts
from solver.bound_packing import Prices, packing_bounds, read_packing
from solver.improve_compile import compile_arrays
from tests.shared_data import shared
from tests.strategies import random_problem
from tests.unit.solver.whole_plans import cheapest_plan_cost

PROBLEMS = int(os.environ.get("HOLDFAST_BOUND_PROBLEMS", "150"))
BATCH = 30
MOST_PLANS = 2000


def _at_random_prices(rng: Random, problem: PlanningProblem) -> int:
    """The highest bound in points among some random prices."""
    packing = read_packing(compile_arrays(problem))
    assert packing is not None
    highest = 0
    for _ in range(6):
        dear = rng.choice((0, 10, 100, 2000))
        rows = [rng.randrange(dear * FRACTION + 1) for _ in packing.row_sig]
        slots = np.zeros(packing.room.there.size, dtype=np.int64)
        for _ in range(rng.choice((0, 5, 40))):
            slots[rng.randrange(len(slots))] = rng.randrange(dear * FRACTION + 1)
        row_price = np.array(rows, dtype=np.int64)
        both = Prices(packing, packing.cases).bound(row_price, slots)
        alone = Prices(packing, cheapest_starts(packing.cases)).bound(row_price, None)
        highest = max(highest, -(-both // FRACTION), -(-alone // FRACTION))
    return highest


@pytest.mark.parametrize("batch", range(-(-PROBLEMS // BATCH)))
def test_no_price_lifts_the_bound_above_the_best_plan(batch: int) -> None:
    rng = Random(5000 + batch)
    judged = 0
    for _ in range(BATCH):
        problem = random_problem(rng, cases=rng.choice((2, 2, 3)))
        least = cheapest_plan_cost(problem, most=MOST_PLANS)
        if least is None:
            continue
        judged += 1
        assert _at_random_prices(rng, problem) <= least
        compiled = compile_arrays(problem)
        model = day_model(compiled)
        bounds = list(packing_bounds(compiled, model, prices_of_time(model, 5), 0.05))
        assert max((bound.points for bound in bounds), default=0) <= least
    assert judged > 0


# Costs of plans found, the large ones rounded up.
KNOWN_PLANS = {
    "waiting-40-11": 35_745,
    "waiting-120-12": 152_185,
    "waiting-220-13": 196_000,
    "waiting-300-14": 348_000,
    "waiting-500-15": 622_000,
    "waiting-900-16": 1_445_800,
    "disrupted-120-12": 153_965,
    "disrupted-300-14": 430_670,
    "disrupted-500-15": 720_000,
}


@pytest.mark.shared
@pytest.mark.parametrize("name", sorted(KNOWN_PLANS))
def test_bounds_of_reference_files_are_below_known_plans(name: str) -> None:
    text = gzip.decompress(shared(f"bench/planning/{name}.json.gz").read_bytes())
    compiled = compile_arrays(parse_problem(text, place=name))
    model = day_model(compiled)
    bounds = list(packing_bounds(compiled, model, prices_of_time(model, 60), 1.0))
    assert 0 < bounds[-1].points <= KNOWN_PLANS[name]
