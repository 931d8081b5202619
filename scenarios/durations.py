"""Looking up how long a case takes: quantile functions and the groups of a duration model.

Everything here is pure: a draw is the quantile at a uniform number that the caller brings.
"""

from bisect import bisect_right
from itertools import pairwise

from scenarios.assumptions import Durations, Quantiles

ANY = "*"
"""Part of a group's key that the history does not tell: it stands for every value."""
MOST_LEVELS = 3
"""Cases with so many vertebral levels or more are one group."""


def duration_key(
    procedure: str, levels: int, sedation: str, proceduralist: str
) -> tuple[str, str, str, str]:
    """The key of a case in a duration model, from general to special.

    Who carries it out comes last: it is not known yet when minutes are booked.

    Args:
        procedure: key of the catalogue, or the code that the history has.
        levels: number of vertebral levels; 0 counts as 1, since there are those without any.
        sedation: `none`, `moderate`, `deep` or `anaesthesia`.
        proceduralist: id of the one who carries it out.
    """
    return procedure, levels_band(levels), sedation, proceduralist


def levels_band(levels: int) -> str:
    """`1`, `2` or `3+`."""
    return f"{MOST_LEVELS}+" if levels >= MOST_LEVELS else str(max(1, levels))


def ratio_for(durations: Durations, key: tuple[str, ...]) -> Quantiles:
    """Actual over catalogue minutes of the most special group known, `durations.scale` left out.

    Args:
        durations: the model.
        key: ordered (procedure, levels, sedation, proceduralist); it may end early. A part that the
            model does not know ends the descent: the longest known prefix counts.
    """
    groups = durations.by_key
    known: tuple[str, ...] = ()
    for part in key:
        deeper = next((k for k in ((*known, part), (*known, ANY)) if k in groups), None)
        if deeper is None:
            break
        known = deeper
    return groups[known].ratio


def expected_quantile(durations: Durations, key: tuple[str, ...], level: float) -> float:
    """Actual over catalogue minutes at a level for a case, `durations.scale` taken in."""
    return durations.scale * quantile(ratio_for(durations, key), level)


def minutes(durations: Durations, key: tuple[str, ...], catalogue: float, level: float) -> float:
    """Minutes that the procedure takes with probability `level` at most, given the catalogue's."""
    return catalogue * expected_quantile(durations, key, level)


def planned_minutes(durations: Durations, key: tuple[str, ...], catalogue: float) -> float:
    """Minutes to book: those of the planned quantile, or the catalogue's where none is planned."""
    level = durations.planned_quantile
    return catalogue if level is None else minutes(durations, key, catalogue, level)


def quantile(q: Quantiles, level: float) -> float:
    """The value at a level from 0 to 1, linear between those given; beyond the ends, the ends."""
    if level <= q.levels[0]:
        return q.values[0]
    if level >= q.levels[-1]:
        return q.values[-1]
    right = bisect_right(q.levels, level)
    low, high = q.levels[right - 1], q.levels[right]
    share = (level - low) / (high - low)
    return _between(q.values[right - 1], q.values[right], share)


def _between(low: float, high: float, share: float) -> float:
    """Linear, in a form that rounding never makes fall as the share rises, nor pass the end."""
    return min(high, low + share * (high - low))


def draw(q: Quantiles, u: float) -> float:
    """One draw by inverse transform, `u` being uniform on [0, 1)."""
    return quantile(q, u)


def share_below(q: Quantiles, value: float) -> float:
    """The largest level whose value is at most `value`: the distribution function."""
    if value < q.values[0]:
        return 0.0
    if value >= q.values[-1]:
        return 1.0
    right = bisect_right(q.values, value)
    low, high = q.values[right - 1], q.values[right]
    share = (value - low) / (high - low)
    return _between(q.levels[right - 1], q.levels[right], share)


def mean(q: Quantiles) -> float:
    """The mean of the distribution: the integral of its quantile function, by trapezes."""
    points = zip(q.levels, q.values, strict=True)
    return sum((l1 - l0) * (v0 + v1) / 2 for (l0, v0), (l1, v1) in pairwise(points))
