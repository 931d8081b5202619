"""What `plan` says of moves: those of one plan, and cost against their number."""

from typing import TYPE_CHECKING, Any

from scheduler.cli.output import say_json, table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from solver.few_moves import FewMoves


def moves_figures(found: "FewMoves") -> dict[str, Any]:
    """The limit, the moves and the forced ones, as members of a plan."""
    return {
        "max_moves": found.most_moves,
        "moves": list(found.moves),
        "forced_moves": list(found.forced),
    }


def tell_curve(points: "Sequence[FewMoves]", *, as_json: bool) -> None:
    """Print cost against number of moves; the last line has no limit."""
    rows = [_row(point) for point in points]
    if as_json:
        say_json({"curve": rows, "bound": points[-1].result.bound})
        return
    heads = ("max moves", "moves", "forced", "cost", "placed", "missing")
    table(
        heads,
        [
            ("any" if row["max_moves"] is None else row["max_moves"], *list(row.values())[1:])
            for row in (_shown(row) for row in rows)
        ],
        right=heads[:-1],
    )


def _row(point: "FewMoves") -> dict[str, Any]:
    return {
        "max_moves": point.most_moves,
        "moves": len(point.moves),
        "forced_moves": len(point.forced),
        "cost": point.result.cost,
        "placed": point.result.placed,
        "missing": list(point.result.missing),
    }


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return row | {"cost": f"{row['cost']:,}", "missing": ", ".join(row["missing"])}
