"""The table of a sweep: what each measure comes to at each point of a grid of parameters."""

from collections.abc import Hashable, Iterator, Mapping
from math import nan
from typing import Any

import pandas as pd

from models.errors import InputError
from scenarios.measures.columns import frame
from scenarios.measures.comparison import Comparison

Point = Mapping[str, float | str]
"""One or two parameters and their values at a point of the grid."""
COLUMNS = (
    "scenario first_parameter first_value first_label second_parameter second_value second_label "
    "measure group unit n mean low high difference difference_low difference_high verdict"
)


def sweep_table(comparison: Comparison, points: Mapping[str, Point]) -> pd.DataFrame:
    """Means and differences against the baseline at the points of a sweep, of the whole network.

    Columns: scenario, first_parameter, first_value (a number, or NaN), first_label (as text), the
    same for the second (empty without one), measure, group, unit, n, mean, low, high, difference,
    difference_low, difference_high, verdict. The baseline's own point has no difference.

    Args:
        comparison: of the scenarios, made with the baseline that differences are to be against.
        points: the parameters of each scenario that belongs to the sweep, in order of the grid.

    Raises:
        InputError: a point has no runs, or has neither one nor two parameters.
    """
    for name, point in points.items():
        if name not in comparison.scenarios or len(point) not in {1, 2}:
            raise InputError(
                "a point of a sweep has runs and one or two parameters",
                place=f"scenario {name}",
                remedy="run it, and sweep over no more than two",
            )
    means = comparison.whole(comparison.intervals, grouped=True)
    changes = comparison.whole(comparison.differences, grouped=True)
    known = {_key(row): row for row in changes.to_dict("records")}
    rows = [row for row in means.to_dict("records") if row["scenario"] in points]
    place = {name: i for i, name in enumerate(points)}
    rows.sort(key=lambda row: place[row["scenario"]])
    return frame(COLUMNS, (_cells(row, known, points[row["scenario"]]) for row in rows))


_Row = Mapping[Hashable, Any]


def _key(row: _Row) -> tuple[object, ...]:
    return row["scenario"], row["measure"], row["group"]


def _cells(row: _Row, known: Mapping[tuple[object, ...], _Row], point: Point) -> tuple[object, ...]:
    change = known.get(_key(row), {})
    numbers = [change.get(name, nan) for name in ("difference", "low", "high")]
    return (
        row["scenario"],
        *_parameters(point),
        *(row[name] for name in ("measure", "group", "unit", "n", "mean", "low", "high")),
        *numbers,
        change.get("verdict", ""),
    )


def _parameters(point: Point) -> Iterator[object]:
    given = [(name, _number(value), str(value)) for name, value in point.items()]
    for name, value, label in (*given, ("", nan, ""))[:2]:
        yield from (name, value, label)


def _number(value: float | str) -> float:
    return nan if isinstance(value, str) else float(value)
