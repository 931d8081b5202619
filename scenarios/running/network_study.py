"""Scenarios over a whole network: edits at all sites or at some, each set against the baseline."""

from dataclasses import dataclass
from typing import Unpack

from models.calendars import DateRules
from models.errors import InputError
from scenarios.measures.comparison import Comparison, compare
from scenarios.records import Run
from scenarios.rulers import unlike
from scenarios.running.crew import Crew
from scenarios.running.network import Network
from scenarios.running.network_run import NetworkResult, Running, run_network
from scenarios.study import Study


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """What came of it."""

    results: dict[str, NetworkResult]
    """By scenario; those that were not begun because it was stopped are absent."""
    comparison: Comparison | None
    """By site and for all sites together; None where it was stopped before anything could be."""


def run_network_study(
    study: Study, crew: Crew, *, rules: DateRules, **running: Unpack[Running]
) -> NetworkFound:
    """Run all scenarios over the network, one after another, and compare them.

    Args:
        study: of a network.
        crew: who carries out the runs.
        rules: dates of public holidays and of recurrence rules.
        running: as for `run_all`; a stopped study keeps what is finished.

    Raises:
        InputError: it is not of a network.
        HoldfastError: a run failed; it is named, and finished ones are kept.
    """
    network = study.base.network
    if network is None:
        raise InputError("this is one site", remedy="give a network file")
    results: dict[str, NetworkResult] = {}
    for one in study.compared:
        found = run_network(
            network, one.subjects, study.settings, rules, crew, scenario=one.name, **running
        )
        results[one.name] = found
        if found.stopped:
            break
    runs = {name: _whole(network, found) for name, found in results.items()}
    compared = {name: made for name, made in runs.items() if made}
    baseline = study.baseline
    if baseline not in compared:
        return NetworkFound(results, None)
    return NetworkFound(results, compare(compared, baseline, unlike=unlike(study)))


def _whole(network: Network, found: NetworkResult) -> tuple[Run, ...]:
    """All runs of a scenario; none where a site is missing."""
    if len(found.sites) < len(network.sites):
        return ()
    return tuple(run for site in found.sites for run in site.runs)
