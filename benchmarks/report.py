"""What came of a benchmark: a summary in text, and a page with tables first and curves below."""

import os
import platform
from collections.abc import Iterable
from html import escape
from pathlib import Path

from benchmarks.page import page, percent, seconds, table, whole
from benchmarks.peers import BY_NAME, OWN, Limits
from benchmarks.plots import Series, chart, excess_axis, log_axis
from benchmarks.references import REFERENCES
from benchmarks.rows import MARKS, Row

CURVES = (
    '<p class="soft">How far above the best cost of this run each solver was, over time. Lower is '
    "better; both axes are logarithmic. A line begins at the solver's first plan.</p>"
)

YARDSTICK = "yardstick, 60 s"

Board = dict[str, dict[str, Row]]
"""Rows by problem and solver, in the order in which they were measured."""


def board_of(rows: Iterable[Row]) -> Board:
    """Rows by problem and solver."""
    board: Board = {}
    for row in rows:
        board.setdefault(row.file, {})[row.solver] = row
    return board


def best_peer(rows: dict[str, Row]) -> int | None:
    """The least cost of the peers in this run whose plan stands."""
    found = [r.cost for r in rows.values() if not BY_NAME[r.solver].own and r.stands]
    return min((cost for cost in found if cost is not None), default=None)


def against(cost: int | None, other: int | None) -> float | None:
    """How much dearer than another, as a share of it; None where that says nothing."""
    if cost is None or other is None or (other == 0 and cost != 0):
        return None
    return (cost - other) / other if other else 0.0


def summary(rows: Iterable[Row], solvers: list[str]) -> str:
    """A table for the terminal: a line a problem, a column a solver."""
    names = [name for name in solvers if name in BY_NAME]
    head = f"{'problem':24} {'cases':>5} {'bound':>10} {'gap':>7}"
    lines = [head + "".join(f" {name:>11}" for name in names) + f" {'to best':>8}"]
    for file, found in board_of(rows).items():
        own = found.get(OWN)
        some = next(iter(found.values()))
        line = f"{file:24} {some.cases:>5}"
        line += f" {whole(own.bound if own else None):>10} {percent(own.gap if own else None):>7}"
        line += "".join(f" {_cost(found.get(name)):>11}" for name in names)
        share = against(_standing(own), best_peer(found))
        lines.append(f"{line} {percent(share, signed=True):>8}")
    return "\n".join(lines)


def _standing(row: Row | None) -> int | None:
    return row.cost if row is not None and row.stands else None


def _cost(row: Row | None) -> str:
    if row is None:
        return ""
    if row.cost is None:
        return "nothing"
    return f"{row.cost:,}" if row.stands else f"{row.violations} faults"


def write_page(
    path: Path, rows: list[Row], limits: Limits, solvers: list[str], skipped: dict[str, str]
) -> None:
    """The page of a run."""
    board = board_of(rows)
    body = [
        _about(limits, solvers, skipped),
        "<h2>Cost</h2>",
        _costs(board, solvers),
        "<h2>Holdfast over time</h2>",
        _over_time(board),
        "<h2>Every run</h2>",
        _runs(rows),
        "<h2>Anytime curves</h2>",
        CURVES,
        f'<div class="charts">{"".join(_curves(board, limits, solvers))}</div>',
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(page("Holdfast benchmark", "\n".join(body)), encoding="utf-8")


def _about(limits: Limits, solvers: list[str], skipped: dict[str, str]) -> str:
    listed = [f"<li><b>{escape(n)}</b>: {escape(BY_NAME[n].says)}</li>" for n in solvers]
    listed += [f"<li><b>{escape(n)}</b>: skipped, {escape(why)}</li>" for n, why in skipped.items()]
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    return (
        f"<p>{limits.seconds:g} s a run, seed {limits.seed}, Holdfast with {limits.workers} "
        f"workers; {machine}. One run at a time, each in a process of its own. Costs are in "
        "points, recomputed by the independent checker; lower is better.</p>"
        f"<ul>{''.join(listed)}</ul>"
    )


def _costs(board: Board, solvers: list[str]) -> str:
    head = ["problem", "cases", *solvers, "bound", "gap", "to best peer", "known before", "to it"]
    lines = []
    for file, found in board.items():
        costs = [row.cost for row in found.values() if row.stands and row.cost is not None]
        least = min(costs, default=None)
        cells = []
        for name in solvers:
            row = found.get(name)
            star = "★ " if row is not None and row.stands and row.cost == least else ""
            cells.append(star + _cost(row))
        own = found.get(OWN)
        known, _ = REFERENCES.get(file, (None, None))
        lines.append(
            [
                file,
                whole(next(iter(found.values())).cases),
                *cells,
                whole(own.bound if own else None),
                percent(own.gap if own else None),
                percent(against(_standing(own), best_peer(found)), signed=True),
                whole(known),
                percent(against(_standing(own), known), signed=True),
            ]
        )
    caption = (
        "Points by solver; ★ is the least. Bound and gap are Holdfast's own. "
        "Known before: the best figure on record for a reference file."
    )
    return table(caption, head, lines)


def _over_time(board: Board) -> str:
    head = ["problem", "first plan, s", *(f"at {mark} s" for mark in MARKS), YARDSTICK, "MB"]
    lines = []
    for file, found in board.items():
        own = found.get(OWN)
        if own is not None:
            marks = [whole(own.cost_at(mark)) for mark in MARKS]
            _, yardstick = REFERENCES.get(file, (None, None))
            first, memory = seconds(own.first_seconds), whole(own.memory_mb)
            lines.append([file, first, *marks, whole(yardstick), memory])
    caption = (
        "Seconds to the first plan, cost at each mark, peak memory. The yardstick is a short "
        "ruin-and-recreate search, on record for the reference files."
    )
    return table(caption, head, lines)


def _runs(rows: list[Row]) -> str:
    head = ["problem", "solver", "cost", "bound", "gap", "placed", "moved", "violations"]
    head += ["first, s", "ended, s", "MB", "status", "note"]
    lines = [
        [
            row.file,
            row.solver,
            _cost(row),
            whole(row.bound),
            percent(row.gap),
            f"{row.placed}/{row.cases}",
            whole(row.moved),
            whole(row.violations),
            seconds(row.first_seconds),
            f"{row.seconds:.1f}",
            whole(row.memory_mb),
            row.status,
            row.note,
        ]
        for row in rows
    ]
    caption = "Moved: bookings that start at another time or fell out."
    return table(caption, head, lines)


def _curves(board: Board, limits: Limits, solvers: list[str]) -> Iterable[str]:
    for file, found in board.items():
        costs = [row.cost for row in found.values() if row.stands and row.cost is not None]
        if not costs:
            continue
        least = min(costs)
        series = []
        for style, name in enumerate(solvers):
            row = found.get(name)
            if row is not None and row.stands:
                series.append(Series(name, _excess(row, least, limits.seconds), style, steps=True))
        most = max((y for one in series for _, y in one.points), default=1.0)
        unit = "% above the best" if least else "points above the best"
        x = log_axis("seconds", 0.1, max(limits.seconds, 1.0), (0.1, 0.5, *MARKS))
        yield chart(file, series, x, excess_axis(unit, most))


def _excess(row: Row, least: int, until: float) -> list[tuple[float, float]]:
    """The falling costs of a row, in percent above the least, or in points where that is 0."""
    points: list[tuple[float, float]] = []
    lowest: int | None = None
    for at, cost in row.curve:
        if lowest is None or cost < lowest:
            lowest = cost
            points.append((min(at, until), 100 * (cost - least) / least if least else cost - least))
    if points:
        points.append((until, points[-1][1]))
    return points
