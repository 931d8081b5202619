"""Problems in which only whether a case fits has a price: the full resources as a packing.

Two views are tried in turn. Where interchangeable resources are all but full, the cases are dealt
to them by length alone and put in order afterwards. Otherwise the cases that want the same single
resources become blocks, and only the order of the blocks is searched.
"""

import time
from collections.abc import Callable, Iterator
from random import Random

import numpy as np

from solver.cpsat.packing_blocks import block_packings
from solver.cpsat.packing_full import full_packings
from solver.cpsat.whole import Standing
from solver.improve_arrays import Compiled

FULL_SHARE = 0.5


def only_places_count(compiled: Compiled) -> bool:
    """Whether no start or resource is dearer than another, and nothing is limited by day."""
    data = compiled.data
    if data.open_cost.any() or data.limited.any() or data.change_cost.any() or data.fixed.any():
        return False
    return all(
        len(np.unique(data.seg_cost[a:b])) <= 1
        for a, b in zip(data.seg_first[:-1], data.seg_first[1:], strict=True)
    )


def packings(
    compiled: Compiled,
    seconds: float,
    *,
    seed: int = 0,
    workers: int = 1,
    should_stop: Callable[[], bool] = lambda: False,
) -> Iterator[Standing]:
    """Starts and resources for the cases that want what is scarce; later ones place more.

    Cases that want nothing scarce may have no start: there is room for them elsewhere.

    Args:
        compiled: a problem in which `only_places_count`.
        seconds: time limit of all together.
        seed: of the random choices.
        workers: threads of the solver.
        should_stop: asked several times a second, in another thread too.
    """
    began = time.monotonic()

    def stop_at(share: float) -> Callable[[], bool]:
        return lambda: should_stop() or time.monotonic() - began >= share * seconds

    rng = Random(seed)
    yield from full_packings(compiled, rng, workers=workers, should_stop=stop_at(FULL_SHARE))
    yield from block_packings(compiled, rng, stop_at(1.0))
