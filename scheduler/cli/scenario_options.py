"""Arguments and options of the scenario commands, and what they come to: documents and settings."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InputError
from scheduler.cli.practice import practice_at, read_base, with_distances_of

if TYPE_CHECKING:
    from scenarios.running.crew import Crew
    from scenarios.scenario import ScenarioDocument, Settings
    from scenarios.study import Base, Study

Named = Annotated[
    str, typer.Argument(metavar="NAME|FILE", help="Name in the library, or a scenario file.")
]
NamedMany = Annotated[
    list[str] | None,
    typer.Argument(metavar="[NAME|FILE]...", help="Names in the library, or scenario files."),
]
Library = Annotated[bool, typer.Option("--library", help="Take every scenario of the library.")]
Mode = Annotated[
    str | None,
    typer.Option(help="plan: one night; replay: weeks, day by day. Else as the files say."),
]
Weeks = Annotated[int | None, typer.Option(min=1, max=520, help="Weeks that a replay measures.")]
WarmUp = Annotated[
    int | None, typer.Option(min=0, max=52, help="Weeks before them that are not measured.")
]
Replications = Annotated[
    int | None, typer.Option(min=1, max=10_000, help="How often a replay is repeated.")
]
Iterations = Annotated[int | None, typer.Option(min=1, help="Steps of the search of each night.")]
Seed = Annotated[int | None, typer.Option(help="Seed of all draws and searches.")]
WorkersOption = Annotated[
    int | None, typer.Option("--processes", min=1, help="Processes; as many as cores if left out.")
]
Dask = Annotated[
    str | None, typer.Option(metavar="ADDRESS", help="Run on the dask cluster of this scheduler.")
]
AtSites = Annotated[
    list[str] | None,
    typer.Option("--at", metavar="SITE", help="Sites of a network to edit, repeatable; else all."),
]
CacheFolder = Annotated[
    Path | None, typer.Option("--cache", help="Folder that keeps finished runs.")
]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Compute all anew and keep nothing.")]
BaselineName = Annotated[
    str, typer.Option("--baseline", help="Compare with this scenario instead of no edits.")
]


def documents_of(names: Sequence[str] | None, *, library: bool) -> "list[ScenarioDocument]":
    """The scenarios that were named, wholly read.

    Raises:
        InputError: a name is in no library and is no file, or a file is wrong.
        BadParameter: nothing was named.
    """
    from scenarios.library.shipped import library_names

    asked = [*(library_names() if library else ()), *(names or ())]
    if not asked:
        raise typer.BadParameter("name a scenario, or give --library")
    return [document_of(name) for name in asked]


def document_of(name: str) -> "ScenarioDocument":
    """The scenario of a file, or else of the library.

    Raises:
        InputError: there is neither, or the file is wrong.
    """
    from difflib import get_close_matches

    from scenarios.library.shipped import library_names, library_scenario
    from scenarios.scenario_files import parse_scenario
    from scheduler.files import read_text

    path = Path(name)
    known = library_names()
    if name in known and not path.is_file():
        return library_scenario(name)
    if not path.exists() and not path.suffix:
        near = get_close_matches(name, known, 1)
        hint = f"nearest: {near[0]}" if near else "list them with `holdfast scenario list`"
        raise InputError(f"the library has no scenario {name!r}, and there is no such file",
                         remedy=hint)  # fmt: skip
    return parse_scenario(
        read_text(path), str(path), read=lambda named: read_text(path.parent / named)
    )


def base_of(
    context: typer.Context,
    on: Path | None,
    *,
    demo: bool,
    demo_cases: int,
    store: str | None,
    now: str | None,
    actor: str | None,
    distances: Path | None = None,
) -> "Base":
    """What the scenarios are run on: a file, the made-up department, or the store.

    Raises:
        InputError: the file, the store or the distances cannot be read.
        BadParameter: two of them were named, or distances where a file says its own.
    """
    from scenarios.study import Base

    if on and (demo or distances):
        raise typer.BadParameter("--on goes without --demo and --distances")
    if on:
        return read_base(on)
    practice = practice_at(context, demo=demo, cases=demo_cases, store=store, now=now, actor=actor)
    return Base.alone(with_distances_of(practice, distances) if distances else practice)


def settings_of(
    documents: "Iterable[ScenarioDocument]",
    mode: str | None,
    seed: int | None,
    **figures: int | None,
) -> "Settings":
    """How all of the scenarios are run: as the options say, else as the files do, else as usual.

    Args:
        documents: the scenarios; those that say how they are run must say the same.
        mode: `plan` or `replay`.
        seed: of draws and searches.
        figures: by name: weeks, warm_up_weeks, replications, iterations.

    Raises:
        InputError: files contradict each other.
        BadParameter: there is no such mode, or a figure that it does not have.
    """
    from scenarios.scenario import Plan, Replay, Settings

    listed = list(documents)
    said = {document.run for document in listed if document.run is not None}
    if mode is None and len(said) > 1:
        raise InputError("the scenarios say different ways to run them", remedy="give --mode")
    modes: dict[str | None, Any] = {"plan": Plan(), "replay": Replay(), None: Plan()}
    if mode not in modes:
        raise typer.BadParameter(f"there is no mode {mode!r}; take plan or replay")
    run = said.pop() if mode is None and said else modes[mode]
    given = {name: value for name, value in figures.items() if value is not None}
    for name in given:
        if name not in type(run).model_fields:
            raise typer.BadParameter(f"--{name.replace('_', '-')} goes with --mode replay")
    seeds = {document.seed for document in listed if document.seed is not None}
    if seed is None and len(seeds) > 1:
        raise InputError("the scenarios say different seeds", remedy="give --seed")
    chosen = seed if seed is not None else min(seeds, default=0)
    return Settings(run=type(run).model_validate(run.model_dump() | given), seed=chosen)


def study_of(
    base: "Base",
    documents: "Sequence[ScenarioDocument]",
    settings: "Settings",
    *,
    named: Sequence[str] | None = None,
    baseline: str = "",
    sites: Sequence[str] | None = None,
) -> "Study":
    """The scenarios applied to what they are run on; nothing is run.

    Args:
        base: what they are run on.
        documents: the scenarios.
        settings: how they are run.
        named: as they were named on the command line: a fault names the file.
        baseline: the one that the others are compared with; empty: no edits.
        sites: those of a network to which the edits apply; all when left out.

    Raises:
        InputError: an edit does not fit, or there is no such baseline or site.
    """
    from scenarios.study import prepare
    from scheduler.site_files import LibraryDates

    rules = LibraryDates()
    try:
        return prepare(base, documents, settings, rules=rules, baseline=baseline, sites=sites or ())
    except InputError as error:
        files = [name for name in named or () if Path(name).is_file()]
        faulty = [name for name in files if f"scenario {document_of(name).name}" in error.place]
        place = ": ".join((*faulty[:1], error.place)) if error.place else ""
        raise InputError(error.problem, place=place, remedy=error.remedy) from error


def kept_in(cache: Path | None, *, no_cache: bool) -> Path | None:
    """The folder that keeps finished runs; None where none are to be kept."""
    from scenarios.running.cache import default_folder

    return None if no_cache else cache or default_folder()


def crew_of(processes: int | None, dask: str | None) -> "Crew":
    """Who carries the runs out.

    Raises:
        InputError: nobody answers at the address.
        BadParameter: both were named.
    """
    if dask and processes:
        raise typer.BadParameter("--processes goes without --dask")
    if dask:
        from scenarios.running.cluster import Cluster

        return Cluster(dask)
    from scenarios.running.crew import Here
    from scenarios.running.pool import Processes

    return Here() if processes == 1 else Processes(processes)
