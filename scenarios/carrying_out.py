"""From a study to what it found: its tasks run by a crew, measured and compared."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Unpack

import pandas as pd

from scenarios.cautions import cautions
from scenarios.measures.comparison import Comparison, compare
from scenarios.measures.pictures import moved_after_stop
from scenarios.presence import unsteady
from scenarios.records import Run
from scenarios.rulers import unlike
from scenarios.running.crew import Crew
from scenarios.running.fan_out import run_all
from scenarios.running.network_run import NetworkResult, Running
from scenarios.running.network_study import run_network_study
from scenarios.scenario import Plan
from scenarios.study import Compared, Study, by_scenario
from scenarios.unseen import unseen


@dataclass(frozen=True, slots=True)
class Ran:
    """The runs of a study, and how they came about."""

    runs: dict[str, tuple[Run, ...]]
    """By scenario, the baseline first; those that have no run yet are left out."""
    computed: int
    kept: int
    """Read from disk."""
    missing: str = ""
    """What was not run, in a sentence; empty where nothing is missing."""
    notes: tuple[str, ...] = ()
    """What a reader should know of how it was run."""


@dataclass(frozen=True, slots=True)
class Found:
    """What came of a study."""

    study: Study
    ran: Ran
    comparison: Comparison | None
    """None where the baseline has no run yet."""

    @property
    def moved(self) -> pd.DataFrame:
        """Who was moved after the stop date, as `moved_after_stop` tells it."""
        compared = self.comparison.scenarios if self.comparison else ()
        return moved_after_stop({name: self.ran.runs[name] for name in compared})


def carry_out(
    study: Study, crew: Crew, *, adjust: bool = False, **running: Unpack[Running]
) -> Found:
    """Run a study and compare what it found; one that is stopped keeps what is finished.

    Args:
        study: what is run.
        crew: who runs it; stays open.
        adjust: verdicts by Holm's adjustment for the number of measures.
        **running: where finished runs are kept, who is told of them, and who may stop it, as
            `run_all` takes them.

    Raises:
        HoldfastError: a run failed; it is named, and finished ones are kept.
    """
    network = study.base.network
    if network is not None and network.transfers and isinstance(study.settings.run, Plan):
        ran = _exchanging(study, crew, running)
    else:
        ran = _side_by_side(study, crew, running)
    comparison = None
    if study.baseline in ran.runs:
        paired = _paired(ran.runs, study.baseline)
        found = compare(paired, study.baseline, adjust=adjust, unlike=unlike(study))
        comparison = _with_cautions(study, found, paired, ran.notes)
    return Found(study, ran, comparison)


def _with_cautions(
    study: Study, found: Comparison, runs: Mapping[str, tuple[Run, ...]], notes: Sequence[str]
) -> Comparison:
    """The comparison with what a reader must know of single scenarios, and of how it was run."""
    silent = {name: why for name, why in unseen(study).whole.items() if name in found.scenarios}
    alike = [name for name in found.same if name not in silent]
    told = [*cautions(study, found.scenarios), *unsteady(runs), *found.notes, *notes]
    if alike and isinstance(study.settings.run, Plan):
        told.append(f"{', '.join(alike)}: this one night is planned exactly as the baseline's.")
    return replace(found, notes=tuple(told), cautions=silent)


def _side_by_side(study: Study, crew: Crew, running: Running) -> Ran:
    """Every site for itself."""
    tasks = study.tasks()
    results = run_all(tasks, crew, **running)
    return Ran(
        runs={name: made for name, made in by_scenario(tasks, results.runs).items() if made},
        computed=results.computed,
        kept=results.kept,
        missing=results.words(),
        notes=results.notes,
    )


def _exchanging(study: Study, crew: Crew, running: Running) -> Ran:
    """Sites that may send patients to each other: one scenario after the other."""
    done = run_network_study(study, crew, rules=study.rules, **running).results
    whole = {name: result for name, result in done.items() if not result.stopped}
    left = [one.name for one in study.compared if one.name not in whole]
    return Ran(
        runs={name: tuple(run for s in r.sites for run in s.runs) for name, r in whole.items()},
        computed=sum(result.computed for result in done.values()),
        kept=sum(result.kept for result in done.values()),
        missing=f"scenarios that are missing: {', '.join(left)}" if left else "",
        notes=tuple(_network_notes(study.compared, whole)),
    )


def _network_notes(compared: tuple[Compared, ...], done: dict[str, NetworkResult]) -> Iterator[str]:
    for one in compared:
        if one.name in done:
            yield from done[one.name].notes
            sent = len(done[one.name].sent)
            patients = "1 patient is" if sent == 1 else f"{sent} patients are"
            yield f"{one.name}: {patients} treated at another site of the network."


def _paired(runs: dict[str, tuple[Run, ...]], baseline: str) -> dict[str, tuple[Run, ...]]:
    """Those that share a replication with the baseline: a stopped study may have others."""
    numbers = {run.number for run in runs[baseline]}
    return {name: made for name, made in runs.items() if numbers & {run.number for run in made}}
