"""What `plan --risk` reads and says: cost and risk apart, and the riskiest suite-days."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scheduler.cli.output import note, table

if TYPE_CHECKING:
    from models.problem import PlanningProblem
    from models.risk import Risk, SuiteDay
    from solver.optimize import Settings, SolveResult

RISKIEST = 5
"""Suite-days shown."""


def read_risk(problem: "PlanningProblem", weight: int, fragility: Path | None) -> "Risk":
    """The risk of a planning file's cases; those that no file names are among the most fragile.

    Raises:
        InputError: the file cannot be read, or is no fragility file of this problem.
    """
    from models.fragility import shipped_fragility
    from models.risk import Risk, parse_fragility
    from scheduler.files import read_bytes

    known: dict[str, int] = {}
    if fragility is None:
        note("note: without --fragility every case counts as one of which nothing is known")
    else:
        known = parse_fragility(read_bytes(fragility), problem, place=str(fragility))
    most = shipped_fragility().most.permille
    return Risk(weight, known, otherwise=max([most, *known.values()]))


def plan_with_risk(
    problem: "PlanningProblem", risk: "Risk", settings: "Settings"
) -> tuple["SolveResult", dict[str, Any]]:
    """The plan that is best by cost and risk, and what there is to say of both."""
    from models.risk import suite_days
    from scheduler.cli.progress import PlanProgress, stop_requests
    from solver.robust import optimize_robust

    with stop_requests() as stop, PlanProgress(len(problem.cases)) as progress:
        found = optimize_robust(
            problem, risk, settings, on_progress=progress.update, should_stop=stop
        )
    before = suite_days(problem, found.plain, risk)
    after = suite_days(problem, found.result.plan, risk)
    figures = {
        "weight": risk.weight,
        **_figures(risk, after),
        "plain": {"cost": found.plain_cost, **_figures(risk, before)},
    }
    return found.result, {"risk": figures}


def _figures(risk: "Risk", days: "tuple[SuiteDay, ...]") -> dict[str, Any]:
    from models.risk import PAIR

    pairs = sum(day.pairs for day in days)
    return {
        "points": risk.points(pairs),
        "pairs": pairs / PAIR,
        "two_or_more": round(sum(day.collapse for day in days), 6),
        "riskiest": [
            {
                "suite": day.suite,
                "day": day.day.isoformat(),
                "cases": list(day.cases),
                "pairs": day.pairs / PAIR,
                "two_or_more": round(day.collapse, 6),
            }
            for day in days[:RISKIEST]
        ],
    }


def told_risk(figures: dict[str, Any]) -> dict[str, str]:
    """Lines on risk beside those on cost; none for a plan made without."""
    if "risk" not in figures:
        return {}
    risk, plain = figures["risk"], figures["risk"]["plain"]
    return {
        "risk": f"{risk['points']:,} ({_expected(risk)})",
        "by cost alone": f"cost {plain['cost']:,}, risk {plain['points']:,} ({_expected(plain)})",
    }


def _expected(part: dict[str, Any]) -> str:
    return (
        f"{part['pairs']:.3f} expected pairs of failures,"
        f" {part['two_or_more']:.3f} suite-days expected to lose two or more"
    )


def tell_riskiest(figures: dict[str, Any]) -> None:
    """Print the riskiest suite-days of the plan, and of the one that is best by cost alone."""
    if "risk" not in figures:
        return
    for title, part in (("plan", figures["risk"]), ("by cost alone", figures["risk"]["plain"])):
        table(
            (f"riskiest ({title})", "day", "cases", "loses two or more"),
            [
                (day["suite"], day["day"], len(day["cases"]), f"{day['two_or_more']:.1%}")
                for day in part["riskiest"]
            ],
            right=("cases", "loses two or more"),
        )
