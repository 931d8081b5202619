"""`propose` and `explain` on a planning file: where one case fits, and why not elsewhere."""

from typing import TYPE_CHECKING, Annotated

import typer

from models.errors import NotFoundError
from scheduler.cli.options import AsJson, Commands, PlanningFile
from scheduler.cli.output import say, say_json, table

if TYPE_CHECKING:
    from models.problem import PlanningProblem

FromFile = Annotated[str, typer.Option("--case", metavar="ID", help="Id of the case.")]


def propose(
    file: PlanningFile,
    *,
    case: FromFile,
    top: Annotated[int, typer.Option(min=1, help="Most slots to list.")] = 10,
    as_json: AsJson = False,
) -> None:
    """List the best slots for one case, everything else fixed as booked."""
    from solver.proposals import propose as slots_of

    found = slots_of(_problem_with(file, case), case, top=top)
    if as_json:
        say_json(
            {
                "proposals": [
                    {
                        "start": p.start.isoformat(),
                        "cost": p.cost,
                        "assigned": dict(p.assigned),
                    }
                    for p in found
                ]
            }
        )
        return
    if not found:
        say(f"no slot for {case}; holdfast explain {file} --case {case} says why")
        return
    table(
        ("start", "cost", "resources"),
        [(p.start.isoformat(), f"{p.cost:,}", ", ".join(p.assigned.values())) for p in found],
        right=("cost",),
    )


def _problem_with(file: PlanningFile, case: str) -> "PlanningProblem":
    from scheduler.files import read_problem

    problem = read_problem(file)
    if case not in problem.case_by_id:
        raise NotFoundError(
            f"there is no case {case!r}", place=str(file), remedy="give the id of one of its cases"
        )
    return problem


COMMANDS: Commands = {"propose": propose}
