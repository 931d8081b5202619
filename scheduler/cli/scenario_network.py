"""`scenario network`: scenarios over many sites, each from its own file, run and summed up."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scheduler.cli.options import AsJson
from scheduler.cli.output import note, say, say_json, table
from scheduler.cli.scenario_options import (
    AtSites,
    BaselineName,
    CacheFolder,
    Dask,
    Iterations,
    Library,
    Mode,
    NamedMany,
    NoCache,
    Replications,
    Seed,
    WarmUp,
    Weeks,
    WorkersOption,
    documents_of,
    kept_in,
    settings_of,
    study_of,
)
from scheduler.cli.studying import Asked

if TYPE_CHECKING:
    from scenarios.running.network_run import NetworkResult
    from scenarios.running.network_study import NetworkFound
    from scenarios.running.network_totals import Totals
    from scenarios.running.progress import Progress

STOPPED = 130
"""Exit code of a run that was stopped and has kept what was finished."""
MOST_BARS = 20
"""Sites beyond these share one bar."""
NetworkFile = Annotated[
    Path, typer.Argument(metavar="NETWORK", help="Network file, in YAML or JSON.")
]


def network(
    network_file: NetworkFile,
    named: NamedMany = None,
    *,
    at: AtSites = None,
    library: Library = False,
    baseline: BaselineName = "",
    mode: Mode = None,
    weeks: Weeks = None,
    warm_up_weeks: WarmUp = None,
    replications: Replications = None,
    iterations: Iterations = None,
    seed: Seed = None,
    processes: WorkersOption = None,
    dask: Dask = None,
    cache: CacheFolder = None,
    no_cache: NoCache = False,
    as_json: AsJson = False,
) -> None:
    """Run scenarios over a network of sites; in plan mode patients may go from one to another.

    Without a scenario the network is run as it is. Ctrl-C keeps what is finished; the same again
    goes on from there.
    """
    from scheduler.cli.practice import read_network

    documents = documents_of(named, library=library) if named or library else []
    figures = {"weeks": weeks, "warm_up_weeks": warm_up_weeks, "replications": replications}
    settings = settings_of(documents, mode, seed, iterations=iterations, **figures)
    base = read_network(network_file)
    study = study_of(base, documents, settings, named=named, baseline=baseline, sites=at)
    found = _carried_out(Asked(study, processes, dask, kept_in(cache, no_cache=no_cache)))
    if as_json:
        say_json([_document(name, result) for name, result in found.results.items()])
    else:
        _tell(found)
    if any(result.stopped for result in found.results.values()):
        raise typer.Exit(STOPPED)


def _carried_out(asked: Asked) -> "NetworkFound":
    from scenarios.running.network_study import run_network_study

    study = asked.study
    with asked.under_way(_by_site) as (crew, running):
        found = run_network_study(study, crew, rules=study.rules, **running)
    for result in found.results.values():
        for sentence in result.notes:
            note(f"note: {sentence}")
    return found


def _by_site(progress: "Progress") -> "Progress":
    """The progress with a bar for each site of the scenario under way, or one for many sites."""
    parts = progress.parts
    if len(parts) > MOST_BARS:
        one = replace(parts[0], site="", done=progress.done, total=progress.total)
        return replace(progress, parts=(one,))
    return replace(
        progress, parts=tuple(replace(p, scenario=f"{p.scenario} at {p.site}") for p in parts)
    )


def _tell(found: "NetworkFound") -> None:
    """Sums for each scenario, without transfers and with them, then the sites."""
    rows = [
        (name, which, *_means(totals))
        for name, result in found.results.items()
        for which, totals in (("each alone", result.alone), ("together", result.together))
        if totals and (which == "each alone" or result.sent)
    ]
    heads = ("cases", "treated", "booked", "waiting", "late", "moved", "points")
    table(("scenario", "sites", *heads), rows, right=heads)
    for name, result in found.results.items():
        say()
        say(name)
        _tell_sites(result)


def _means(totals: Iterable["Totals"]) -> tuple[str, ...]:
    """Means over replications."""
    listed = tuple(totals)
    names = ("cases", "treated", "booked", "waiting", "late", "moved", "points")
    return tuple(f"{fmean(getattr(one, name) for one in listed):,.6g}" for name in names)


def _tell_sites(result: "NetworkResult") -> None:
    rows = [
        (
            site.name,
            len(site.sent),
            len(site.received),
            f"{fmean(run.cost for run in site.alone):,.0f}",
            f"{fmean(run.cost for run in site.runs):,.0f}",
        )
        for site in result.sites
    ]
    heads = ("sent", "received", "points alone", "points")
    table(("site", *heads), rows, right=heads)


def _document(name: str, result: "NetworkResult") -> Mapping[str, Any]:
    """A scenario's result as JSON: sums by replication, sites, and who was moved."""
    return {
        "scenario": name,
        "stopped": result.stopped,
        "notes": list(result.notes),
        "alone": [_figures(one) for one in result.alone],
        "together": [_figures(one) for one in result.together],
        "moved": [asdict(one) for one in result.sent],
        "sites": [
            {
                "name": site.name,
                "sent": list(site.sent),
                "received": list(site.received),
                "points_alone": [run.cost for run in site.alone],
                "points": [run.cost for run in site.runs],
            }
            for site in result.sites
        ],
    }


def _figures(totals: "Totals") -> dict[str, int]:
    return {f.name: getattr(totals, f.name) for f in fields(totals)} | {"points": totals.points}
