"""A cost that no plan can beat. Here the plainest proof: each case by itself.

`bound_day` has the stronger one, which this one stands in for when time is too short.
"""

from dataclasses import dataclass
from math import gcd

import numpy as np

from solver.improve_arrays import Compiled, Ints


@dataclass(frozen=True, slots=True)
class Bound:
    """A proven lower bound in points, and the proof it comes from."""

    points: int
    kind: str


def own_costs(compiled: Compiled) -> Ints:
    """The least each case can cost by itself: placed at its cheapest start, or left out."""
    data = compiled.data
    least = data.out_cost % compiled.penalty
    for c in range(len(least)):
        first = data.seg_first[c]
        if first < data.seg_first[c + 1]:
            dear = data.out_cost[c] >= compiled.penalty
            cheapest = data.seg_cost[first]
            least[c] = cheapest if dear else min(least[c], cheapest)
    return np.asarray(least, dtype=np.int64)


def own_cost_bound(compiled: Compiled) -> Bound:
    """Every case at its cheapest, as if it were alone."""
    return Bound(whole_prices(compiled, int(own_costs(compiled).sum())), "own-cost")


def whole_prices(compiled: Compiled, points: int) -> int:
    """The least cost from `points` on that sums of this problem's prices can make."""
    data = compiled.data
    step = gcd(
        *(data.out_cost % compiled.penalty).tolist(),
        *data.seg_cost.tolist(),
        *data.open_cost.tolist(),
        *data.change_cost.tolist(),
    )
    return -(-points // step) * step if step > 0 else points
