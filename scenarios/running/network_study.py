"""Scenarios over a whole network: edits at all sites or at some, each set against the baseline."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Unpack

from models.calendars import DateRules
from models.errors import HoldfastError, InputError
from scenarios.measures.comparison import Comparison, compare
from scenarios.records import Run
from scenarios.running.crew import Crew
from scenarios.running.network import Network, Subjects
from scenarios.running.network_run import NetworkResult, Running, run_network
from scenarios.scenario import ScenarioDocument, Settings
from scenarios.study import Study, prepare


@dataclass(frozen=True, slots=True)
class NetworkStudy:
    """What is to be run: for each scenario, the subjects of all sites with its edits."""

    network: Network
    scenarios: tuple[tuple[str, Subjects], ...]
    """The baseline first."""
    settings: Settings


@dataclass(frozen=True, slots=True)
class NetworkFound:
    """What came of it."""

    results: dict[str, NetworkResult]
    """By scenario; those that were not begun because it was stopped are absent."""
    comparison: Comparison | None
    """By site and for all sites together; None where it was stopped before anything could be."""


def prepare_network(
    network: Network,
    subjects: Subjects,
    documents: Iterable[ScenarioDocument],
    settings: Settings,
    *,
    rules: DateRules,
    baseline: str = "",
    at: Collection[str] = (),
) -> NetworkStudy:
    """Make all edits at all sites: nothing is run if one of them does not fit.

    Args:
        network: the sites and the transfers between them.
        subjects: by name of the site, as they are.
        documents: scenario files, wholly read.
        settings: how all of them are run.
        rules: dates of public holidays and of recurrence rules.
        baseline: the name of the one that the others are compared with; empty: no edits.
        at: the sites at which edits are made; empty: all.

    Raises:
        InputError: an edit does not fit a site, which is named, or `at` names none of the network.
    """
    names = [site.name for site in network.sites]
    for name in at:
        if name not in names:
            known = ", ".join(names)
            raise InputError(
                f"there is no site {name!r}",
                place=f"network {network.name}",
                remedy=f"choose from {known}",
            )
    listed = tuple(documents)
    studies = {
        name: _prepared(name, subjects, listed, settings, rules=rules, baseline=baseline)
        for name in names
    }
    edited = frozenset(at or names)
    order = [one.name for one in studies[names[0]].compared]
    return NetworkStudy(
        network,
        tuple((name, _subjects_of(studies, place, edited)) for place, name in enumerate(order)),
        settings,
    )


def run_network_study(
    study: NetworkStudy, crew: Crew, *, rules: DateRules, **running: Unpack[Running]
) -> NetworkFound:
    """Run all scenarios over the network, one after another, and compare them.

    Args:
        study: what `prepare_network` made.
        crew: who carries out the runs.
        rules: dates of public holidays and of recurrence rules.
        running: as for `run_all`; a stopped study keeps what is finished.

    Raises:
        HoldfastError: a run failed; it is named, and finished ones are kept.
    """
    results: dict[str, NetworkResult] = {}
    for name, subjects in study.scenarios:
        found = run_network(
            study.network, subjects, study.settings, rules, crew, scenario=name, **running
        )
        results[name] = found
        if found.stopped:
            break
    runs = {name: _whole(study.network, found) for name, found in results.items()}
    compared = {name: made for name, made in runs.items() if made}
    baseline = study.scenarios[0][0]
    return NetworkFound(results, compare(compared, baseline) if baseline in compared else None)


def _prepared(
    name: str,
    subjects: Subjects,
    documents: tuple[ScenarioDocument, ...],
    settings: Settings,
    *,
    rules: DateRules,
    baseline: str,
) -> Study:
    try:
        return prepare(subjects[name], documents, settings, rules=rules, baseline=baseline)
    except HoldfastError as error:
        place = f"site {name}: {error.place}" if error.place else f"site {name}"
        raise type(error)(error.problem, place=place, remedy=error.remedy) from error


def _subjects_of(studies: dict[str, Study], place: int, edited: frozenset[str]) -> Subjects:
    """The subjects of one scenario: with its edits at the sites edited, else as they are."""
    return {
        name: study.compared[place].subject if name in edited else study.subject
        for name, study in studies.items()
    }


def _whole(network: Network, found: NetworkResult) -> tuple[Run, ...]:
    """All runs of a scenario; none where a site is missing."""
    if len(found.sites) < len(network.sites):
        return ()
    return tuple(run for site in found.sites for run in site.runs)
