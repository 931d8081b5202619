"""`propose` and `explain` on a planning file: where one case fits, and why not elsewhere."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import NotFoundError
from scheduler.cli.options import AsJson, Commands, PlanningFile, instant
from scheduler.cli.output import say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.problem import PlanningProblem
    from solver.explain import Explanation, Nowhere, Somewhere
    from solver.proposals import Proposal
    from solver.reasons import Change

FromFile = Annotated[str, typer.Option("--case", metavar="ID", help="Id of the case.")]
Top = Annotated[int, typer.Option(min=1, help="Most slots to list.")]
At = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="Explain this start; otherwise any start.")
]


def propose(file: PlanningFile, *, case: FromFile, top: Top = 10, as_json: AsJson = False) -> None:
    """List the best slots for one case, everything else fixed as booked."""
    from solver.proposals import propose as slots_of

    found = slots_of(_problem_with(file, case), case, top=top)
    tell_proposals(found, f"holdfast explain {file} --case {case}", as_json=as_json)


def tell_proposals(found: "Sequence[Proposal]", ask: str, *, as_json: bool) -> None:
    """Print proposals; `ask` is the command that says why there is none."""
    if as_json:
        say_json({"proposals": [proposal_json(p) for p in found]})
        return
    if not found:
        say(f"no slot fits; {ask} says why")
        return
    table(
        ("", "start", "cost", "resources"),
        [
            (n, p.start.isoformat(), f"{p.cost:,}", ", ".join(p.assigned.values()))
            for n, p in enumerate(found, 1)
        ],
        right=("", "cost"),
    )


def proposal_json(proposal: "Proposal") -> dict[str, Any]:
    """A proposal as plain data."""
    return {
        "start": proposal.start.isoformat(),
        "cost": proposal.cost,
        "assigned": dict(proposal.assigned),
    }


def explain(file: PlanningFile, *, case: FromFile, at: At = None, as_json: AsJson = False) -> None:
    """Say why a case can or cannot start there: what fails, who holds it, what would help."""
    from solver.explain import Explainer

    wanted = instant(at) if at else None
    explainer = Explainer(_problem_with(file, case))
    answer = explainer.at(case, wanted) if wanted else explainer.case(case)
    changes = explainer.smallest_change(case, wanted)
    tell_explanation(answer, changes, as_json=as_json)


def _fits(answer: "Explanation | Somewhere | Nowhere") -> bool:
    return getattr(answer, "possible", hasattr(answer, "count"))


def tell_explanation(
    answer: "Explanation | Somewhere | Nowhere",
    changes: "Sequence[Change]",
    *,
    as_json: bool,
    refused: "Sequence[str]" = (),
) -> None:
    """Print why, reason by reason, and the smallest changes that would open a slot.

    Args:
        answer: what the engine says.
        changes: what would help.
        as_json: print JSON.
        refused: what the clinical rules have against it.
    """
    possible = _fits(answer) and not refused
    if as_json:
        body = answer.as_json() | {"possible": possible, "clinical": list(refused)}
        say_json({**body, "changes": [change.as_json() for change in changes]})
        return
    say(answer.sentence if possible else f"{_headline(answer)}:")
    for reason in (*refused, *_sentences(answer)):
        say(f"  {reason}")
    if changes:
        say("smallest changes that would open a start:")
        for change in changes:
            say(f"  {change.sentence}")


def _headline(answer: "Explanation | Somewhere | Nowhere") -> str:
    at = getattr(answer, "at", None)
    return (
        f"{answer.case} cannot start at {at.isoformat()}" if at else f"{answer.case} fits nowhere"
    )


def _sentences(answer: "Explanation | Somewhere | Nowhere") -> list[str]:
    """Every reason, and under each need what is against each resource."""
    lines = [r.sentence for r in (*getattr(answer, "starts", ()), *getattr(answer, "reasons", ()))]
    for need in getattr(answer, "needs", ()):
        lines.append(need.sentence)
        lines += [f"  {resource.sentence}" for resource in need.resources]
    return [*lines, *(clash.sentence for clash in getattr(answer, "clashes", ()))]


def _problem_with(file: PlanningFile, case: str) -> "PlanningProblem":
    from scheduler.files import read_problem

    problem = read_problem(file)
    if case not in problem.case_by_id:
        raise NotFoundError(
            f"there is no case {case!r}", place=str(file), remedy="give the id of one of its cases"
        )
    return problem


COMMANDS: Commands = {"propose": propose, "explain": explain}
