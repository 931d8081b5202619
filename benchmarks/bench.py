"""Plan every problem with Holdfast and its peers, and write a table and a page of the outcome.

    python benchmarks/bench.py [--seconds 60] [--workers 2] [--seed 0] [--files PATTERN ...]
                               [--peers NAME ...] [--out bench-out] [--fresh] [--list]

Each run has a process of its own, one at a time. Rows that are in OUT/bench.csv already are kept,
unless the problem or the code that solves it has changed; Ctrl-C ends the run under way, and what
was finished before is written. benchmarks/README.md says how to read the figures.
"""

import argparse
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.apart import Ledger, Task, run_all  # noqa: E402 - needs the path above
from benchmarks.peers import ALL, BY_NAME, OWN, USUAL, Limits  # noqa: E402 - needs the path above
from benchmarks.registry import chosen, instances  # noqa: E402 - needs the path above
from benchmarks.report import summary, write_page  # noqa: E402 - needs the path above
from models.errors import InputError  # noqa: E402 - needs the path above


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    if options.list:
        print("\n".join(f"{one.name:28} {one.family}" for one in instances()))
        print("\n".join(f"{peer.name:28} {peer.says}" for peer in ALL))
        return 0
    try:
        tasks = _tasks(options)
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    solvers, skipped = _solvers(options.peers)
    ledger = Ledger(options.out / "bench.csv", fresh=options.fresh)
    rows = run_all(tasks, ledger)
    for name, reason in skipped.items():
        print(f"{name}: skipped, {reason}")
    if not rows:
        return 1
    limits = Limits(options.seconds, options.workers, options.seed)
    page = options.out / "bench.html"
    write_page(page, rows, limits, solvers, skipped)
    print(summary(rows, solvers))
    print(f"{len(rows)} rows in {options.out / 'bench.csv'}, shown in {page}")
    return 0


def _tasks(options: argparse.Namespace) -> list[Task]:
    limits = Limits(options.seconds, options.workers, options.seed)
    found = chosen(options.files) if options.files else instances()
    solvers, _ = _solvers(options.peers)
    return [Task(one, solver, limits) for one in found for solver in solvers]


def _solvers(names: list[str]) -> tuple[list[str], dict[str, str]]:
    """Who runs, Holdfast first, and why the others asked for do not."""
    wanted = [OWN, *(name for name in names if name not in {OWN, "none"})]
    reasons = {name: BY_NAME[name].missing() for name in wanted}
    return (
        [name for name in wanted if not reasons[name]],
        {name: reason for name, reason in reasons.items() if reason},
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--workers", type=int, default=2, help="of Holdfast")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", nargs="+", default=[], metavar="PATTERN")
    choices = [peer.name for peer in ALL if peer.name != OWN]
    parser.add_argument("--peers", nargs="+", default=list(USUAL), choices=["none", *choices])
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--fresh", action="store_true", help="forget the rows of earlier runs")
    parser.add_argument("--list", action="store_true", help="show the names of problems and peers")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
