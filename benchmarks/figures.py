"""Write what the benchmarks measured into benchmarks/README.md, between its two markers.

    python benchmarks/figures.py [OUT] [--seconds 60] [--readme benchmarks/README.md]

OUT is the folder that the other commands wrote to (`bench-out`). Taken are its bench.csv (runs of
so many seconds with two workers, and of 10 s where there are some), speedup-runs.csv, disrupted.csv
and growth.csv; what is absent is left out of the text. Figures known before are in references.py.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.disrupted import pairs, totals  # noqa: E402 - needs the path above
from benchmarks.growth import MEASURES, exponent, points_of  # noqa: E402 - needs the path above
from benchmarks.page import percent, seconds, whole  # noqa: E402 - needs the path above
from benchmarks.peers import BY_NAME, OWN  # noqa: E402 - needs the path above
from benchmarks.references import BOUNDS, REFERENCES  # noqa: E402 - needs the path above
from benchmarks.report import against, board_of  # noqa: E402 - needs the path above
from benchmarks.rows import Row, read_csv  # noqa: E402 - needs the path above
from benchmarks.speedup import RUNS, compared, typical  # noqa: E402 - needs the path above
from benchmarks.verdicts import SHORT, cost, lines  # noqa: E402 - needs the path above
from models.errors import InputError  # noqa: E402 - needs the path above

BEGIN = "<!-- figures: begin -->"
END = "<!-- figures: end -->"
WORKERS = 2
PYTHON = ".venv/bin/python"

Rows = Sequence[Row]


def main() -> int:
    """Write the figures of a folder."""
    options = _options()
    try:
        text = figures(options.out, options.seconds)
        options.readme.write_text(
            put_between(options.readme.read_text(encoding="utf-8"), text), encoding="utf-8"
        )
    except InputError as error:
        print(error, file=sys.stderr)
        return 2
    print(text)
    return 0


def figures(out: Path, limit: float) -> str:
    """All sections for which the folder has rows.

    Raises:
        InputError: it has none at all.
    """

    def rows(name: str, seconds_each: float = limit) -> list[Row]:
        return [row for row in read_csv(out / name) if row.limit == seconds_each]

    bench = [row for row in rows("bench.csv") if row.workers == WORKERS]
    short = [row for row in rows("bench.csv", SHORT) if row.workers == WORKERS]
    faster, moved = rows(RUNS), rows("disrupted.csv")
    sections = (
        measures(bench, short, faster, moved, limit),
        problems(bench, short, limit),
        peers(bench, limit),
        speedup(faster, limit),
        disrupted(moved, limit),
        growth(rows("growth.csv"), limit),
    )
    written = [section for section in sections if section]
    if not written:
        raise InputError(
            f"{out} has no rows of {limit:g} s",
            remedy="run the commands of benchmarks/README.md first",
        )
    return "\n\n".join(written)


def put_between(document: str, text: str) -> str:
    """The document with the text in place of what is between the markers.

    Raises:
        InputError: the markers are not there once each, in this order.
    """
    head, begin, rest = document.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end or BEGIN in tail or END in tail:
        raise InputError(f"there is not one {BEGIN} with one {END} after it", remedy="add the two")
    return f"{head}{BEGIN}\n{text}\n{END}{tail}"


def measures(bench: Rows, short: Rows, faster: Rows, moved: Rows, limit: float) -> str:
    """What had to be seen, and what was."""
    found = lines(bench, short, faster, moved, limit)
    return _section("", ["measure", "target", "measured"], found) if found else ""


def problems(bench: Rows, short: Rows, limit: float) -> str:
    """Holdfast on every problem, beside the figures known before."""
    brief = {row.file: row for row in short if row.solver == OWN}
    head = ["problem", "cases", "cost", f"cost at {SHORT:g} s", "best known before", "to it"]
    head += ["yardstick", "bound", "bound before", "gap", "placed", "first plan, s", "MB"]
    found = []
    for row in bench:
        if row.solver != OWN:
            continue
        best, yardstick = REFERENCES.get(row.file, (None, None))
        quick = brief.get(row.file)
        cells = [row.file, whole(row.cases), _cost(row), _cost(quick) if quick else "-"]
        cells += [whole(best), percent(against(cost(row), best), signed=True), whole(yardstick)]
        cells += [_bound(row), whole(BOUNDS.get(row.file)), percent(row.gap)]
        found.append([*cells, whole(row.placed), seconds(row.first_seconds), whole(row.memory_mb)])
    says = (
        f"Holdfast, {limit:g} s, {WORKERS} workers, seed {_seeds(bench)}; cost at {SHORT:g} s is "
        f"that of runs of {SHORT:g} s.\n\n"
        + _command("bench.py", limit, "--peers none")
        + _command("bench.py", SHORT, "--peers none")
    )
    return _section(says, head, found) if found else ""


def peers(bench: Rows, limit: float) -> str:
    """The peers that were run beside Holdfast."""
    names = [n for n in BY_NAME if n != OWN and any(row.solver == n for row in bench)]
    if not names:
        return ""
    found = []
    for file, of in board_of(bench).items():
        if set(names) & set(of):
            found.append([file, *(_cost(of[n]) if n in of else "-" for n in (OWN, *names))])
    says = "Costs of peers in the same run.\n\n" + _command("bench.py", limit)
    return _section(says, ["problem", OWN, *names], found)


def speedup(rows: Rows, limit: float) -> str:
    """Two workers against one."""
    found = compared(rows)
    if not found:
        return ""
    head = ["problem", "one worker", "after, s", "two reach it, s", "speed-up", "two workers"]
    cells = [
        [
            one.file,
            whole(one.cost_one),
            f"{one.seconds_one:.1f}",
            "never" if one.seconds_two is None else f"{one.seconds_two:.1f}",
            f"{one.ratio:.2f}",
            whole(one.cost_two),
        ]
        for one in found
    ]
    says = "Seconds to the last cost of one worker.\n\n" + _command("speedup.py", limit)
    return _section(says, head, [*cells, ["median", "", "", "", f"{typical(found):.2f}", ""]])


def disrupted(rows: Rows, limit: float) -> str:
    """Moves of plans made with and without move prices."""
    found = pairs(rows)
    if not found:
        return ""
    head = ["problem", "moved", "resources only", "cost", "moved, free", "resources only, free"]
    cells = [
        [
            pair.priced.file,
            *(
                text
                for row in (pair.priced, pair.free)
                for text in (whole(row.moved), whole(row.reassigned), whole(row.cost))
            ),
            percent(pair.share),
        ]
        for pair in found
    ]
    of = totals(found)
    share = percent(of.moved / of.moved_free if of.moved_free else None)
    last = [
        "all",
        whole(of.moved),
        "",
        whole(of.cost),
        whole(of.moved_free),
        "",
        whole(of.cost_free),
    ]
    says = (
        "Bookings moved, against a plan made without move prices (free); both judged at the prices "
        "of the file.\n\n" + _command("disrupted.py", limit)
    )
    return _section(says, [*head, "cost, free", "moves"], [*cells, [*last, share]])


def growth(rows: Rows, limit: float) -> str:
    """Time and memory against the number of cases."""
    if not rows:
        return ""
    head = ["cases", "cost", "bound", "gap", *MEASURES]
    cells = [
        [whole(row.cases), _cost(row), whole(row.bound), percent(row.gap)]
        + [seconds(measure(row)) for measure in MEASURES.values()]
        for row in sorted(rows, key=lambda row: row.cases)
    ]
    slopes = [seconds(exponent(points_of(rows, measure))) for measure in MEASURES.values()]
    says = "Waiting lists at a constant load of the department.\n\n" + _command("growth.py", limit)
    return _section(says, head, [*cells, ["exponent", "", "", "", *slopes]])


def _section(says: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    ruler = ["---", *("---:" for _ in head[1:])]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ruler, *rows))
    return f"{says}\n{table}" if says else table


def _command(script: str, limit: float, *more: str) -> str:
    words = [PYTHON, f"benchmarks/{script}", f"--seconds {limit:g}", *more]
    return f"    {' '.join(words)}\n"


def _cost(row: Row) -> str:
    if row.cost is None:
        return "nothing"
    return whole(row.cost) if row.stands else f"{row.violations} faults"


def _bound(row: Row) -> str:
    return f"{whole(row.bound)}{' (optimal)' if row.status == 'optimal' else ''}"


def _seeds(rows: Rows) -> str:
    return ", ".join(str(seed) for seed in sorted({row.seed for row in rows}))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("out", type=Path, nargs="?", default=Path("bench-out"))
    parser.add_argument("--seconds", type=float, default=60.0, help="of the runs to show")
    parser.add_argument("--readme", type=Path, default=ROOT / "benchmarks" / "README.md")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
