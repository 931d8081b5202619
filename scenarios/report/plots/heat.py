"""Use by hour of the day: the baseline above, one scenario below, on the same rows and hours."""

from collections.abc import Iterable, Sequence
from typing import Any

from scenarios.report.data import Heat, ReportData
from scenarios.report.plots.cells import SCALE, cell_texts
from scenarios.report.plots.picture import (
    Picture,
    Section,
    Table,
    axis,
    heading,
    in_order,
    labels,
    layout,
    row_axes,
    stacked,
)
from scenarios.report.words import number, plot_text

ROW_HEIGHT, HEAD_HEIGHT, FOOT_HEIGHT = 26, 34, 60
"""Pixels."""


def heat_section(report: ReportData) -> Section:
    """The section of use by hour."""
    return Section(
        id="use-by-hour",
        title="Use by hour of the day",
        lead="Per cent of the staffed time in use, by local hour: darker is more; empty: nobody "
        "was there.",
        choice="Scenario",
        pictures=tuple(_picture(report, pair) for pair in _pairs(report)),
        nothing="no staffed hours were recorded",
    )


def _pairs(report: ReportData) -> list[tuple[Heat, ...]]:
    place = in_order(report)
    shown = sorted((h for h in report.heats if h.rows), key=lambda h: place[h.scenario])
    base = tuple(h for h in shown if h.scenario == report.baseline)
    others = [h for h in shown if h.scenario != report.baseline]
    return [(*base, other) for other in others] or ([base] if base else [])


def _picture(report: ReportData, pair: tuple[Heat, ...]) -> Picture:
    names = labels(report)
    rows = merged([heat.rows for heat in pair])
    hours = tuple(sorted({hour for heat in pair for hour in heat.hours}))
    grids = [_grid(heat, rows, hours) for heat in pair]
    spans = stacked(len(pair), len(rows), ROW_HEIGHT, HEAD_HEIGHT)
    shown = layout(
        int(len(pair) * (len(rows) * ROW_HEIGHT + HEAD_HEIGHT) + FOOT_HEIGHT),
        annotations=[
            heading(plot_text(names[heat.scenario], 60, 1), top)
            for heat, (_, top) in zip(pair, spans, strict=True)
        ],
        margin={"l": 40, "r": 8, "t": 4, "b": 44},
        **_axes(rows, hours, spans),
    )
    return Picture(
        label=names[pair[-1].scenario],
        alt=_alt(names, pair),
        data=tuple(
            trace for place, grid in enumerate(grids) for trace in _map(grid, rows, hours, place)
        ),
        layout=shown,
        table=_table(names, pair, rows, hours, grids),
        narrow={},
    )


def merged(lists: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """All names, each once; one that comes new follows the one that it follows in its own list."""
    found: list[str] = []
    for names in lists:
        at = 0
        for name in names:
            if name not in found:
                found.insert(at, name)
            at = found.index(name) + 1
    return tuple(found)


def _grid(heat: Heat, rows: tuple[str, ...], hours: tuple[int, ...]) -> list[list[float | None]]:
    found = {
        (row, hour): share
        for row, shares in zip(heat.rows, heat.shares, strict=True)
        for hour, share in zip(heat.hours, shares, strict=True)
    }
    return [[found.get((row, hour)) for hour in hours] for row in rows]


def _axes(
    rows: tuple[str, ...], hours: tuple[int, ...], spans: list[tuple[float, float]]
) -> dict[str, Any]:
    return {
        "xaxis": axis(
            "local hour",
            tickvals=list(range(len(hours))),
            ticktext=[f"{hour:02d}" for hour in hours],
            tickangle=0,
            range=[-0.5, len(hours) - 0.5],
            showgrid=False,
            zeroline=False,
            anchor=f"y{len(spans)}" if len(spans) > 1 else "y",
        ),
        **row_axes(spans, [plot_text(row, 18, 1) for row in rows], showgrid=False),
    }


def _map(
    grid: list[list[float | None]], rows: tuple[str, ...], hours: tuple[int, ...], place: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    percents = [[None if s is None else round(100 * s, 1) for s in line] for line in grid]
    axes = {"xaxis": "x", "yaxis": "y" if place == 0 else f"y{place + 1}"}
    colours = axes | {
        "type": "heatmap",
        "z": percents,
        "x": list(range(len(hours))),
        "y": list(range(len(rows))),
        "zmin": 0,
        "zmax": 100,
        "colorscale": SCALE,
        "showscale": False,
        "xgap": 1,
        "ygap": 1,
        "hoverongaps": False,
        "customdata": [[[plot_text(row), f"{hour:02d}:00"] for hour in hours] for row in rows],
        "hovertemplate": "%{customdata[0]}, %{customdata[1]}: %{z:.0f} %<extra></extra>",
    }
    return colours, cell_texts(percents, 0, 100, axes, lambda value: f"{value:.0f}")


def _busiest(heat: Heat) -> str:
    cells = [
        (share, row, hour)
        for row, shares in zip(heat.rows, heat.shares, strict=True)
        for hour, share in zip(heat.hours, shares, strict=True)
        if share is not None
    ]
    if not cells:
        return "nothing in use"
    share, row, hour = max(cells, key=lambda cell: cell[0])
    return f"{row} at {hour:02d}:00 with {round(100 * share, 1):.0f}%"


def _alt(names: dict[str, str], pair: tuple[Heat, ...]) -> str:
    parts = [f"{names[heat.scenario]}: busiest is {_busiest(heat)}" for heat in pair]
    return f"Heat maps of use by hour. {'; '.join(parts)}."


def _table(
    names: dict[str, str],
    pair: tuple[Heat, ...],
    rows: tuple[str, ...],
    hours: tuple[int, ...],
    grids: list[list[list[float | None]]],
) -> Table:
    lines = tuple(
        (row, names[heat.scenario], *(_cell(share) for share in grid[place]))
        for place, row in enumerate(rows)
        for heat, grid in zip(pair, grids, strict=True)
    )
    heads = ("Row", "Scenario", *(f"{hour:02d}" for hour in hours))
    return Table("Per cent of the staffed time in use, by local hour", heads, lines)


def _cell(share: float | None) -> str:
    return "" if share is None else number(100 * share, 0)
