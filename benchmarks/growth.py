"""How time and memory grow with the number of cases, at a constant load of the department.

    python benchmarks/growth.py [--seconds 60] [--workers 2] [--seed 0] [--largest 3200]
                                [--out bench-out] [--fresh]

Waiting lists of 100, 200, 400, ... cases for a department that grows with them. For each: seconds
to the first plan, seconds until the cost is within 5 % of what the whole run reaches, and peak
memory. The exponent is the slope of a straight line through the logarithms: 1 is linear growth.
Rows are kept in OUT/growth.csv and shown in OUT/growth.html.
"""

import argparse
import math
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import linear_regression

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.apart import Ledger, Task, run_all  # noqa: E402 - needs the path above
from benchmarks.page import page, percent, seconds, table, whole  # noqa: E402 - needs the path above
from benchmarks.peers import OWN, Limits  # noqa: E402 - needs the path above
from benchmarks.plots import Series, chart, log_axis  # noqa: E402 - needs the path above
from benchmarks.registry import growing  # noqa: E402 - needs the path above
from benchmarks.rows import Row  # noqa: E402 - needs the path above

NEAR = 1.05
Measure = Callable[[Row], float | None]


def near_seconds(row: Row) -> float | None:
    """Seconds until the cost is within 5 % of the last one."""
    return None if row.cost is None else row.seconds_to(NEAR * row.cost)


MEASURES: dict[str, Measure] = {
    "first plan, s": lambda row: row.first_seconds,
    "within 5 %, s": near_seconds,
    "memory, MB": lambda row: float(row.memory_mb),
}


def exponent(points: Sequence[tuple[float, float]]) -> float | None:
    """The slope of log y over log x by least squares; None with fewer than two points."""
    if len(points) < 2:
        return None
    xs, ys = zip(*((math.log(x), math.log(y)) for x, y in points), strict=True)
    return linear_regression(xs, ys).slope


def points_of(rows: Sequence[Row], measure: Measure) -> list[tuple[float, float]]:
    """Cases and figure of every row that has one above 0."""
    found = [(float(row.cases), measure(row)) for row in rows if row.stands]
    return [(x, y) for x, y in found if y is not None and y > 0]


def main() -> int:
    """Run the benchmark from the command line."""
    options = _options()
    limits = Limits(options.seconds, options.workers, options.seed)
    sizes = [one for one in growing(options.seed) if int(one.name.split("-")[1]) <= options.largest]
    ledger = Ledger(options.out / "growth.csv", fresh=options.fresh)
    rows = run_all([Task(one, OWN, limits) for one in sizes], ledger)
    if not rows:
        return 1
    _print(rows)
    _write(options.out / "growth.html", rows, limits)
    print(
        f"{len(rows)} rows in {options.out / 'growth.csv'}, shown in {options.out / 'growth.html'}"
    )
    return 0


def _print(rows: Sequence[Row]) -> None:
    print(f"{'cases':>6} {'cost':>11} {'gap':>7}" + "".join(f" {name:>14}" for name in MEASURES))
    for row in rows:
        shown = "".join(f" {seconds(measure(row)):>14}" for measure in MEASURES.values())
        print(f"{row.cases:>6} {whole(row.cost):>11} {percent(row.gap):>7}{shown}")
    for name, measure in MEASURES.items():
        slope = exponent(points_of(rows, measure))
        print(f"{name}: exponent {'-' if slope is None else f'{slope:.2f}'}")


def _write(path: Path, rows: Sequence[Row], limits: Limits) -> None:
    head = ["cases", "cost", "bound", "gap", "placed", *MEASURES]
    lines = [
        [
            whole(row.cases),
            whole(row.cost),
            whole(row.bound),
            percent(row.gap),
            whole(row.placed),
            *(seconds(measure(row)) for measure in MEASURES.values()),
        ]
        for row in rows
    ]
    slopes = {name: exponent(points_of(rows, measure)) for name, measure in MEASURES.items()}
    fitted = ["exponent", "", "", "", "", *(seconds(slope) for slope in slopes.values())]
    caption = (
        f"{limits.seconds:g} s a run, seed {limits.seed}, {limits.workers} workers. "
        "Exponent: slope of the logarithms by least squares; 1 is linear growth."
    )
    charts = "".join(_chart(rows, name, measure) for name, measure in MEASURES.items())
    body = (
        f'{table(caption, head, [*lines, fitted])}<h2>Curves</h2><div class="charts">{charts}</div>'
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page("Holdfast growth", body), encoding="utf-8")


def _chart(rows: Sequence[Row], name: str, measure: Measure) -> str:
    points = points_of(rows, measure)
    if not points:
        return ""
    ys = [y for _, y in points]
    low, high = min(ys) / 1.5, max(ys) * 1.5
    ticks = [step * 10**power for power in range(-3, 6) for step in (1, 2, 5)]
    across = log_axis("cases", points[0][0] / 1.2, points[-1][0] * 1.2, [x for x, _ in points])
    series = [Series("measured", points, 0), *_fitted(points)]
    return chart(name, series, across, log_axis(name, low, high, ticks))


def _fitted(points: list[tuple[float, float]]) -> list[Series]:
    slope = exponent(points)
    if slope is None:
        return []
    middle = sum(math.log(y) - slope * math.log(x) for x, y in points) / len(points)
    ends = [points[0][0], points[-1][0]]
    line = [(x, math.exp(middle + slope * math.log(x))) for x in ends]
    return [Series(f"n^{slope:.2f}", line, 1)]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--seconds", type=float, default=60.0, help="of each run")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--largest", type=int, default=3_200, help="cases of the largest list")
    parser.add_argument("--out", type=Path, default=Path("bench-out"))
    parser.add_argument("--fresh", action="store_true", help="forget the rows of earlier runs")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
