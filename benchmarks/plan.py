"""Plan every reference file and print what came of it, beside the figures known for it.

    python benchmarks/plan.py [--seconds 60] [--workers 2] [--seed 0] [--files NAME ...] [--csv OUT]

Files come from a `shared/bench` folder beside the checkout when there is one, otherwise from the
project's own generator. Each file is planned in a fresh process, one at a time; the independent
checker judges every plan.
"""

import argparse
import csv
import gzip
import json
import resource
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, fields
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.references import REFERENCES  # noqa: E402 - needs the path above
from models.checks.feasibility import find_violations  # noqa: E402 - needs the path above
from models.checks.scorecard import score  # noqa: E402 - needs the path above
from models.problem import PlanningProblem, parse_problem  # noqa: E402 - needs the path above
from solver.optimize import Progress, Settings, optimize  # noqa: E402 - needs the path above

SHARED = ROOT.parent / "shared" / "bench"
FOLDERS = ("planning", "external")


@dataclass(frozen=True, slots=True)
class Row:
    """One file's outcome; `curve` is seconds and cost of each report."""

    file: str
    cases: int
    cost: int
    bound: int
    bound_kind: str
    gap: float
    status: str
    placed: int
    violations: int
    checked_cost: int
    first_seconds: float
    seconds: float
    iterations: int
    memory_mb: int
    curve: tuple[tuple[float, int], ...] = ()


def reference_files() -> dict[str, Path]:
    """Planning files by name; empty where the reference folder is absent."""
    found = [path for folder in FOLDERS for path in sorted((SHARED / folder).glob("*.json.gz"))]
    return {path.name.removesuffix(".json.gz"): path for path in found}


def load(path: Path) -> PlanningProblem:
    """The problem of a file, compressed or not."""
    raw = path.read_bytes()
    text = gzip.decompress(raw) if path.suffix == ".gz" else raw
    return parse_problem(text, place=path.name)


def measure(path: Path, settings: Settings) -> Row:
    """Plan one file in this process."""
    problem = load(path)
    curve: list[tuple[float, int]] = []

    def note(progress: Progress) -> None:
        curve.append((round(progress.seconds, 2), progress.cost))

    result = optimize(problem, settings, on_progress=note)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return Row(
        file=path.name.removesuffix(".json.gz"),
        cases=len(problem.cases),
        cost=result.cost,
        bound=result.bound,
        bound_kind=result.bound_kind,
        gap=round(result.gap, 4),
        status=result.status.value,
        placed=result.placed,
        violations=len(find_violations(problem, result.plan)),
        checked_cost=score(problem, result.plan).cost,
        first_seconds=round(result.seconds_to_first, 2),
        seconds=round(result.seconds, 1),
        iterations=result.iterations,
        memory_mb=peak,
        curve=(*curve, (round(result.seconds, 2), result.cost)),
    )


def measure_apart(path: Path, arguments: argparse.Namespace) -> Row:
    """Plan one file in a fresh process, so that memory and start-up are its own."""
    command = [sys.executable, __file__, "--one", str(path)]
    for name in ("seconds", "workers", "seed"):
        command += [f"--{name}", str(getattr(arguments, name))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{path.name}: {done.stderr.strip()}")
    return Row(**json.loads(done.stdout.splitlines()[-1]))


def printed(row: Row) -> str:
    """One line of the table."""
    best, yardstick = REFERENCES.get(row.file, (None, None))
    against = f"{100 * (row.cost - best) / max(best, 1):+7.1f}%" if best is not None else ""
    judged = "" if row.cost == row.checked_cost else f"  CHECKER SAYS {row.checked_cost:,}"
    return (
        f"{row.file:24} {row.cost:>10,} {row.bound:>10,} {100 * row.gap:6.1f}% "
        f"{row.placed:>4}/{row.cases:<4} {row.violations:>4} {row.first_seconds:6.2f} "
        f"{row.memory_mb:>6} {row.iterations:>9} {row.status:10} "
        f"{_known(best):>10} {_known(yardstick):>10} {against}{judged}"
    )


def _known(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


HEAD = (
    f"{'file':24} {'cost':>10} {'bound':>10} {'gap':>7} {'placed':>9} {'viol':>4} {'first':>6} "
    f"{'MB':>6} {'steps':>9} {'status':10} {'best peer':>10} {'yardstick':>10}"
)


def write_csv(path: Path, rows: list[Row]) -> None:
    """All members of all rows; the curve as JSON."""
    with path.open("w", newline="") as sink:
        writer = csv.DictWriter(sink, [f.name for f in fields(Row)])
        writer.writeheader()
        for row in rows:
            writer.writerow({**asdict(row), "curve": json.dumps(row.curve)})


def chosen_files(names: list[str], folder: Path) -> list[Path]:
    """The files asked for, by name or path; all reference files or generated ones without names."""
    known = reference_files()
    if not known:
        known = generated_files(folder)
    if not names:
        return list(known.values())
    return [known.get(name, Path(name)) for name in names]


def generated_files(folder: Path) -> dict[str, Path]:
    """Instances of the project's own families, written to a folder."""
    from benchmarks.families import department  # noqa: PLC0415 - only without reference files

    folder.mkdir(parents=True, exist_ok=True)
    made = {}
    for cases in (40, 120, 300):
        name = f"own-{cases}"
        path = folder / f"{name}.json.gz"
        path.write_bytes(gzip.compress(department(cases, seed=cases).encode()))
        made[name] = path
    return made


def main() -> None:
    """Plan the files asked for, or the one handed to a fresh process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", nargs="*", default=[])
    parser.add_argument("--csv", type=Path, default=Path("plan-benchmark.csv"))
    parser.add_argument("--generated", type=Path, default=Path("generated-instances"))
    parser.add_argument("--one", type=Path)
    arguments = parser.parse_args()
    settings = Settings(seconds=arguments.seconds, seed=arguments.seed, workers=arguments.workers)
    if arguments.one is not None:
        print(json.dumps(asdict(measure(arguments.one, settings))))
        return
    rows = []
    began = time.monotonic()
    print(HEAD)
    for path in chosen_files(arguments.files, arguments.generated):
        rows.append(measure_apart(path, arguments))
        print(printed(rows[-1]), flush=True)
    write_csv(arguments.csv, rows)
    print(f"{len(rows)} files in {time.monotonic() - began:.0f} s, written to {arguments.csv}")


if __name__ == "__main__":
    main()
