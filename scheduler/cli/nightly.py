"""`night`: re-plan the department, and apply or keep what it would change."""

from collections.abc import Callable
from dataclasses import replace
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
    from scheduler.services.night import Search


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
    cases = len(department.list_cases())
    with stop_requests() as should_stop, PlanProgress(cases) as progress:
        watched = replace(department, search=watched_search(progress, should_stop))
        report = watched.night(seconds=seconds, seed=seed, apply=apply)
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


def watched_search(progress: PlanProgress, should_stop: Callable[[], bool]) -> "Search":
    """The search in a child process, with its progress shown and Ctrl-C taken as enough."""
    from models.problem import PlanningProblem
    from models.risk import Risk
    from scheduler.services.night import Answer
    from solver.optimize import Settings
    from solver.worker import solve_in_child

    def search(
        problem: PlanningProblem, seconds: int, seed: int, risk: Risk | None = None
    ) -> Answer:
        result = solve_in_child(
            problem,
            Settings(seconds=seconds, seed=seed),
            on_progress=progress.update,
            should_stop=should_stop,
            risk=risk,
        )
        return Answer(plan=result.plan, cost=result.cost, bound=result.bound, note=result.note)

    return search


COMMANDS: Commands = {"night": on_store(night)}
