"""A measure over a grid: a curve with intervals for one parameter, a heat map for two."""

from collections.abc import Sequence
from typing import Any

from scenarios.report import palette
from scenarios.report.data import Estimate, MeasureNote, ReportData, Sweep, SweepPoint
from scenarios.report.plots.cells import SCALE, cell_texts
from scenarios.report.plots.picture import Picture, Section, Table, axis, layout
from scenarios.report.words import (
    SHARE,
    digits,
    figure,
    interval,
    number,
    plot_text,
    unit_words,
)

COLOUR = palette.SERIES[0]
MOST_TICKS = 8


def sweep_section(report: ReportData) -> Section:
    """The section of a sweep; without one it has no pictures."""
    sweep = report.sweep
    shown = [] if sweep is None else [m for m in report.measures if _known(sweep, m)]
    parameters = "" if sweep is None else " and ".join(sweep.parameters)
    return Section(
        id="sweep",
        title="Over the grid",
        lead=f"What each measure does as {parameters} changes, with 95 % intervals where there "
        "are several replications.",
        choice="Measure",
        pictures=() if sweep is None else tuple(_picture(sweep, m) for m in shown),
        nothing="no parameter was varied over a grid",
    )


def _known(sweep: Sweep, measure: MeasureNote) -> bool:
    return any(measure.key in point.figures for point in sweep.points)


def _picture(sweep: Sweep, measure: MeasureNote) -> Picture:
    points = [point for point in sweep.points if measure.key in point.figures]
    drawn = _curve if len(sweep.parameters) == 1 else _map
    data, shown = drawn(sweep, points, measure)
    return Picture(
        label=measure.name,
        alt=_alt(sweep, points, measure),
        data=data,
        layout=shown,
        table=_table(sweep, points, measure),
        narrow={"height": 320},
    )


def _scaled(value: float, measure: MeasureNote) -> float:
    return round(value * 100 if measure.unit == SHARE else value, 4)


def _title(measure: MeasureNote) -> str:
    unit = unit_words(measure.unit)
    return plot_text(f"{measure.name}, {unit}" if unit else measure.name, 40)


def _curve(
    sweep: Sweep, points: list[SweepPoint], measure: MeasureNote
) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    found = [point.figures[measure.key] for point in points]
    along = _along([point.values[0] for point in points])
    data = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": along,
        "y": [_scaled(f.value, measure) for f in found],
        "line": {"color": COLOUR, "width": 2.5},
        "marker": {"color": COLOUR, "size": 9},
        "error_y": {
            "type": "data",
            "symmetric": False,
            "visible": any(f.low is not None for f in found),
            "array": [_scaled(_reach(f, f.high), measure) for f in found],
            "arrayminus": [_scaled(_reach(f, f.low), measure) for f in found],
            "color": COLOUR,
            "thickness": 1.5,
            "width": 5,
        },
        "customdata": [_said(f, measure) for f in found],
        "hovertemplate": "%{x}: %{customdata}<extra></extra>",
    }
    shown = layout(
        360,
        xaxis=axis(plot_text(sweep.parameters[0], 50), zeroline=False, **_ticks(along)),
        yaxis=axis(_title(measure), zeroline=False),
    )
    return (data,), shown


def _ticks(values: list[float | str]) -> dict[str, Any]:
    """Ticks at the points themselves, where these are few numbers."""
    few = len(values) <= MOST_TICKS and not any(isinstance(v, str) for v in values)
    return {"tickvals": values} if few else {}


def _along(values: Sequence[float | str]) -> list[float | str]:
    """Values of one axis: numbers as they are, texts as categories that carry no markup."""
    return [plot_text(v, 18) if isinstance(v, str) else v for v in values]


def _map(
    sweep: Sweep, points: list[SweepPoint], measure: MeasureNote
) -> tuple[tuple[dict[str, Any], ...], dict[str, Any]]:
    across = list(dict.fromkeys(point.values[0] for point in points))
    up = list(dict.fromkeys(point.values[1] for point in points))
    found = {point.values: point.figures[measure.key] for point in points}
    grid = [[found.get((x, y)) for x in across] for y in up]
    values = [[None if f is None else _scaled(f.value, measure) for f in line] for line in grid]
    flat = [value for line in values for value in line if value is not None]
    colours = {
        "type": "heatmap",
        "z": values,
        "x": list(range(len(across))),
        "y": list(range(len(up))),
        "customdata": [["" if f is None else _said(f, measure) for f in line] for line in grid],
        "hovertemplate": "%{customdata}<extra></extra>",
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
    }
    texts = cell_texts(values, min(flat), max(flat), {}, _short)
    shown = layout(
        max(len(up) * 48 + 90, 260),
        xaxis=_steps(sweep.parameters[0], across),
        yaxis=_steps(sweep.parameters[1], up),
    )
    return (colours, texts), shown


def _steps(parameter: str, values: Sequence[float | str]) -> dict[str, Any]:
    return axis(
        plot_text(parameter, 40),
        tickvals=list(range(len(values))),
        ticktext=[plot_text(str(value), 18) for value in values],
        showgrid=False,
        zeroline=False,
    )


def _short(scaled: float) -> str:
    return number(scaled, min(digits(scaled), 1))


def _reach(estimate: Estimate, end: float | None) -> float:
    return 0.0 if end is None else abs(end - estimate.value)


def _said(estimate: Estimate, measure: MeasureNote) -> str:
    shown = figure(estimate.value, measure.unit)
    if measure.unit != SHARE:
        shown = f"{shown} {measure.unit}".rstrip()
    if estimate.low is None:
        return shown
    return f"{shown} ({interval(estimate, measure.unit, signed=False)})"


def _alt(sweep: Sweep, points: list[SweepPoint], measure: MeasureNote) -> str:
    low, high = (
        pick(points, key=lambda point: point.figures[measure.key].value) for pick in (min, max)
    )
    ends = [
        f"{word} {figure(p.figures[measure.key].value, measure.unit)} at {_where(sweep, p)}"
        for word, p in (("least", low), ("most", high))
    ]
    return f"{measure.name} over {' and '.join(sweep.parameters)}: {', '.join(ends)}."


def _where(sweep: Sweep, point: SweepPoint) -> str:
    pairs = zip(sweep.parameters, point.values, strict=True)
    return ", ".join(f"{name} {value}" for name, value in pairs)


def _table(sweep: Sweep, points: list[SweepPoint], measure: MeasureNote) -> Table:
    heads = (*sweep.parameters, f"{measure.name}, {measure.unit or 'number'}", "95 % interval")
    rows = tuple(
        (
            *(str(value) for value in point.values),
            figure(point.figures[measure.key].value, measure.unit),
            interval(point.figures[measure.key], measure.unit, signed=False),
        )
        for point in points
    )
    return Table(f"{measure.name} at each point of the grid", heads, rows)
