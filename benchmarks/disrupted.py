"""How many promised patients a re-plan moves, against a plan made as if moves cost nothing.

    python benchmarks/disrupted.py [--seconds 60] [--workers 2] [--seed 0] [--files PATTERN ...]
                                   [--out bench-out] [--fresh]

Each disrupted file (those of the own families where reference files are absent) is planned twice,
each time in a process of its own: as it is, and with the price of every move left out. Both plans
are judged at the prices of the file. A booking is moved when it starts at another time or is left
out; one that keeps its start and only changes resources is counted apart, as it is free of charge.
Runs are kept in OUT/disrupted.csv.
"""

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.apart import Ledger, Task, run_all  # noqa: E402 - needs the path above
from benchmarks.page import percent, whole  # noqa: E402 - needs the path above
from benchmarks.peers import OWN, Limits  # noqa: E402 - needs the path above
from benchmarks.registry import Instance, chosen, instances  # noqa: E402 - needs the path above
from benchmarks.rows import Row  # noqa: E402 - needs the path above
from models.errors import InputError  # noqa: E402 - needs the path above

FREE = "free-moves"
FOLDER = "planning"


@dataclass(frozen=True, slots=True)
class Pair:
    """The two plans of one disrupted file."""

    priced: Row
    free: Row

    @property
    def share(self) -> float | None:
        """Moves as a share of those made without prices; None where there are none."""
        return self.priced.moved / self.free.moved if self.free.moved else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Moves and costs over all files, of plans made with and without move prices."""

    moved: int
    moved_free: int
    cost: int
    cost_free: int

    @property
    def holds(self) -> bool:
        """Fewer than half of the moves, at a cost no higher in total."""
        return 2 * self.moved < self.moved_free and self.cost <= self.cost_free


def pairs(rows: Iterable[Row]) -> tuple[Pair, ...]:
    """The files of which both plans stand, in the order of the rows."""
    by_file: dict[str, dict[str, Row]] = {}
    for row in rows:
        if row.stands:
            by_file.setdefault(row.file, {})[row.solver] = row
    both = [found for found in by_file.values() if {OWN, FREE} <= set(found)]
    return tuple(Pair(found[OWN], found[FREE]) for found in both)


def totals(found: Sequence[Pair]) -> Totals:
    """Moves and costs added up."""
    return Totals(
        moved=sum(pair.priced.moved for pair in found),
        moved_free=sum(pair.free.moved for pair in found),
        cost=sum(pair.priced.cost or 0 for pair in found),
        cost_free=sum(pair.free.cost or 0 for pair in found),
    )


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    limits = Limits(options.seconds, options.workers, options.seed)
    try:
        files = chosen(options.files or disrupted_files(instances()))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    ledger = Ledger(options.out / "disrupted.csv", fresh=options.fresh)
    tasks = [Task(one, solver, limits) for one in files for solver in (OWN, FREE)]
    found = pairs(run_all(tasks, ledger))
    if not found:
        return 1
    print("\n".join(table(found)))
    return 0


def disrupted_files(known: Iterable[Instance]) -> tuple[str, ...]:
    """Names of the reference files, or of the own family where there are none."""
    names = [(one.name, one.family) for one in known if "disrupted" in one.name]
    reference = tuple(name for name, family in names if family == FOLDER)
    return reference or tuple(name for name, _ in names)


def table(found: Sequence[Pair]) -> list[str]:
    """Lines for the terminal: with move prices, then without."""
    head = f"{'problem':20} {'moved':>6} {'resources':>10} {'cost':>11} | {'moved':>6}"
    lines = [f"{head} {'resources':>10} {'cost':>11} | {'moves':>7}"]
    for pair in found:
        sides = [
            f"{row.moved:>6} {row.reassigned:>10} {whole(row.cost):>11}"
            for row in (pair.priced, pair.free)
        ]
        lines.append(f"{pair.priced.file:20} {' | '.join(sides)} | {percent(pair.share):>7}")
    of = totals(found)
    share = percent(of.moved / of.moved_free if of.moved_free else None)
    lines.append(
        f"{'all':20} {of.moved:>6} {'':>10} {whole(of.cost):>11} | "
        f"{of.moved_free:>6} {'':>10} {whole(of.cost_free):>11} | {share:>7}"
    )
    verdict = "yes" if of.holds else "no"
    return [*lines, f"fewer than half of the moves at a cost no higher in total: {verdict}"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", nargs="+", default=[], metavar="PATTERN")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--fresh", action="store_true", help="forget the rows of earlier runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
