"""Measure one solver on one problem, in this process; `bench.py` starts one such process a row.

    python benchmarks/measure.py PROBLEM SOLVER [--seconds 60] [--workers 2] [--seed 0]

PROBLEM is a name of the registry or a planning file. While it runs, each better plan is printed as
`{"seconds": ..., "cost": ...}`; the last line is the row.
"""

import argparse
import hashlib
import json
import resource
import sys
import time
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.peers import BY_NAME, Limits  # noqa: E402 - needs the path above
from benchmarks.registry import Instance, chosen  # noqa: E402 - needs the path above
from benchmarks.rows import Row, as_json  # noqa: E402 - needs the path above
from models.checks.feasibility import find_violations  # noqa: E402 - needs the path above
from models.checks.scorecard import score  # noqa: E402 - needs the path above
from models.plan import Plan  # noqa: E402 - needs the path above
from models.problem import PlanningProblem, dump_problem  # noqa: E402 - needs the path above

OWN_SOURCES = ("models/*.py", "solver/**/*.py", "benchmarks/peers/own.py")
PEER_SOURCES = ("benchmarks/peers/*.py",)


def measure(instance: Instance, solver: str, limits: Limits) -> Row:
    """Solve, judge, and give the row."""
    problem = instance.load()
    curve: list[tuple[float, int]] = []
    began = time.monotonic()

    def note(cost: int) -> None:
        curve.append((round(time.monotonic() - began, 3), cost))
        print(json.dumps({"seconds": curve[-1][0], "cost": cost}), flush=True)

    answer = BY_NAME[solver].solve(problem, limits, note)
    seconds = time.monotonic() - began
    memory = peak_megabytes()
    plan = answer.plan
    violations = find_violations(problem, plan) if plan is not None else []
    cost = score(problem, plan).cost if plan is not None else None
    remarks = sorted({violation.rule for violation in violations})
    told = min((c for _, c in curve), default=cost)
    if cost is not None and told is not None and told < cost and not violations:
        remarks.append(f"told {told}")
    if cost is not None and not violations:
        curve.append((round(seconds, 3), cost))
    return Row(
        file=instance.name,
        family=instance.family,
        cases=len(problem.cases),
        solver=solver,
        limit=limits.seconds,
        workers=limits.workers,
        seed=limits.seed,
        status=answer.status,
        cost=cost,
        bound=answer.bound,
        bound_kind=answer.bound_kind,
        placed=len(plan.placements) if plan is not None else 0,
        moved=moved(problem, plan) if plan is not None else 0,
        violations=len(violations),
        first_seconds=curve[0][0] if curve else None,
        seconds=round(seconds, 2),
        memory_mb=memory,
        problem=digest_of(problem),
        code=code_of(solver),
        note="; ".join(remarks),
        reassigned=reassigned(problem, plan) if plan is not None else 0,
        curve=tuple(curve),
    )


def moved(problem: PlanningProblem, plan: Plan) -> int:
    """Bookings that start at another time in the plan, or are left out of it."""
    placed = plan.by_case
    booked = [case for case in problem.cases if case.booking is not None]
    return sum(
        1
        for case in booked
        if case.id not in placed
        or (case.booking is not None and placed[case.id].start != case.booking.start)
    )


def reassigned(problem: PlanningProblem, plan: Plan) -> int:
    """Bookings that start when they were booked, but with other resources."""
    placed = plan.by_case
    booked = [(placed.get(case.id), case.booked_placement) for case in problem.cases]
    return sum(
        1
        for now, before in booked
        if now is not None
        and before is not None
        and now.start == before.start
        and now.assigned != before.assigned
    )


def peak_megabytes() -> int:
    """Most memory this process held at once, its children's most added.

    Where the kernel tells the peak of this program alone, that is taken: what the parent process
    held before it started this one would count otherwise.
    """
    status = Path("/proc/self/status")
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if status.exists():
        lines = status.read_text().splitlines()
        own = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    kilobytes_per_unit = 1 / 1024 if sys.platform == "darwin" else 1
    return round((own + children) * kilobytes_per_unit / 1024)


def digest_of(problem: PlanningProblem) -> str:
    """What the problem is, in twelve letters."""
    return hashlib.sha256(dump_problem(problem).encode()).hexdigest()[:12]


def code_of(solver: str) -> str:
    """What solves, in twelve letters: sources, and libraries' versions."""
    own = BY_NAME[solver].own
    libraries = ("numba", "numpy", "ortools") if own else ("ortools",)
    found = hashlib.sha256(" ".join(version(name) for name in libraries).encode())
    for pattern in OWN_SOURCES if own else PEER_SOURCES:
        for path in sorted(ROOT.glob(pattern)):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("problem")
    parser.add_argument("solver", choices=sorted(BY_NAME))
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    limits = Limits(options.seconds, options.workers, options.seed)
    (instance,) = chosen([options.problem])
    print(as_json(measure(instance, options.solver, limits)), flush=True)


if __name__ == "__main__":
    main()
