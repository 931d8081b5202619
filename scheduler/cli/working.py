"""`clock` and `worker`: the processes that ask for nights and run them; `runs` lists them."""

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import say, say_json, table

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.nights.leading import Pulse, Searching
    from scheduler.services.night import Search

Stores = Annotated[
    list[str] | None,
    typer.Option(
        "--store",
        metavar="URL",
        help="Store of a site, repeatable (else HOLDFAST_STORE, else ./holdfast.sqlite).",
    ),
]
Once = Annotated[bool, typer.Option("--once", help="Look once, then end.")]
NightSeconds = Annotated[
    int, typer.Option("--night-seconds", min=1, max=86_400, help="Time a night may search.")
]
MemoryMb = Annotated[
    int, typer.Option("--memory-mb", min=64, help="Most memory of the search process.")
]
NIGHT_SECONDS = 600
MEMORY_MB = 4096


def clock(
    *,
    store: Stores = None,
    night_seconds: NightSeconds = NIGHT_SECONDS,
    every: Annotated[
        float, typer.Option(min=0.05, metavar="SECONDS", help="Time between two looks.")
    ] = 30,
    once: Once = False,
    as_json: AsJson = False,
) -> None:
    """Ask for each night when it is due, until stopped. One clock is needed, two do no harm."""
    from scheduler import logs
    from scheduler.nights.processes import Clock, until_told
    from scheduler.records_nights import RunOrder

    logs.configure()
    sites = open_stores(store)
    ticking = Clock(sites, RunOrder(seconds=night_seconds), sites[0].ids.new("clock"))
    with until_told() as told:
        _tell("clock", ticking.process, as_json=as_json)
        if once:
            ticking.tick()
        else:
            ticking.run(told, every=every)


def worker(
    *,
    store: Stores = None,
    lease_seconds: Annotated[
        float,
        typer.Option(min=1, help="Silence after which another worker takes a night over."),
    ] = 120,
    poll: Annotated[
        float, typer.Option(min=0.05, metavar="SECONDS", help="Time between two looks.")
    ] = 2,
    memory_mb: MemoryMb = MEMORY_MB,
    studies: Annotated[
        bool, typer.Option(help="Also carry out runs of scenarios that were asked for.")
    ] = True,
    study_processes: Annotated[
        int, typer.Option(min=1, help="Processes of one run of a scenario.")
    ] = 1,
    once: Once = False,
    as_json: AsJson = False,
) -> None:
    """Run the nights that were asked for, and the chores of the day, until stopped.

    Runs of scenarios are carried out beside them, one at a time, at low priority.
    """
    from scheduler.jobs.destinations import read_notices
    from scheduler.jobs.registry import chores
    from scheduler.nights.processes import Worker, until_told
    from scheduler.settings import Settings

    sites = open_stores(store)
    working = Worker(
        sites,
        searching(memory_mb),
        sites[0].ids.new("worker"),
        chores(read_notices(Settings.from_environment(os.environ).notices)),
        timedelta(seconds=lease_seconds),
    )
    if studies:
        working.studies = _studies(sites, working.process, study_processes, memory_mb)
    with until_told() as told:
        _tell("worker", working.process, as_json=as_json)
        if once:
            working.to_end = told.is_set
            working.live()
            working.do_chores()
            working.turn()
            working.study()
        else:
            working.run(told, poll=poll)


def _studies(
    sites: "list[Container]", process: str, workers: int, memory_mb: int
) -> "Callable[[Callable[[], bool]], bool]":
    """The worker's turns at runs of scenarios."""
    from scheduler.whatif.studies import Studies

    return Studies(sites, process, workers=workers, memory_mb=memory_mb).turn


def list_runs(
    department: "Container",
    *,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: AsJson = False,
) -> None:
    """List runs, newest first: what was asked for, by whom, and how each ended."""
    found = department.runs(limit=limit)
    if as_json:
        say_json([run.model_dump(mode="json") for run in found])
        return
    tz = department.department().site.tz
    table(
        ("run", "job", "night", "asked for", "state", "status", "outcome"),
        [
            (
                run.id,
                run.job,
                run.night,
                f"{run.requested_at.astimezone(tz):%a %d %b %H:%M} by {run.requested_by}",
                run.state.value,
                run.status.value if run.status else "",
                run.outcome,
            )
            for run in found
        ],
    )


def cancel_run(
    department: "Container",
    run: Annotated[str, typer.Argument(metavar="RUN", help="Id of the run.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Cancel a run that waits, or ask its worker to end it; the plan stands as it was."""
    from scheduler.services import runs

    after = department.write(lambda desk: runs.cancel(desk, run))
    if as_json:
        say_json(after.model_dump(mode="json"))
    else:
        say(after.outcome or "its worker is asked to end it")


def request_run(
    department: "Container",
    *,
    seconds: Annotated[int, typer.Option(min=1, max=86_400, help="Time to search.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Ask the worker for a night; the site's rule says what of it is applied."""
    from scheduler.records_nights import RunOrder
    from scheduler.services import runs

    order = RunOrder(seconds=seconds, seed=seed)
    run = department.write(lambda desk: runs.request(desk, order))
    if as_json:
        say_json(run.model_dump(mode="json"))
    else:
        say(run.id)


def open_stores(stores: Sequence[str] | None) -> "list[Container]":
    """The services over each store that was named, or the one of the environment."""
    from scheduler.bootstrap import open_container
    from scheduler.settings import Settings

    environment = Settings.from_environment(os.environ)
    return [
        open_container(environment.model_copy(update={"store": target}))
        for target in stores or [environment.store]
    ]


def searching(memory_mb: int) -> "Searching":
    """The search of the worker: in a child process, with its signs of life."""
    from scheduler.services.search import child_search

    def made(pulse: "Pulse") -> "Search":
        return child_search(
            on_progress=pulse.progress, should_stop=pulse.should_stop, memory_mb=memory_mb
        )

    return made


def _tell(kind: str, process: str, *, as_json: bool) -> None:
    if as_json:
        say_json({kind: process})
    else:
        say(f"{kind} {process} is running")


COMMANDS: Commands = {"clock": clock, "worker": worker}
RUNS: Commands = {
    "list": on_store(list_runs),
    "request": on_store(request_run),
    "cancel": on_store(cancel_run),
}
