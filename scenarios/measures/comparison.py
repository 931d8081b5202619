"""Scenarios against their baseline: intervals, paired differences, and what may be said of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from models.errors import InputError
from scenarios.measures.columns import frame
from scenarios.measures.frames import ALL_SITES, Runs, complete, measure_frame, ordered
from scenarios.measures.intervals import EXACT_FROM, mean_interval
from scenarios.measures.measure import Measure
from scenarios.measures.registry import MEASURES
from scenarios.measures.verdicts import Judged, Series, adjusted, judged, series_of
from scenarios.records import Run

INTERVALS = "scenario site measure group unit n replications mean low high spread note"
DIFFERENCES = (
    "scenario baseline site measure group unit better n replications baseline_mean scenario_mean "
    "difference low high relative p p_exact p_holm verdict basis remark"
)
Unlike = Mapping[str, Mapping[str, str]]
"""By scenario: its measures that are taken otherwise than in the baseline, each with how."""


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
    """Columns: scenario, site, measure, group, unit, n (replications of which it is defined),
    replications (all of them), mean, low, high, spread (standard deviation between replications),
    note (`single run`, `not defined`, `no spread` or empty)."""
    differences: pd.DataFrame
    """Columns: scenario, baseline, site, measure, group, unit, better (`lower`, `higher`,
    `neither`), n (pairs), replications (that both have), baseline_mean and scenario_mean (of those
    pairs), difference (scenario less baseline), low, high, relative (difference over the
    baseline's mean), p (on which the verdict rests), p_exact, p_holm (NaN unless asked for),
    verdict, basis (what it rests on), remark (what must be known besides; most often empty)."""
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
    unlike: Unlike | None = None,
) -> Comparison:
    """Measure all scenarios and set each against the baseline, paired by replication number.

    A replication that lacks one of the sites is left out, and a note says so.

    Args:
        runs: by scenario; of each scenario one run for each replication and site.
        baseline: name of the scenario that the others are set against.
        measures: what to measure, in the order in which tables show them.
        adjust: verdicts by Holm's adjustment for the number of measures judged in a scenario.
        unlike: measures that are not judged, as the scenario's figure has another meaning.

    Raises:
        InputError: there is no such baseline, a scenario has no runs, none of a scenario's
            replications is one of the baseline's, or modes or sites differ.
    """
    given, runs = runs, complete(runs)
    _check(runs, baseline)
    values = measure_frame(runs, measures)
    series = series_of(values)
    others = [name for name in runs if name != baseline]
    same = {name: _identical(runs[baseline], runs[name]) for name in others}
    by_name = {m.name: m for m in measures}
    rows = []
    for name in others:
        barred = (unlike or {}).get(name, {})
        own = judged(series, by_name, (baseline, name), barred, same=same[name])
        rows += adjusted(own) if adjust else own
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


def _intervals(series: Series, measures: Mapping[str, Measure]) -> Iterator[tuple[object, ...]]:
    for scenario, by_key in series.items():
        for (site, name, group), values in by_key.items():
            i = mean_interval(list(values.values()))
            head = (scenario, site, name, group, measures[name].unit)
            yield (*head, i.n, len(values), i.mean, i.low, i.high, i.spread, i.note)


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


def _notes(runs: Runs, baseline: str, rows: Sequence[Judged], *, adjust: bool) -> Iterator[str]:
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
    counted = sum(row.counts for row in rows)
    if adjust:
        yield (
            "Verdicts hold for all measures of a scenario together, by Holm's adjustment at 5 %; "
            "the intervals are each for itself."
        )
    elif counted:
        yield (
            f"Each of {counted} judged differences stands for itself at 5 %: where nothing has "
            f"changed at all, some {counted / 20:.0f} of them may still read better or worse."
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
