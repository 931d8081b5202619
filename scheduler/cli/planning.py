"""`plan` and `check`: optimise a planning file, and judge a plan without the optimiser's code."""

from collections.abc import Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from models.errors import HoldfastError, SolverError
from scheduler.cli.options import AsJson, Commands, PlanningFile
from scheduler.cli.output import note, pairs, say, say_json, table
from scheduler.cli.risk import plan_with_risk, read_risk, tell_riskiest, told_risk

if TYPE_CHECKING:
    from models.checks.feasibility import Violation
    from models.plan import Plan
    from models.problem import PlanningProblem
    from solver.optimize import Settings, SolveResult

MOST_RISK = 1_000_000_000
"""Points of a pair beyond this are a mistake."""

Iterations = Annotated[
    int | None,
    typer.Option(min=1, help="End after so many steps: with one worker, a plan to repeat."),
]
MaxMoves = Annotated[
    int | None,
    typer.Option(
        min=0,
        help="Most unlocked bookings that still stand to get another start or none;"
        " those that no longer stand are forced and counted apart.",
    ),
]
Risk = Annotated[
    int | None,
    typer.Option(
        min=1,
        max=MOST_RISK,
        metavar="WEIGHT",
        help="Keep fragile cases apart: points for each expected pair of cases of one suite"
        " and day that both fail. The cost is told without them.",
    ),
]


def plan(
    file: PlanningFile,
    *,
    seconds: Annotated[float, typer.Option(min=0.0, help="Time to search.")] = 60.0,
    seed: Annotated[int, typer.Option(help="Seed of the search.")] = 0,
    workers: Annotated[int, typer.Option(min=1, help="Processes to search with.")] = 2,
    iterations: Iterations = None,
    max_moves: MaxMoves = None,
    curve: Annotated[
        bool, typer.Option("--curve", help="Tell cost against number of moves; writes no plan.")
    ] = False,
    risk: Risk = None,
    fragility: Annotated[
        Path | None,
        typer.Option(help="How likely each case is to fail on the day, for --risk."),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Where to write the plan.")] = None,
    as_json: AsJson = False,
) -> None:
    """Optimise a planning file; Ctrl-C keeps the best plan so far."""
    from scheduler.files import check_writable, read_problem, write_plan
    from solver.optimize import Settings

    _check_options(curve=curve, risk=risk, max_moves=max_moves, fragility=fragility, out=out)
    if out:
        check_writable(out)
    problem = read_problem(file)
    settings = Settings(seconds=seconds, seed=seed, workers=workers, max_iterations=iterations)
    if curve:
        _curve(problem, settings, as_json=as_json)
        return
    if risk is None:
        result, more = _search(problem, settings, max_moves)
    else:
        result, more = plan_with_risk(problem, read_risk(problem, risk, fragility), settings)
    judge(problem, result)
    figures = _figures(result) | more
    if out:
        write_plan(out, result.plan, figures)
    _tell(figures, result.plan, len(problem.cases), out, as_json=as_json)
    _refuse_missing(result, file)


def _check_options(
    *,
    curve: bool,
    risk: int | None,
    max_moves: int | None,
    fragility: Path | None,
    out: Path | None,
) -> None:
    """Refuse options of `plan` that contradict each other.

    Raises:
        BadParameter: they do.
    """
    if curve and (out or max_moves is not None):
        raise typer.BadParameter("--curve goes with neither --out nor --max-moves")
    if risk is not None and (curve or max_moves is not None):
        raise typer.BadParameter("--risk goes with neither --max-moves nor --curve")
    if fragility and risk is None:
        raise typer.BadParameter("--fragility goes with --risk")


def _refuse_missing(result: "SolveResult", file: Path) -> None:
    """A plan without a case that must be in was told and written, and is no success.

    Raises:
        HoldfastError: such a case is not placed.
    """
    if result.missing:
        raise HoldfastError(
            f"cases that must be in are not placed: {', '.join(result.missing)}",
            place=str(file),
            remedy="give more --seconds, or widen their windows",
        )


def _search(
    problem: "PlanningProblem", settings: "Settings", max_moves: int | None
) -> tuple["SolveResult", dict[str, Any]]:
    """The answer, and what it says of moves when they are limited."""
    from scheduler.cli.moves import moves_figures
    from scheduler.cli.progress import PlanProgress, stop_requests
    from solver.few_moves import fewest_moves
    from solver.optimize import optimize

    with stop_requests() as stop, PlanProgress(len(problem.cases)) as progress:
        if max_moves is None:
            update = progress.update
            return optimize(problem, settings, on_progress=update, should_stop=stop), {}
        found = fewest_moves(
            problem, max_moves, settings, on_progress=progress.update, should_stop=stop
        )
    return found.result, moves_figures(found)


def _curve(problem: "PlanningProblem", settings: "Settings", *, as_json: bool) -> None:
    from scheduler.cli.moves import tell_curve
    from scheduler.cli.progress import PlanProgress, stop_requests
    from solver.few_moves import moves_curve

    with stop_requests() as stop, PlanProgress(len(problem.cases)) as progress:
        points = moves_curve(problem, None, settings, on_progress=progress.update, should_stop=stop)
    for point in points:
        judge(problem, point.result)
    tell_curve(points, as_json=as_json)


def judge(problem: "PlanningProblem", result: "SolveResult") -> None:
    """Check the optimiser's answer independently, but for the cases that it says are missing.

    Raises:
        SolverError: a rule is broken, or the plan costs something else than was said.
    """
    from models.checks.feasibility import find_violations
    from models.checks.scorecard import score

    for violation in find_violations(problem, result.plan):
        missed = violation.rule in ("mandatory", "locked") and violation.subject in result.missing
        if not missed:
            raise SolverError(f"the plan breaks a rule: {_sentence(violation)}")
    cost = score(problem, result.plan).cost
    if cost != result.cost:
        raise SolverError(f"the plan costs {cost}, not {result.cost} as the search said")


def check(
    file: PlanningFile,
    plan_file: Annotated[Path, typer.Argument(metavar="PLAN", help="Plan, .json or .json.gz.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Judge a plan: every broken rule, and what it costs term by term."""
    from models.checks.feasibility import find_violations
    from models.checks.scorecard import score
    from scheduler.files import read_plan, read_problem

    problem, judged = read_problem(file), read_plan(plan_file)
    violations, card = find_violations(problem, judged), score(problem, judged)
    claimed = (judged.model_extra or {}).get("cost")
    if claimed not in (None, card.cost):
        note(f"note: the plan says it costs {claimed}; it costs {card.cost}")
    if as_json:
        say_json(
            {
                "violations": [asdict(v) for v in violations],
                "cost": card.cost,
                "terms": asdict(card),
                "placed": len(judged.by_case),
                "cases": len(problem.cases),
            }
        )
    else:
        _tell_verdict(violations, {**asdict(card), "cost": card.cost})
    if violations:
        raise typer.Exit(1)


def _tell_verdict(violations: list["Violation"], terms: Mapping[str, int]) -> None:
    for violation in violations:
        say(_sentence(violation))
    say(f"{len(violations)} violations, cost {terms['cost']:,}")
    table(
        ("term", "points"),
        [(name.replace("_", " "), f"{points:,}") for name, points in terms.items()],
        right=("points",),
    )


def _sentence(violation: "Violation") -> str:
    return f"{violation.subject}: {violation.sentence} ({violation.rule})"


def _figures(result: "SolveResult") -> dict[str, Any]:
    return {
        "status": result.status.value,
        "cost": result.cost,
        "bound": result.bound,
        "bound_kind": result.bound_kind,
        "gap": round(result.gap, 6),
        "placed": result.placed,
        "missing": list(result.missing),
        "seconds": round(result.seconds, 2),
        "seed": result.seed,
        "iterations": result.iterations,
        "versions": {"holdfast": version("holdfast"), **result.versions},
    }


def _tell(
    figures: dict[str, Any], found: "Plan", cases: int, out: Path | None, *, as_json: bool
) -> None:
    if as_json:
        rest = {"out": str(out)} if out else found.model_dump(mode="json")
        say_json({**figures, **rest})
        return
    pairs(
        {
            "status": figures["status"],
            "cost": figures["cost"],
            "bound": f"{figures['bound']:,} ({figures['bound_kind']})",
            "gap": f"{figures['gap']:.2%}",
            "placed": f"{figures['placed']} of {cases}",
            **_told_moves(figures),
            **told_risk(figures),
            "seconds": figures["seconds"],
            "seed": figures["seed"],
            "versions": ", ".join(f"{k} {v}" for k, v in figures["versions"].items()),
            **({"written to": out} if out else {}),
        }
    )
    tell_riskiest(figures)


def _told_moves(figures: dict[str, Any]) -> dict[str, str]:
    if "max_moves" not in figures:
        return {}
    moves, forced = len(figures["moves"]), len(figures["forced_moves"])
    return {"moves": f"{moves} of at most {figures['max_moves']}, and {forced} forced"}


COMMANDS: Commands = {"plan": plan, "check": check}
