"""Waiting times: the share of cases that waited no longer than so many days, by scenario."""

from collections.abc import Sequence
from math import ceil
from typing import Any

from scenarios.report import palette
from scenarios.report.data import ReportData, Waits
from scenarios.report.plots.picture import (
    Picture,
    Section,
    Table,
    axis,
    drawn_together,
    labels,
    layout,
    line,
    looks,
)
from scenarios.report.words import joined, number, plot_text

POINTS = 200
LEVELS = (0.1, 0.25, 0.5, 0.75, 0.9, 1.0)


def waiting_section(report: ReportData) -> Section:
    """The section of waiting times."""
    return Section(
        id="waiting",
        title="Waiting times",
        lead="The share of treated cases that waited at most so many days, all runs "
        "together. A curve further to the left waits less. Those not yet treated are in the "
        "measures, not here.",
        choice="Scenario",
        pictures=tuple(
            _picture(report, waits)
            for waits in drawn_together(report, (w for w in report.waits if w.days))
        ),
        nothing="no case was treated in any of the scenarios",
    )


def quantile(ordered: Sequence[float], level: float) -> float:
    """The smallest value that at least this share of the values do not exceed.

    Args:
        ordered: the values, rising; at least one.
        level: above 0, at most 1.
    """
    return ordered[max(ceil(level * len(ordered) - 1e-9), 1) - 1]


def _picture(report: ReportData, together: tuple[Waits, ...]) -> Picture:
    names, drawn = labels(report), looks(report)
    return Picture(
        label=names[together[-1].scenario],
        alt=_alt(names, together),
        data=tuple(_curve(names[w.scenario], w, line(drawn[w.scenario])) for w in together),
        layout=layout(
            380,
            xaxis=axis("days from referral to procedure", rangemode="tozero"),
            yaxis=axis("share of treated cases, %", range=[0, 102]),
            shapes=[_level(50), _level(90)],
        ),
        table=_table(names, together),
        narrow={"height": 320},
        legend=tuple((drawn[w.scenario], names[w.scenario]) for w in together),
    )


def _curve(name: str, waits: Waits, drawn: dict[str, Any]) -> dict[str, Any]:
    ordered = sorted(waits.days)
    count = min(len(ordered), POINTS)
    levels = [(at + 1) / count for at in range(count)]
    return {
        "type": "scatter",
        "mode": "lines",
        "name": plot_text(name),
        "line": drawn | {"shape": "hv"},
        "x": [round(ordered[0], 3), *(round(quantile(ordered, v), 3) for v in levels)],
        "y": [0.0, *(round(100 * v, 2) for v in levels)],
        "hovertemplate": "%{y:.0f} % within %{x:.1f} days",
    }


def _level(percent: int) -> dict[str, Any]:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": percent,
        "y1": percent,
        "line": {"color": palette.SOFT, "width": 1, "dash": "dot"},
        "layer": "below",
    }


def _alt(names: dict[str, str], together: tuple[Waits, ...]) -> str:
    parts = [
        f"{names[w.scenario]} {number(quantile(sorted(w.days), 0.5), 1)} days" for w in together
    ]
    return f"Share treated over the days waited. Half were treated within: {joined(parts)}."


def _table(names: dict[str, str], together: tuple[Waits, ...]) -> Table:
    heads = ("Scenario", "Cases", *(f"{level:.0%} within, days" for level in LEVELS))
    rows = []
    for waits in together:
        ordered = sorted(waits.days)
        cells = (number(quantile(ordered, level), 1) for level in LEVELS)
        rows.append((names[waits.scenario], f"{len(ordered):,}", *cells))
    return Table(
        "Days within which that share of the treated cases were treated", heads, tuple(rows)
    )
