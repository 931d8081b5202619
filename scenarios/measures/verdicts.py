"""What may be said of differences: pairs of replications, tests, and what forbids a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from math import isnan, nan

import pandas as pd

from scenarios.measures.intervals import (
    EXACT_FROM,
    LARGE,
    LEVEL,
    Difference,
    Interval,
    holm,
    mean_interval,
    paired_difference,
)
from scenarios.measures.measure import Better, Measure

Values = Mapping[int, float]
"""Value by replication."""
Key = tuple[str, str, str]
"""Site, measure, group."""
Series = dict[str, dict[Key, Values]]
"""Values by replication of each scenario, site, measure and group."""
Pair = tuple[float, float]
"""Of the baseline and of the scenario, in one replication."""


class Verdict(StrEnum):
    """What may be said of a difference."""

    BETTER = "better"
    WORSE = "worse"
    NOT_DISTINGUISHABLE = "not distinguishable"
    TOO_FEW = "too few runs to tell"
    """Fewer pairs than any exact test needs: a difference with its interval, and no verdict."""
    NO_DIFFERENCE = "no difference"
    """Exactly none in any pair of several, or between identical runs."""
    NO_JUDGEMENT = "no judgement"
    """Neither direction is better by itself, or the two are not measured alike."""
    SINGLE_RUN = "single run"
    """One run of each: a difference without an interval."""
    NOT_DEFINED = "not defined"


@dataclass(frozen=True, slots=True)
class Judged:
    """One difference, and what may be said of it."""

    scenario: str
    baseline: str
    key: Key
    measure: Measure
    difference: Difference
    """Over the pairs of which both are defined."""
    means: Pair
    """Over the same pairs."""
    replications: int
    """Those that both have, whether or not the measure is defined in them."""
    undefined: tuple[int, int]
    """In how many of them it is not: of the baseline, and of the scenario."""
    same: bool
    """Whether the two scenarios ran the same."""
    unlike: str = ""
    """How the measure is taken otherwise than in the baseline; empty: alike."""
    p_holm: float = nan

    @property
    def counts(self) -> bool:
        """Whether a verdict may come of it."""
        wanted = self.measure.better is not Better.NEITHER
        return wanted and not self.barred and not isnan(self.difference.p)

    @property
    def barred(self) -> str:
        """Why a verdict would mislead; empty where nothing is in its way."""
        if self.unlike:
            return self.unlike
        before, after = self.undefined
        if before == after:
            return ""
        return (
            f"not defined in {after} of {self.replications} replications of the scenario and in "
            f"{before} of the baseline"
        )

    @property
    def interval(self) -> Interval:
        """The interval of the difference; [0, 0] of identical runs, however many."""
        found = self.difference.interval
        return replace(found, low=0.0, high=0.0) if self.same and found.n else found

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        found = self.difference.interval
        if found.n == 0:
            return Verdict.NOT_DEFINED
        if self.same or (found.mean == found.spread == 0 and not self.barred):
            return Verdict.NO_DIFFERENCE
        if self.measure.better is Better.NEITHER or self.barred:
            return Verdict.NO_JUDGEMENT
        if found.n < EXACT_FROM:
            return Verdict.SINGLE_RUN if found.n == 1 else Verdict.TOO_FEW
        return self._tested

    @property
    def _p(self) -> float:
        return self.difference.p if isnan(self.p_holm) else self.p_holm

    @property
    def _tested(self) -> Verdict:
        """What the tests say of it."""
        if self._p > 1 - LEVEL:
            return Verdict.NOT_DISTINGUISHABLE
        lower = self.interval.mean < 0
        wanted = lower == (self.measure.better is Better.LOWER)
        return Verdict.BETTER if wanted else Verdict.WORSE

    @property
    def basis(self) -> str:
        """What the verdict rests on, or why there is none."""
        if self.same and self.interval.n:
            return "identical runs"
        return f"not judged: {self.barred}" if self.barred else self.difference.basis

    @property
    def remark(self) -> str:
        """What a reader of the row must know besides; empty of most."""
        n = self.interval.n
        few = f"{n} of {self.replications} pairs" if 0 < n < self.replications else ""
        return "; ".join(part for part in (few, self._why_none or self._beside_interval) if part)

    @property
    def _why_none(self) -> str:
        judged = self.measure.better is not Better.NEITHER and not self.same
        return self.basis if self.barred and judged else ""

    @property
    def _beside_interval(self) -> str:
        """Why a difference whose interval leaves 0 out is not distinguishable all the same."""
        found = self.interval
        if self.verdict is not Verdict.NOT_DISTINGUISHABLE or not found.low * found.high > 0:
            return ""
        if self.difference.p <= 1 - LEVEL:
            return "the interval leaves 0 out, but stands for this measure alone"
        return (
            "the interval leaves 0 out, but the exact signed-rank test, which fewer than "
            f"{LARGE} pairs need as well, does not confirm it"
        )

    @property
    def cells(self) -> tuple[object, ...]:
        """The row, in the order of the table of differences."""
        found, (before, after) = self.interval, self.means
        relative = found.mean / abs(before) if before else nan
        return (
            *(self.scenario, self.baseline, *self.key, self.measure.unit),
            *(self.measure.better.value, found.n, self.replications, before, after),
            *(found.mean, found.low, found.high, relative),
            *(self.difference.p, self.difference.p_exact, self.p_holm, self.verdict.value),
            *(self.basis, self.remark),
        )


def series_of(values: pd.DataFrame) -> Series:
    """The values of a frame of measures."""
    found: dict[str, dict[Key, dict[int, float]]] = {}
    names = ["scenario", "site", "measure", "group", "replication", "value"]
    columns = (values[name] for name in names)
    for scenario, site, measure, group, number, value in zip(*columns, strict=True):
        by_key = found.setdefault(scenario, {})
        by_key.setdefault((site, measure, group), {})[number] = value
    return {scenario: dict(by_key) for scenario, by_key in found.items()}


def judged(
    series: Series,
    measures: Mapping[str, Measure],
    names: tuple[str, str],
    unlike: Mapping[str, str],
    *,
    same: bool,
) -> list[Judged]:
    """Every measure of a scenario against the baseline.

    Args:
        series: the values of both.
        measures: by name.
        names: of the baseline and of the scenario.
        unlike: by measure that is taken otherwise than in the baseline, how.
        same: whether the two ran the same.
    """
    baseline, scenario = names
    found = []
    for key, after in series[scenario].items():
        before = series[baseline][key]
        shared = [(before[n], after[n]) for n in sorted(set(before) & set(after))]
        pairs = [pair for pair in shared if not isnan(sum(pair))]
        found.append(
            Judged(
                scenario=scenario,
                baseline=baseline,
                key=key,
                measure=measures[key[1]],
                difference=paired_difference(pairs),
                means=_means(pairs),
                replications=len(shared),
                undefined=(sum(isnan(b) for b, _ in shared), sum(isnan(a) for _, a in shared)),
                same=same,
                unlike=unlike.get(key[1], ""),
            )
        )
    return found


def _means(pairs: Sequence[Pair]) -> Pair:
    before = mean_interval([b for b, _ in pairs]).mean
    return before, mean_interval([a for _, a in pairs]).mean


def adjusted(rows: Sequence[Judged]) -> list[Judged]:
    """The rows with Holm's p, over those that are judged of one site."""
    done = list(rows)
    for site in sorted({row.key[0] for row in rows}):
        places = [i for i, row in enumerate(rows) if row.key[0] == site and row.counts]
        ps = holm([rows[i].difference.p for i in places])
        for i, p in zip(places, ps, strict=True):
            done[i] = replace(rows[i], p_holm=p)
    return done
