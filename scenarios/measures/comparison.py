"""Scenarios against their baseline: intervals, paired differences, and what may be said of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import isnan, nan

import pandas as pd

from models.errors import InputError
from scenarios.measures.columns import frame
from scenarios.measures.frames import ALL_SITES, Runs, complete, measure_frame, ordered
from scenarios.measures.intervals import (
    EXACT_FROM,
    LEVEL,
    Difference,
    Interval,
    holm,
    mean_interval,
    paired_difference,
)
from scenarios.measures.measure import Better, Measure
from scenarios.measures.registry import MEASURES
from scenarios.records import Run

INTERVALS = "scenario site measure group unit n mean low high spread note"
DIFFERENCES = (
    "scenario baseline site measure group unit better n baseline_mean scenario_mean difference "
    "low high relative p p_exact p_holm verdict basis"
)
Values = Mapping[int, float]
"""Value by replication."""
Key = tuple[str, str, str]
"""Site, measure, group."""


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
    """Neither direction is better by itself."""
    SINGLE_RUN = "single run"
    """One run of each: a difference without an interval."""
    NOT_DEFINED = "not defined"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Several scenarios and their baseline, measured alike."""

    baseline: str
    scenarios: tuple[str, ...]
    """All of them in the order given, the baseline among them."""
    single_run: bool
    """Whether there is only one replication, so that nothing has an interval."""
    values: pd.DataFrame
    """Every measure of every run, as `measure_frame` gives it."""
    intervals: pd.DataFrame
    """Columns: scenario, site, measure, group, unit, n (replications), mean, low, high, spread
    (standard deviation between replications), note (`single run`, `not defined` or empty)."""
    differences: pd.DataFrame
    """Columns: scenario, baseline, site, measure, group, unit, better (`lower`, `higher`,
    `neither`), n (pairs), baseline_mean and scenario_mean (of those pairs), difference (scenario
    less baseline), low, high, relative (difference over the baseline's mean), p (on which the
    verdict rests), p_exact, p_holm (NaN unless asked for), verdict, basis (what it rests on)."""
    notes: tuple[str, ...]
    """What a reader must know to read the tables, in sentences."""
    same: tuple[str, ...] = ()
    """Scenarios that ran exactly as the baseline did."""
    cautions: Mapping[str, str] = field(default_factory=dict)
    """By scenario that such a run cannot tell from the baseline, why; its rows mean nothing."""

    @property
    def site(self) -> str:
        """The site whose rows speak for a whole scenario: the only one, or `ALL_SITES`."""
        sites = set(self.values["site"])
        return ALL_SITES if ALL_SITES in sites else min(sites, default=ALL_SITES)

    def whole(self, table: pd.DataFrame, *, grouped: bool = False) -> pd.DataFrame:
        """The rows of a table for the whole scenario, of the whole or of groups as well."""
        rows = table[table["site"] == self.site]
        chosen = rows if grouped else rows[rows["group"] == ""]
        return chosen.reset_index(drop=True)


def compare(
    runs: Runs,
    baseline: str,
    *,
    measures: Sequence[Measure] = MEASURES,
    adjust: bool = False,
) -> Comparison:
    """Measure all scenarios and set each against the baseline, paired by replication number.

    A replication that lacks one of the sites is left out, and a note says so.

    Args:
        runs: by scenario; of each scenario one run for each replication and site.
        baseline: name of the scenario that the others are set against.
        measures: what to measure, in the order in which tables show them.
        adjust: verdicts by Holm's adjustment for the number of measures judged in a scenario.

    Raises:
        InputError: there is no such baseline, a scenario has no runs, none of a scenario's
            replications is one of the baseline's, or modes or sites differ.
    """
    given, runs = runs, complete(runs)
    _check(runs, baseline)
    values = measure_frame(runs, measures)
    series = _series(values)
    others = [name for name in runs if name != baseline]
    same = {name: _identical(runs[baseline], runs[name]) for name in others}
    by_name = {m.name: m for m in measures}
    rows = [
        row
        for name in others
        for row in _adjusted(
            _judged(series, by_name, baseline, name, same=same[name]), adjust=adjust
        )
    ]
    replications = {run.number for given in runs.values() for run in given}
    return Comparison(
        baseline=baseline,
        scenarios=tuple(runs),
        single_run=len(replications) == 1,
        values=values,
        intervals=frame(INTERVALS, _intervals(series, by_name)),
        differences=frame(DIFFERENCES, (row.cells for row in rows)),
        notes=(
            *_notes(runs, baseline, rows, adjust=adjust),
            *_cut(given, runs),
        ),
        same=tuple(name for name in others if same[name]),
    )


def _check(runs: Runs, baseline: str) -> None:
    if baseline not in runs:
        known = ", ".join(sorted(runs)) or "none"
        raise InputError(f"there is no scenario {baseline!r}", remedy=f"choose one of: {known}")
    first = ordered(baseline, runs[baseline])
    for name in runs:
        _check_alike(baseline, first, name, ordered(name, runs[name]))


def _check_alike(baseline: str, first: Sequence[Run], name: str, other: Sequence[Run]) -> None:
    place = f"scenario {name}"
    if not other:
        raise InputError("it has no runs", place=place, remedy="run it first")
    if {r.mode for r in first} != {r.mode for r in other} or len({r.mode for r in other}) > 1:
        raise InputError("its runs are of another mode", place=place, remedy="run all alike")
    if {r.site for r in first} != {r.site for r in other}:
        raise InputError(f"its sites are not those of {baseline}", place=place, remedy="run all")
    if not {r.number for r in first} & {r.number for r in other}:
        raise InputError(
            f"none of its replications is one of {baseline}", place=place, remedy="run all alike"
        )


def _identical(first: Iterable[Run], second: Iterable[Run]) -> bool:
    """Whether two scenarios ran the same in every replication, save for the time it took."""

    def bare(runs: Iterable[Run]) -> dict[tuple[int, str], Run]:
        return {(r.number, r.site): _timeless(r) for r in runs}

    return bare(first) == bare(second)


def _timeless(run: Run) -> Run:
    nights = tuple(replace(night, seconds=0.0) for night in run.nights)
    return replace(run, seconds=0.0, nights=nights)


_Series = dict[str, dict[Key, Values]]


def _series(values: pd.DataFrame) -> _Series:
    """Values by replication of each scenario, site, measure and group."""
    found: dict[str, dict[Key, dict[int, float]]] = {}
    names = ["scenario", "site", "measure", "group", "replication", "value"]
    columns = (values[name] for name in names)
    for scenario, site, measure, group, number, value in zip(*columns, strict=True):
        by_key = found.setdefault(scenario, {})
        by_key.setdefault((site, measure, group), {})[number] = value
    return {scenario: dict(by_key) for scenario, by_key in found.items()}


def _intervals(series: _Series, measures: Mapping[str, Measure]) -> Iterator[tuple[object, ...]]:
    for scenario, by_key in series.items():
        for (site, name, group), values in by_key.items():
            i = mean_interval(list(values.values()))
            head = (scenario, site, name, group, measures[name].unit)
            yield (*head, i.n, i.mean, i.low, i.high, i.spread, i.note)


@dataclass(frozen=True, slots=True)
class _Judged:
    """One row of differences before it is written down."""

    scenario: str
    baseline: str
    key: Key
    measure: Measure
    difference: Difference
    means: tuple[float, float]
    same: bool
    """Whether the two scenarios ran the same."""
    p_holm: float = nan

    @property
    def counts(self) -> bool:
        """Whether a verdict may come of it."""
        return self.measure.better is not Better.NEITHER and not isnan(self.difference.p)

    @property
    def interval(self) -> Interval:
        """The interval of the difference; [0, 0] of identical runs, however many."""
        found = self.difference.interval
        return replace(found, low=0.0, high=0.0) if self.same and found.n else found

    @property
    def verdict(self) -> Verdict:
        """What may be said of it."""
        n = self.difference.interval.n
        if n == 0:
            return Verdict.NOT_DEFINED
        if self.interval.low == self.interval.high == 0:
            return Verdict.NO_DIFFERENCE
        if self.measure.better is Better.NEITHER:
            return Verdict.NO_JUDGEMENT
        if n < EXACT_FROM:
            return Verdict.SINGLE_RUN if n == 1 else Verdict.TOO_FEW
        return self._tested

    @property
    def _tested(self) -> Verdict:
        """What the tests say of it."""
        p = self.difference.p if isnan(self.p_holm) else self.p_holm
        if p > 1 - LEVEL:
            return Verdict.NOT_DISTINGUISHABLE
        lower = self.interval.mean < 0
        wanted = lower == (self.measure.better is Better.LOWER)
        return Verdict.BETTER if wanted else Verdict.WORSE

    @property
    def cells(self) -> tuple[object, ...]:
        """The row, in the order of `DIFFERENCES`."""
        found, (before, after) = self.interval, self.means
        relative = found.mean / abs(before) if before else nan
        return (
            *(self.scenario, self.baseline, *self.key, self.measure.unit),
            *(self.measure.better.value, found.n, before, after),
            *(found.mean, found.low, found.high, relative),
            *(self.difference.p, self.difference.p_exact, self.p_holm, self.verdict.value),
            "identical runs" if self.same and found.n else self.difference.basis,
        )


def _judged(
    series: _Series, measures: Mapping[str, Measure], baseline: str, scenario: str, *, same: bool
) -> list[_Judged]:
    found = []
    for key, after in series[scenario].items():
        before = series[baseline][key]
        numbers = sorted(n for n in set(before) & set(after) if not isnan(before[n] + after[n]))
        pairs = [(before[n], after[n]) for n in numbers]
        found.append(
            _Judged(
                scenario=scenario,
                baseline=baseline,
                key=key,
                measure=measures[key[1]],
                difference=paired_difference(pairs),
                means=_means(pairs),
                same=same,
            )
        )
    return found


def _means(pairs: Sequence[tuple[float, float]]) -> tuple[float, float]:
    before = mean_interval([b for b, _ in pairs]).mean
    return before, mean_interval([a for _, a in pairs]).mean


def _adjusted(rows: Sequence[_Judged], *, adjust: bool) -> Sequence[_Judged]:
    """The rows with Holm's p, over those that are judged of one site."""
    if not adjust:
        return rows
    done = list(rows)
    for site in sorted({row.key[0] for row in rows}):
        places = [i for i, row in enumerate(rows) if row.key[0] == site and row.counts]
        ps = holm([rows[i].difference.p for i in places])
        for i, p in zip(places, ps, strict=True):
            done[i] = replace(rows[i], p_holm=p)
    return done


def _of_single_runs(mode: str) -> str:
    """Why there are no intervals and verdicts where every scenario was run once."""
    if mode == "plan":
        return (
            "One night, planned once for each scenario: nothing in it is drawn by chance, so that "
            "there is no interval and no verdict. A small difference may be the search's alone; "
            "what a season brings, a replay shows."
        )
    return (
        "Single run: there is one run of each scenario, so that no interval can be given, "
        "save that identical runs differ by exactly 0."
    )


def _cut(given: Runs, kept: Runs) -> Iterator[str]:
    for name in given:
        gone = {run.number for run in given[name]} - {run.number for run in kept[name]}
        if gone:
            numbers = ", ".join(str(number) for number in sorted(gone))
            yield f"{name}: left out, as they lack a site: replications {numbers}."


def _notes(runs: Runs, baseline: str, rows: Sequence[_Judged], *, adjust: bool) -> Iterator[str]:
    numbers = {name: {run.number for run in runs[name]} for name in runs}
    if all(len(have) == 1 for have in numbers.values()):
        yield _of_single_runs(runs[baseline][0].mode)
        return
    yield (
        "Intervals are 95 % by Student's t over replications; differences are scenario less "
        "baseline, paired by replication, which draws the same surprises in every scenario."
    )
    fewest = min(len(have) for have in numbers.values())
    if fewest < EXACT_FROM:
        yield (
            f"Only {fewest} replications: differences are shown and no verdict is given, as even "
            f"{EXACT_FROM - 1} that all point one way may be chance. Run {EXACT_FROM} or more."
        )
    judged = sum(row.counts for row in rows)
    if adjust:
        yield (
            "Verdicts hold for all measures of a scenario together, by Holm's adjustment at 5 %; "
            "the intervals are each for itself."
        )
    elif judged:
        yield (
            f"Each of {judged} judged differences stands for itself at 5 %: where nothing has "
            f"changed at all, some {judged / 20:.0f} of them may still read better or worse."
        )
    for name, have in numbers.items():
        if have != numbers[baseline]:
            both = len(have & numbers[baseline])
            yield f"{name} and {baseline} share {both} replications; only these are paired."
    if len({run.site for run in runs[baseline]}) > 1:
        yield (
            "All sites: cases and hours of all sites of a replication are pooled, each counting "
            "alike, so that large sites weigh more; sums are sums over sites."
        )
