"""Intervals over replications: means by Student's t, differences by pairs, exact tests for few.

A replication is one independent draw of weeks, whatever happens inside it, so that a measure of a
replication - a mean, a median, a share - is one observation. Shares are averaged over replications
and not made from summed numerators and denominators: their sampling error is then that of
a mean of independent values, and pairs can be formed.

Scenarios draw the same surprises in a replication of the same number, so that differences are
taken within pairs (common random numbers): what the draws have in common cancels out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, isnan, nan, sqrt

import numpy as np
from scipy import stats

LEVEL = 0.95
EXACT_FROM = 6
"""Fewest pairs that may have a verdict: if all n differ one way, which is all that they can say,
chance alone does as much with probability 2 / 2**n, which is 0.0625 of 5 and 0.031 of 6."""
LARGE = 30
"""Pairs from which on the t interval stands by itself (central limit theorem)."""
ROUNDING = 1e-9
"""Values that lie no further apart are equal: floats of days, hours, shares and points."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean over replications with its interval.

    There is none (`low` and `high` are NaN) of fewer than two replications, nor of equal values:
    these say nothing of how far others would lie from them.
    """

    n: int
    """Replications of which the value is defined."""
    mean: float
    low: float
    high: float
    spread: float
    """Standard deviation between replications; NaN of fewer than two."""

    @property
    def note(self) -> str:
        """Why there is no interval; empty where there is one."""
        few = {0: "not defined", 1: "single run"}.get(self.n, "")
        return few or ("no spread" if self.spread == 0 else "")


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval:
    """The mean with Student's t interval; values that are not defined (NaN) are left out."""
    known = sorted(v for v in values if not isnan(v))
    n = len(known)
    if n == 0:
        return Interval(n=0, mean=nan, low=nan, high=nan, spread=nan)
    if known[-1] - known[0] <= ROUNDING:
        return Interval(n=n, mean=known[0], low=nan, high=nan, spread=nan if n == 1 else 0.0)
    mean = fsum(known) / n
    spread = sqrt(fsum((v - mean) ** 2 for v in known) / (n - 1))
    half = float(stats.t.ppf((1 + level) / 2, n - 1)) * spread / sqrt(n)
    return Interval(n=n, mean=mean, low=mean - half, high=mean + half, spread=spread)


@dataclass(frozen=True, slots=True)
class Difference:
    """Scenario less baseline over pairs of replications."""

    interval: Interval
    p_t: float
    """Two-sided p of the paired t test; NaN of fewer than two pairs, or without any spread."""
    p_exact: float
    """Two-sided p of the exact signed-rank test; NaN without pairs."""

    @property
    def p(self) -> float:
        """The p on which a verdict rests; NaN of fewer than `EXACT_FROM` pairs.

        Up to `LARGE` pairs both tests must agree, for t rests on normal differences and these may
        be counts. If all pairs differ by the same there is no t, and the exact test stands alone.
        """
        if self.interval.n < EXACT_FROM:
            return nan
        if isnan(self.p_t):
            return self.p_exact
        return self.p_t if self.interval.n >= LARGE else max(self.p_t, self.p_exact)

    @property
    def basis(self) -> str:
        """What the verdict rests on, in words."""
        n = self.interval.n
        if n < 2:
            return self.interval.note
        return f"{n} pairs: {self._tests}"

    @property
    def _tests(self) -> str:
        n = self.interval.n
        if self.interval.spread == self.interval.mean == 0:
            return "none differs"
        if n < EXACT_FROM:
            return f"too few for a test, which needs {EXACT_FROM}"
        if isnan(self.p_t):
            return "all differ alike, exact signed-rank test"
        if n >= LARGE:
            return "t test"
        if self.p_t <= 1 - LEVEL < self.p_exact:
            return "exact signed-rank test does not confirm the t test"
        return "t test and exact signed-rank test"


def paired_difference(pairs: Sequence[tuple[float, float]], level: float = LEVEL) -> Difference:
    """The mean of `scenario - baseline` over pairs `(baseline, scenario)`, with its t interval.

    Pairs in which either is not defined are left out.
    """
    given = (after - before for before, after in pairs)
    differences = [0.0 if abs(d) <= ROUNDING else d for d in given]
    interval = mean_interval(differences, level)
    return Difference(
        interval=interval,
        p_t=_p_t(interval),
        p_exact=signed_rank_p([d for d in differences if not isnan(d)]),
    )


def _p_t(interval: Interval) -> float:
    if interval.n < 2 or interval.spread == 0:
        return nan
    t = interval.mean / (interval.spread / sqrt(interval.n))
    return float(2 * stats.t.sf(abs(t), interval.n - 1))


def signed_rank_p(differences: Sequence[float]) -> float:
    """Two-sided p of Wilcoxon's signed-rank test, exact also with ties.

    Zeros are left out; tied sizes share the mean of their ranks. The distribution is that of all
    signs being equally likely, built up rank by rank. 1 when all differences are 0, NaN of none.
    """
    if not differences:
        return nan
    other = [d for d in differences if d != 0]
    if not other:
        return 1.0
    ranks = np.rint(2 * stats.rankdata(np.abs(other))).astype(int)  # doubled: mid-ranks are halves
    positive = int(ranks[np.array(other) > 0].sum())
    chance = np.zeros(int(ranks.sum()) + 1)
    chance[0] = 1.0
    for rank in ranks:
        moved = np.roll(chance, rank)
        moved[:rank] = 0.0
        chance = (chance + moved) / 2
    tails = chance[: positive + 1].sum(), chance[positive:].sum()
    return float(min(1.0, 2 * min(tails)))


def holm(ps: Sequence[float]) -> tuple[float, ...]:
    """Holm's step-down adjusted p values in the order given; NaN stays and is not counted.

    Source: S. Holm, Scandinavian Journal of Statistics 6, 1979.
    """
    order = sorted((p, place) for place, p in enumerate(ps) if not isnan(p))
    adjusted = [nan] * len(ps)
    highest = 0.0
    for rank, (p, place) in enumerate(order):
        highest = max(highest, min(1.0, p * (len(order) - rank)))
        adjusted[place] = highest
    return tuple(adjusted)
