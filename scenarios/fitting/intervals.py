"""Intervals for shares and rates that were counted, all at 95 %."""

from math import sqrt

from pydantic import NonNegativeInt
from scipy.stats import chi2

from models.base import Frozen

Z = 1.959963984540054
"""97.5 % quantile of the standard normal distribution."""


class Counted(Frozen):
    """A share that was counted, with its interval."""

    count: NonNegativeInt
    of: NonNegativeInt
    share: float | None
    """None where there was nothing to count in."""
    low: float
    high: float


def counted(count: int, of: int) -> Counted:
    """A share with Wilson's score interval (Wilson, J Am Stat Assoc 22, 1927).

    Without anything to count in, the interval is from 0 to 1.
    """
    if of == 0:
        return Counted(count=count, of=0, share=None, low=0.0, high=1.0)
    share, squared = count / of, Z * Z
    middle = (share + squared / (2 * of)) / (1 + squared / of)
    half = Z / (1 + squared / of) * sqrt(share * (1 - share) / of + squared / (4 * of * of))
    low = 0.0 if count == 0 else middle - half
    high = 1.0 if count == of else middle + half
    return Counted(count=count, of=of, share=share, low=low, high=high)


def poisson_mean(events: int, units: int) -> tuple[float, float, float]:
    """Mean events per unit with the exact interval (Garwood, Biometrika 28, 1936).

    Args:
        events: how many there were, in all units together.
        units: days or whatever they were counted over; at least 1.

    Returns:
        Mean, low and high, all per unit.
    """
    low = 0.0 if events == 0 else float(chi2.ppf(0.025, 2 * events)) / 2
    high = float(chi2.ppf(0.975, 2 * events + 2)) / 2
    return events / units, low / units, high / units
