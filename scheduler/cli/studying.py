"""Commands that run scenarios: the options they share, and the study that these come to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Concatenate, ParamSpec

import typer

from scheduler.cli.context import ActorOption, NowOption, StoreOption
from scheduler.cli.output import note
from scheduler.cli.practice import ON_DEMO, DemoCases, Distances, OnDemo, OnFile
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
    base_of,
    crew_of,
    documents_of,
    kept_in,
    settings_of,
    study_of,
)

if TYPE_CHECKING:
    from scenarios.carrying_out import Found
    from scenarios.running.crew import Crew
    from scenarios.running.network_run import Running
    from scenarios.running.progress import Progress
    from scenarios.study import Study

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Asked:
    """A study that is wholly checked, and who is to carry it out."""

    study: "Study"
    processes: int | None
    dask: str | None
    cache: Path | None
    """Folder of finished runs; None: none are kept."""

    def carry_out(self, *, adjust: bool = False) -> "Found":
        """Run it, with its progress on stderr; Ctrl-C keeps what is finished."""
        from scenarios.carrying_out import carry_out

        with self.under_way() as (crew, running):
            return carry_out(self.study, crew, adjust=adjust, **running)

    @contextmanager
    def under_way(
        self, shown: "Callable[[Progress], Progress]" = lambda progress: progress
    ) -> "Iterator[tuple[Crew, Running]]":
        """Who runs it, and what a run is given besides: results kept, progress told, Ctrl-C.

        Args:
            shown: what is shown of the progress.
        """
        from scenarios.cautions import cautions
        from scenarios.running.cache import Cache
        from scheduler.cli.progress import stop_requests
        from scheduler.cli.runs_progress import RunsProgress

        for sentence in cautions(self.study, [one.name for one in self.study.compared]):
            note(f"note: {sentence}")
        kept = Cache(self.cache) if self.cache else None
        with (
            crew_of(self.processes, self.dask) as crew,
            stop_requests("stopping; what is finished is kept") as stop,
            RunsProgress() as bars,
        ):
            yield (
                crew,
                {
                    "cache": kept,
                    "on_progress": lambda progress: bars.update(shown(progress)),
                    "should_stop": stop,
                },
            )


def asked(
    context: typer.Context,
    named: NamedMany = None,
    *,
    library: Library = False,
    baseline: BaselineName = "",
    on: OnFile = None,
    at: AtSites = None,
    demo: OnDemo = False,
    demo_cases: DemoCases = ON_DEMO,
    distances: Distances = None,
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
    store: StoreOption = None,
    now: NowOption = None,
    actor: ActorOption = None,
) -> Asked:
    """The study that the options ask for; all edits are applied, and nothing is run.

    Raises:
        InputError: a scenario, the file it is run on, or the store cannot be used.
        BadParameter: options contradict each other.
    """
    documents = documents_of(named, library=library)
    figures = {"weeks": weeks, "warm_up_weeks": warm_up_weeks, "replications": replications}
    settings = settings_of(documents, mode, seed, iterations=iterations, **figures)
    base = base_of(
        context,
        on,
        demo=demo,
        demo_cases=demo_cases,
        store=store,
        now=now,
        actor=actor,
        distances=distances,
    )
    study = study_of(base, documents, settings, named=named, baseline=baseline, sites=at)
    return Asked(study, processes, dask, kept_in(cache, no_cache=no_cache))


def on_study(command: "Callable[Concatenate[Asked, P], None]") -> Callable[..., None]:
    """A command that is given the study in place of the options that ask for it."""
    common = dict(signature(asked).parameters)
    _, *own = signature(command).parameters.values()

    def run(context: typer.Context, named: NamedMany = None, **options: object) -> None:
        shared = {name: options.pop(name) for name in common if name in options}
        command(asked(context, named, **shared), **options)  # type: ignore[call-arg, arg-type]  # typer checks them

    members = [*common.values(), *(p.replace(kind=Parameter.KEYWORD_ONLY) for p in own)]
    run.__signature__ = signature(run).replace(parameters=members)  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {p.name: p.annotation for p in members}
    run.__name__, run.__doc__ = command.__name__, command.__doc__
    return run
