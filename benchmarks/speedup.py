"""How many seconds sooner two workers reach what one worker reaches.

    python benchmarks/speedup.py [--seconds 60] [--seed 0] [--files PATTERN ...]
                                 [--out bench-out] [--fresh]

For each of the six largest planning files (of the own families where those are absent): a run with
one worker and one with two, of the same length and seed, one after the other and each a process of
its own. The speed-up is the seconds after which the one-worker run had its own last cost, divided
by the seconds after which the two-worker run had a cost as low. A file where two workers never get
there counts as 0; one without two plans that stand is left out. Curves are reported twice a second.
Runs are kept in OUT/speedup-runs.csv, the table in OUT/speedup.csv.
"""

import argparse
import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.apart import Ledger, Task, run_all  # noqa: E402 - needs the path above
from benchmarks.page import seconds, whole  # noqa: E402 - needs the path above
from benchmarks.peers import OWN, Limits  # noqa: E402 - needs the path above
from benchmarks.registry import Instance, chosen, instances  # noqa: E402 - needs the path above
from benchmarks.rows import Row  # noqa: E402 - needs the path above
from models.errors import InputError  # noqa: E402 - needs the path above

LARGEST = (
    "waiting-220-13",
    "waiting-300-14",
    "waiting-500-15",
    "waiting-900-16",
    "disrupted-300-14",
    "disrupted-500-15",
)
OWN_LARGEST = (
    "own-waiting-200",
    "own-waiting-400",
    "own-waiting-800",
    "own-overfull-260",
    "own-disrupted-200",
    "own-disrupted-400",
)
RUNS = "speedup-runs.csv"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two workers against one on a file; `seconds_two` is None where they never get that low."""

    file: str
    cost_one: int
    cost_two: int
    seconds_one: float
    seconds_two: float | None

    @property
    def ratio(self) -> float:
        """Speed-up; 0 where two workers never reach the cost of one."""
        return self.seconds_one / self.seconds_two if self.seconds_two else 0.0


def compared(rows: Iterable[Row]) -> tuple[Comparison, ...]:
    """The files of which both runs have a plan that stands, in the order of the rows."""
    by_file: dict[str, dict[int, Row]] = {}
    for row in rows:
        if row.stands:
            by_file.setdefault(row.file, {})[row.workers] = row
    return tuple(
        _compared(found[1], found[2]) for found in by_file.values() if {1, 2} <= set(found)
    )


def _compared(one: Row, two: Row) -> Comparison:
    assert one.cost is not None
    assert two.cost is not None
    reached = one.seconds_to(one.cost)
    return Comparison(
        file=one.file,
        cost_one=one.cost,
        cost_two=two.cost,
        seconds_one=one.seconds if reached is None else reached,
        seconds_two=two.seconds_to(one.cost),
    )


def typical(found: Sequence[Comparison]) -> float | None:
    """The median speed-up; None where nothing was compared."""
    return median(one.ratio for one in found) if found else None


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    try:
        files = chosen(options.files or largest(instances()))
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    ledger = Ledger(options.out / RUNS, fresh=options.fresh)
    limits = [Limits(options.seconds, workers, options.seed) for workers in (1, 2)]
    found = compared(run_all([Task(one, OWN, of) for one in files for of in limits], ledger))
    if not found:
        return 1
    print("\n".join(table(found)))
    write_csv(options.out / "speedup.csv", found)
    print(f"written to {options.out / 'speedup.csv'}, with all curves in {options.out / RUNS}")
    return 0


def largest(known: Iterable[Instance]) -> tuple[str, ...]:
    """The six largest planning files, or as many of the own families where one is absent."""
    return LARGEST if set(LARGEST) <= {one.name for one in known} else OWN_LARGEST


def table(found: Sequence[Comparison]) -> list[str]:
    """Lines for the terminal."""
    head = f"{'problem':20} {'one worker':>11} {'after, s':>9} {'two reach it, s':>16}"
    lines = [f"{head} {'speed-up':>9} {'two workers':>12}"]
    for one in found:
        reached = seconds(one.seconds_two) if one.seconds_two is not None else "never"
        lines.append(
            f"{one.file:20} {whole(one.cost_one):>11} {seconds(one.seconds_one):>9} "
            f"{reached:>16} {one.ratio:>9.2f} {whole(one.cost_two):>12}"
        )
    return [*lines, f"median speed-up: {seconds(typical(found))}"]


def write_csv(path: Path, found: Sequence[Comparison]) -> None:
    """All members and the ratio of each file."""
    with path.open("w", newline="") as sink:
        writer = csv.DictWriter(sink, [*(f.name for f in fields(Comparison)), "ratio"])
        writer.writeheader()
        writer.writerows(asdict(one) | {"ratio": f"{one.ratio:.3f}"} for one in found)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--files", nargs="+", default=[], metavar="PATTERN")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--fresh", action="store_true", help="forget the rows of earlier runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
