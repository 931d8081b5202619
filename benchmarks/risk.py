"""What keeping fragile cases apart saves, and what it costs.

    python benchmarks/risk.py [--seconds 20] [--workers 2] [--seed 0] [--weights 500 2000 8000]
                              [--files own-waiting-100 own-waiting-200 own-waiting-400]

For each of the own waiting lists, with what is open about every case drawn from a seed and read by
the shipped figures: the plan by cost alone in all of the time; then, by weight, the plan by cost
alone that spreading began with and what it made of that, in the same time together. `pairs` is the
expected number of pairs of cases of one suite-day that both fail, `lists lost` the expected number
of suite-days that lose two or more (both exact, each case failing by itself), `worst` the chance
that the riskiest suite-day does. Costs are the checker's and hold no risk. The draw is made up;
nothing here is clinical.
"""

import argparse
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.registry import chosen  # noqa: E402 - needs the path above
from models.checks.feasibility import find_violations  # noqa: E402 - needs the path above
from models.checks.scorecard import score  # noqa: E402 - needs the path above
from models.fragility import Doubts, shipped_fragility  # noqa: E402 - needs the path above
from models.plan import Plan  # noqa: E402 - needs the path above
from models.problem import PlanningProblem  # noqa: E402 - needs the path above
from models.risk import PAIR, Risk, suite_days  # noqa: E402 - needs the path above
from solver.optimize import Settings  # noqa: E402 - needs the path above
from solver.robust import optimize_robust  # noqa: E402 - needs the path above

FILES = ("own-waiting-100", "own-waiting-200", "own-waiting-400")
WEIGHTS = (500, 2_000, 8_000)
UNKNOWN = 0.05


@dataclass(frozen=True, slots=True)
class Outcome:
    """A plan by the checker's cost and by its risk."""

    cost: int
    placed: int
    pairs: float
    lost: float
    worst: float


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    print(
        f"{'file':16} {'plan':>12} {'cost':>9} {'placed':>7} {'pairs':>7} {'lists lost':>10} worst"
    )
    for instance in chosen(options.files):
        problem = instance.load()
        drawn = drawn_fragility(problem, options.seed)
        for weight in (0, *options.weights):
            settings = Settings(options.seconds, options.seed, options.workers)
            risk = Risk(weight, drawn, shipped_fragility().most.permille)
            found = optimize_robust(problem, risk, settings)
            plain = outcome(problem, found.plain, risk)
            print(told(instance.name, "cost alone" if weight else "all the time", plain))
            if weight:
                print(
                    told(instance.name, f"risk {weight}", outcome(problem, found.result.plan, risk))
                )
            sys.stdout.flush()
    return 0


def told(name: str, plan: str, found: Outcome) -> str:
    """A plan in a line."""
    return (
        f"{name:16} {plan:>12} {found.cost:>9,} {found.placed:>7} {found.pairs:>7.3f}"
        f" {found.lost:>10.3f} {found.worst:.1%}"
    )


def drawn_fragility(problem: PlanningProblem, seed: int) -> Mapping[str, int]:
    """Thousandths by case; of one in twenty nothing is known, and it is left out."""
    rng, figures = Random(seed), shipped_fragility()
    drawn = {}
    for case in problem.cases:
        doubts = Doubts(
            drugs=rng.choices((0, 1, 2, 3), (50, 30, 15, 5))[0],
            approvals=rng.choices((0, 1, 2), (70, 22, 8))[0],
            results=rng.choices((0, 1, 2), (65, 25, 10))[0],
            questions=rng.choices((0, 1), (85, 15))[0],
        )
        if rng.random() >= UNKNOWN:
            drawn[case.id] = figures.permille(doubts)
    return drawn


def outcome(problem: PlanningProblem, plan: Plan, risk: Risk) -> Outcome:
    """What a plan comes to; it must break no rule."""
    assert not find_violations(problem, plan)
    days = suite_days(problem, plan, risk)
    return Outcome(
        cost=score(problem, plan).cost,
        placed=len(plan.placements),
        pairs=sum(day.pairs for day in days) / PAIR,
        lost=sum(day.collapse for day in days),
        worst=max((day.collapse for day in days), default=0.0),
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--weights", type=_weight, nargs="+", default=WEIGHTS)
    parser.add_argument("--files", nargs="+", default=FILES)
    return parser.parse_args()


def _weight(text: str) -> int:
    weight = int(text)
    if weight < 1:
        raise argparse.ArgumentTypeError(f"{weight} is below 1")
    return weight


if __name__ == "__main__":
    sys.exit(main())
