"""`night`: re-plan the department, and apply or keep what it would change."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import SolverError
from scheduler.cli.context import on_store
from scheduler.cli.options import AsJson, Commands
from scheduler.cli.output import note, say, say_json
from scheduler.cli.progress import PlanProgress, stop_requests
from scheduler.cli.revisions import revision_json, say_standing, tell_moves

if TYPE_CHECKING:
    from scheduler.bootstrap import Container
    from scheduler.nights.leading import Pulse
    from scheduler.services.night import Search
    from solver.optimize import Progress


def night(
    department: "Container",
    *,
    apply: Annotated[
        bool | None,
        typer.Option(
            "--apply/--leave",
            help="Apply every move, or leave all for approval (else as the site's rule says).",
        ),
    ] = None,
    seconds: Annotated[int, typer.Option(min=1, help="Time to search.")] = 60,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    as_json: AsJson = False,
) -> None:
    """Re-plan everything that may move, check it, and keep a revision with a reason per move."""
    from scheduler.nights.leading import Leader
    from scheduler.records_nights import RunOrder

    cases = len(department.list_cases())
    with stop_requests() as should_stop, PlanProgress(cases) as progress:
        leader = Leader(
            department.read,
            department.write,
            lambda pulse: watched_search(progress, should_stop, pulse),
            department.ids.new("process"),
        )
        report = leader.at_once(RunOrder(seconds=seconds, seed=seed, apply=apply))
    for case, reason in report.left_aside:
        note(f"left aside: {case}: {reason}")
    if report.run.state == "failed":
        raise SolverError(report.run.outcome, place=f"night {report.run.id}")
    tz = department.department().site.tz
    if as_json:
        kept = report.revision
        revision = revision_json(kept, tz) if kept else None
        say_json({"run": report.run.id, "outcome": report.run.outcome, "revision": revision})
        return
    say(report.run.outcome)
    if report.revision:
        tell_moves(report.revision, tz)
        say_standing(report.revision)


def watched_search(progress: PlanProgress, enough: Callable[[], bool], pulse: "Pulse") -> "Search":
    """The search in a child process, with its progress shown and Ctrl-C taken as enough."""
    from scheduler.services.search import child_search

    def found(better: "Progress") -> None:
        progress.update(better)
        pulse.progress(better)

    return child_search(on_progress=found, should_stop=lambda: pulse.should_stop() or enough())


COMMANDS: Commands = {"night": on_store(night)}
