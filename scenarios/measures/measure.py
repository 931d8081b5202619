"""What a measure is: data that says what is seen in a run and how it becomes one number.

A measure looks at one replication. Each thing seen has a value, the group it belongs to and a
weight; the reduction makes one number of each group. Several sites of one replication are pooled:
all that was seen at any of them is reduced together, so that every case (or minute) counts alike
wherever it was, and sums are sums over sites.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import fsum, nan
from typing import NamedTuple

from scenarios.measures.view import View

FEWEST_IN_GROUP = 5
"""Cases a group must have to be set against others: the mean of fewer says little of the group."""
TINY = 1e-12
"""For the rounding of products of survival."""
UNKNOWN = "unknown"
"""The group of those of whom it is not known; never compared with others."""
BOTH = ("plan", "replay")
REPLAY = ("replay",)
"""For what cannot happen in a plan: nobody is late, ill or gone in it."""


class Seen(NamedTuple):
    """One thing seen in a run."""

    value: float
    group: str = ""
    weight: float = 1.0
    """What a ratio divides by; 0 marks a survival time that was cut off; else without effect."""


class Better(StrEnum):
    """Which way an administrator wants a measure to go."""

    LOWER = "lower"
    HIGHER = "higher"
    NEITHER = "neither"


class Reduce(StrEnum):
    """How what was seen of a group becomes one number."""

    SUM = "sum"
    MEAN = "mean"
    MEDIAN = "median"
    P90 = "90th percentile"
    RATIO = "ratio"
    """Sum of values over sum of weights."""
    SURVIVAL_MEDIAN = "median by Kaplan-Meier"
    """Of times some of which were cut off: these lasted at least so long."""
    MEAN_GAP = "gap of means"
    """Largest less smallest mean of the groups; the result itself has no group."""
    MEDIAN_GAP = "gap of medians"


def mean(values: Sequence[float]) -> float:
    """Arithmetic mean, the same in whatever order; NaN of nothing."""
    return fsum(values) / len(values) if values else nan


def quantile(values: Sequence[float], level: float) -> float:
    """The quantile by linear interpolation between order statistics; NaN of nothing."""
    if not values:
        return nan
    ordered = sorted(values)
    place = level * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def median(values: Sequence[float]) -> float:
    """The middle value, or the mean of the two middle ones; NaN of nothing."""
    return quantile(values, 0.5)


def _p90(values: Sequence[float]) -> float:
    return quantile(values, 0.9)


def _ratio(seen: Sequence[Seen]) -> float:
    weight = fsum(s.weight for s in seen)
    return fsum(s.value for s in seen) / weight if weight > 0 else nan


def survival_median(seen: Sequence[Seen]) -> float:
    """The first time that no more than half outlast; NaN where more than half outlast them all.

    Product-limit estimate of E. L. Kaplan and P. Meier, Journal of the American Statistical
    Association 53, 1958. Times that were cut off leave the risk set after the events at that time.
    """
    lasting, at_risk = 1.0, len(seen)
    for one in sorted(seen, key=lambda s: (s.value, -s.weight)):
        if one.weight > 0:
            lasting *= 1 - 1 / at_risk
            if lasting <= 0.5 + TINY:
                return one.value
        at_risk -= 1
    return nan


OF_SEEN: Mapping[Reduce, Callable[[Sequence[Seen]], float]] = {
    Reduce.RATIO: _ratio,
    Reduce.SURVIVAL_MEDIAN: survival_median,
}
OF_VALUES: Mapping[Reduce, Callable[[Sequence[float]], float]] = {
    Reduce.SUM: fsum,
    Reduce.MEAN: mean,
    Reduce.MEDIAN: median,
    Reduce.P90: _p90,
}
OF_GROUPS: Mapping[Reduce, Callable[[Sequence[float]], float]] = {
    Reduce.MEAN_GAP: mean,
    Reduce.MEDIAN_GAP: median,
}


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: its name, its unit, what it means, and how it is got from runs."""

    name: str
    title: str
    """What a table calls it."""
    unit: str
    words: str
    """What is counted, and how the ends of the window are treated, for an administrator."""
    better: Better
    observe: Callable[[View], Iterable[Seen]]
    reduce: Reduce
    grouped: bool = False
    groups: tuple[str, ...] = ()
    """Groups that are told of in any case."""
    modes: tuple[str, ...] = BOTH
    subject: str = ""
    """Under which tables show it, set by the registry."""

    def of(self, views: Iterable[View]) -> dict[str, float]:
        """The value of each group over the sites of one replication; `""` is the whole."""
        return self.reduced([seen for view in views for seen in self.observe(view)])

    def reduced(self, seen: Sequence[Seen]) -> dict[str, float]:
        """The value of each group of what was seen."""
        if self.reduce in OF_GROUPS:
            return {"": _gap(seen, OF_GROUPS[self.reduce])}
        sorted_out: dict[str, list[Seen]] = defaultdict(list)
        for one in seen:
            sorted_out[one.group if self.grouped else ""].append(one)
        known = sorted(set(sorted_out) - set(self.groups))
        names = (*self.groups, *known) if self.grouped else ("",)
        return {name: self._one(sorted_out.get(name, ())) for name in names}

    @property
    def absent(self) -> float:
        """The value of a group of which nothing was seen: 0 for sums, else not defined."""
        return 0.0 if self.reduce is Reduce.SUM else nan

    def _one(self, seen: Sequence[Seen]) -> float:
        if self.reduce in OF_SEEN:
            return OF_SEEN[self.reduce](seen)
        return OF_VALUES[self.reduce]([s.value for s in seen])


def _gap(seen: Sequence[Seen], middle: Callable[[Sequence[float]], float]) -> float:
    by_group: dict[str, list[float]] = defaultdict(list)
    for one in seen:
        by_group[one.group].append(one.value)
    middles = [
        middle(values)
        for group, values in by_group.items()
        if group != UNKNOWN and len(values) >= FEWEST_IN_GROUP
    ]
    return max(middles) - min(middles) if len(middles) > 1 else nan
