"""`propose` and `explain` on a planning file: where one case fits, and why not elsewhere."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import InputError, NotFoundError
from scheduler.cli.options import AsJson, Commands, PlanningFile, instant
from scheduler.cli.output import say, say_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.plan import Plan
    from models.problem import PlanningProblem
    from solver.explain import Explanation, Nowhere, Somewhere
    from solver.left_out import WhyLeftOut
    from solver.make_room import RoomProposal
    from solver.proposals import Proposal
    from solver.reasons import Change

FromFile = Annotated[str, typer.Option("--case", metavar="ID", help="Id of the case.")]
Top = Annotated[int, typer.Option(min=1, help="Most slots to list.")]
At = Annotated[
    str | None, typer.Option(metavar="INSTANT", help="Explain this start; otherwise any start.")
]

MakeRoom = Annotated[
    bool, typer.Option("--make-room", help="Also slots that need one or two bookings to move.")
]
WithPlan = Annotated[
    Path | None,
    typer.Option(
        "--plan", metavar="PLAN", help="Explain what this plan made of it, all booked as it says."
    ),
]


def propose(
    file: PlanningFile,
    *,
    case: FromFile,
    top: Top = 10,
    make_room: MakeRoom = False,
    as_json: AsJson = False,
) -> None:
    """List the best slots for one case, everything else fixed as booked."""
    from solver.make_room import make_room as slots_with_moves
    from solver.proposals import propose as slots_of

    problem, ask = _problem_with(file, case), f"holdfast explain {file} --case {case}"
    if make_room:
        tell_room(slots_with_moves(problem, case, top=top), ask, as_json=as_json)
    else:
        tell_proposals(slots_of(problem, case, top=top), ask, as_json=as_json)


def tell_room(found: "Sequence[RoomProposal]", ask: str, *, as_json: bool) -> None:
    """Print proposals with who has to move for each; `ask` is as in `tell_proposals`."""
    if as_json:
        say_json({"proposals": [p.as_json() for p in found]})
        return
    if not found:
        say(f"no slot fits, not even with two bookings moved; {ask} says why")
        return
    table(
        ("", "start", "cost", "resources", "moves"),
        [
            (
                n,
                p.start.isoformat(),
                f"{p.cost:,}",
                ", ".join(p.assigned.values()),
                "\n".join(moved.sentence for moved in p.moved),
            )
            for n, p in enumerate(found, 1)
        ],
        right=("", "cost"),
    )


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


def explain(
    file: PlanningFile,
    *,
    case: FromFile,
    at: At = None,
    plan_file: WithPlan = None,
    as_json: AsJson = False,
) -> None:
    """Say why a case can or cannot start there: what fails, who holds it, what would help."""
    from solver.explain import Explainer

    wanted = instant(at) if at else None
    problem = _problem_with(file, case)
    if plan_file is not None:
        from solver.left_out import booked_with, why_left_out

        plan = _plan_for(problem, plan_file)
        if wanted is None:
            tell_left_out(why_left_out(problem, plan, case), as_json=as_json)
            return
        problem = booked_with(problem, plan)
    explainer = Explainer(problem)
    answer = explainer.at(case, wanted) if wanted else explainer.case(case)
    changes = explainer.smallest_change(case, wanted)
    tell_explanation(answer, changes, as_json=as_json)


def _plan_for(problem: "PlanningProblem", file: Path) -> "Plan":
    """A plan that breaks no rule but that it may leave out what must be in."""
    from models.checks.feasibility import find_violations
    from scheduler.files import read_plan

    plan = read_plan(file)
    for violation in find_violations(problem, plan):
        out = violation.subject not in plan.by_case
        if not (out and violation.rule in ("mandatory", "locked")):
            raise InputError(
                f"{violation.subject}: {violation.sentence}",
                place=str(file),
                remedy="give a plan of this planning file that holdfast check accepts",
            )
    return plan


def tell_left_out(answer: "WhyLeftOut", *, as_json: bool) -> None:
    """Print what became of a case in a plan, its rivals, and what would let it in."""
    if as_json:
        say_json(answer.as_json())
        return
    say(answer.sentence)
    for rival in answer.rivals:
        say(f"  {rival.sentence}")
    if answer.remedies:
        say("smallest changes that would let it in:")
        for remedy in answer.remedies:
            say(f"  {remedy.sentence}")


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
