"""The long frame of measures: one row for each scenario, site, replication, measure and group."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from models.errors import InputError
from scenarios.measures.columns import frame
from scenarios.measures.little import check_law
from scenarios.measures.measure import Measure
from scenarios.measures.registry import MEASURES
from scenarios.measures.view import View
from scenarios.records import Run

Runs = Mapping[str, Sequence[Run]]
"""Runs by scenario, in the order in which tables show the scenarios; the runs in any order."""
ALL_SITES = "all sites"
"""In the column `site`: the sites of one replication pooled, every case counting alike."""
COLUMNS = "scenario site replication measure group value unit"


def measure_frame(runs: Runs, measures: Sequence[Measure] = MEASURES) -> pd.DataFrame:
    """Every measure of every run.

    Columns: scenario, site, replication, measure, group (`""`: the whole), value (NaN: not
    defined), unit. Where a scenario has several sites, rows of `ALL_SITES` pool each replication.
    A group that any run has is given for all: 0 for sums, else NaN where a run has none of it.
    Measures that a plan cannot have (`Measure.modes`) are left out of plan runs.

    Raises:
        InputError: a site has two runs of one replication, sites of a replication are missing, or
            records contradict themselves or what a replay counted live.
    """
    found = [one for scenario in runs for one in _measured(scenario, runs[scenario], measures)]
    return frame(COLUMNS, _rows(found))


def ordered(scenario: str, runs: Iterable[Run]) -> tuple[Run, ...]:
    """The runs of one scenario by replication and site.

    Raises:
        InputError: a site has two runs of one replication.
    """
    by_key: dict[tuple[int, str], Run] = {}
    for run in runs:
        if (run.number, run.site) in by_key:
            raise InputError(
                f"there are two runs of replication {run.number} at {run.site}",
                place=f"scenario {scenario}",
                remedy="give each replication once",
            )
        by_key[run.number, run.site] = run
    return tuple(by_key[key] for key in sorted(by_key))


def replications_of(scenario: str, runs: Iterable[Run]) -> dict[int, tuple[Run, ...]]:
    """The runs of each replication, one for each site.

    Raises:
        InputError: a replication lacks a site that another has, so that it cannot be pooled.
    """
    found: dict[int, list[Run]] = {}
    for run in ordered(scenario, runs):
        found.setdefault(run.number, []).append(run)
    sites = sorted({run.site for group in found.values() for run in group})
    for number, group in found.items():
        missing = sorted(set(sites) - {run.site for run in group})
        if missing:
            raise InputError(
                f"replication {number} has no run of {missing[0]}",
                place=f"scenario {scenario}",
                remedy="leave out replications that are not complete",
            )
    return {number: tuple(group) for number, group in found.items()}


def complete(runs: Runs) -> dict[str, tuple[Run, ...]]:
    """The runs of those replications that have a run of every site of their scenario.

    Raises:
        InputError: a site has two runs of one replication.
    """
    found: dict[str, tuple[Run, ...]] = {}
    for name in runs:
        given = ordered(name, runs[name])
        sites = {run.site for run in given}
        count = Counter(run.number for run in given)
        found[name] = tuple(run for run in given if count[run.number] == len(sites))
    return found


@dataclass(frozen=True, slots=True)
class _Measured:
    """One measure of one replication at one site, or at all of them."""

    scenario: str
    site: str
    number: int
    measure: Measure
    values: Mapping[str, float]


def _measured(
    scenario: str, runs: Iterable[Run], measures: Sequence[Measure]
) -> Iterator[_Measured]:
    for number, group in replications_of(scenario, runs).items():
        fitting = [m for m in measures if all(run.mode in m.modes for run in group)]
        views = [View(run) for run in group]
        for view in views:
            check_law(view)
        for measure in fitting:
            seen = [(view.run.site, tuple(measure.observe(view))) for view in views]
            if len(seen) > 1:
                seen.append((ALL_SITES, tuple(one for _, part in seen for one in part)))
            for site, part in seen:
                yield _Measured(scenario, site, number, measure, measure.reduced(part))


def _rows(found: Sequence[_Measured]) -> Iterator[tuple[object, ...]]:
    """The rows, with those for groups that only other runs have; groups in a fixed order."""
    groups: dict[str, set[str]] = {}
    for one in found:
        groups.setdefault(one.measure.name, set()).update(one.values)
    for one in found:
        measure = one.measure
        for group in _in_order(measure, groups[measure.name]):
            value = one.values.get(group, measure.absent)
            head = (one.scenario, one.site, one.number)
            yield (*head, measure.name, group, value, measure.unit)


def _in_order(measure: Measure, groups: set[str]) -> tuple[str, ...]:
    """The measure's own groups first, as it gives them; then the others by name."""
    own = tuple(group for group in measure.groups if group in groups)
    return (*own, *sorted(groups - set(own)))
