"""Common random numbers: every draw depends on what it is for, and never on what was drawn before.

A draw is keyed by the seed, the number of the replication, a purpose and names (a case, a day). So
a scenario changes nothing that it does not touch, and differences between scenarios are paired.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

from scenarios.assumptions import Chance, Quantiles
from scenarios.durations import quantile

_SPAN = 1 << 53
"""Doubles between 0 and 1 that are equally far apart."""
_LARGE_MEAN = 500.0
"""Above it e^-mean would lose its digits; such a mean is drawn in parts."""


@dataclass(frozen=True, slots=True)
class Draws:
    """All draws of one replication."""

    seed: int
    number: int

    def uniform(self, purpose: str, *names: object) -> float:
        """A number from [0, 1)."""
        key = "\x1f".join((str(self.seed), str(self.number), purpose, *map(str, names)))
        digest = blake2b(key.encode(), digest_size=8).digest()
        return (int.from_bytes(digest, "big") >> 11) / _SPAN

    def happens(self, chance: Chance, purpose: str, *names: object) -> bool:
        """Whether something happens; what happens at a chance also does at every higher one."""
        return self.uniform(purpose, *names) < chance.share

    def value(self, of: Quantiles, purpose: str, *names: object) -> float:
        """A value from a distribution, by its quantiles."""
        return quantile(of, self.uniform(purpose, *names))

    def count(self, mean: float, purpose: str, *names: object) -> int:
        """A Poisson number, never falling as the mean rises."""
        parts = max(1, math.ceil(mean / _LARGE_MEAN))
        each = mean / parts
        return sum(
            _poisson(each, self.uniform(purpose, *names, *([part] if part else [])))
            for part in range(parts)
        )

    def index(self, weights: Sequence[float], purpose: str, *names: object) -> int:
        """A position, drawn by weights.

        Args:
            weights: none below 0, their sum above 0.
            purpose: what the draw is for.
            *names: what tells it apart from others of the purpose.
        """
        left = self.uniform(purpose, *names) * math.fsum(weights)
        for position, weight in enumerate(weights):
            left -= weight
            if left < 0:
                return position
        return max(position for position, weight in enumerate(weights) if weight > 0)


def _poisson(mean: float, level: float) -> int:
    """The smallest number whose cumulative chance exceeds a level."""
    chance = math.exp(-mean)
    total, number = chance, 0
    while total <= level and chance > 0:
        number += 1
        chance *= mean / number
        total += chance
    return number
