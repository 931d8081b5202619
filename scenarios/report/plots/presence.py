"""Cases present over all of a replay, its warm-up too, by scenario."""

from typing import Any

from scenarios.report import palette
from scenarios.report.data import Estimate, Presence, ReportData
from scenarios.report.palette import Look
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
    marker,
)
from scenarios.report.words import joined, number, plot_text

MOST_TICKS = 20
"""Weeks that are each named at the axis."""


def presence_section(report: ReportData) -> Section:
    """The section of cases present."""
    return Section(
        id="present",
        title="Cases present",
        lead="Cases that are referred and neither treated nor gone, at the beginning of each "
        "week and at the end: the mean over the runs with its 95 % interval. Left of week 0 is the "
        "warm-up, which is not measured. The run begins with today's backlog: it is a forecast. "
        "Where the line still falls or rises after week 0, the figures are no steady state.",
        choice="Scenario",
        pictures=tuple(
            _picture(report, drawn) for drawn in drawn_together(report, report.presences)
        ),
        nothing="no weeks were simulated",
    )


def _picture(report: ReportData, together: tuple[Presence, ...]) -> Picture:
    names, drawn = labels(report), looks(report)
    return Picture(
        label=names[together[-1].scenario],
        alt=_alt(names, together),
        data=tuple(_line(names[one.scenario], one, drawn[one.scenario]) for one in together),
        layout=layout(
            340,
            xaxis=axis("weeks from the first measured", zeroline=False, **_ticks(together[0])),
            yaxis=axis("cases present", rangemode="tozero"),
            shapes=[_begin()],
        ),
        table=_table(names, together),
        narrow={"height": 300},
        legend=tuple((drawn[one.scenario], names[one.scenario]) for one in together),
    )


def _line(name: str, presence: Presence, drawn: Look) -> dict[str, Any]:
    found = presence.weeks
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": plot_text(name),
        "line": line(drawn),
        "marker": marker(drawn, 6),
        "x": [presence.first + week for week in range(len(found))],
        "y": [round(one.value, 2) for one in found],
        "error_y": {
            "type": "data",
            "visible": any(one.high is not None for one in found),
            "array": [round(_half(one), 2) for one in found],
            "color": drawn.colour,
            "thickness": 1,
            "width": 3,
        },
        "hovertemplate": "week %{x}: %{y:.1f} cases",
    }


def _ticks(presence: Presence) -> dict[str, Any]:
    """A tick for each week where there are few: there are no halves of weeks."""
    return {"dtick": 1} if len(presence.weeks) <= MOST_TICKS else {}


def _half(estimate: Estimate) -> float:
    return 0.0 if estimate.high is None else estimate.high - estimate.value


def _begin() -> dict[str, Any]:
    """The line at which measuring begins."""
    return {
        "type": "line",
        "yref": "paper",
        "x0": 0,
        "x1": 0,
        "y0": 0,
        "y1": 1,
        "line": {"color": palette.SOFT, "width": 1, "dash": "dot"},
        "layer": "below",
    }


def _alt(names: dict[str, str], together: tuple[Presence, ...]) -> str:
    parts = [
        f"{names[one.scenario]}: {number(one.weeks[0].value, 1)} today, "
        f"{number(one.weeks[-one.first].value, 1)} when measuring begins and "
        f"{number(one.weeks[-1].value, 1)} at the end"
        for one in together
    ]
    return f"Mean number of cases present: {joined(parts)}."


def _table(names: dict[str, str], together: tuple[Presence, ...]) -> Table:
    weeks = range(together[0].first, together[0].first + len(together[0].weeks))
    rows = [(names[one.scenario], *(_said(estimate) for estimate in one.weeks)) for one in together]
    heads = ("Scenario", *(f"week {week}" for week in weeks))
    return Table("Mean number of cases present, with its 95 % interval", heads, tuple(rows))


def _said(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return number(estimate.value, 1)
    return f"{number(estimate.value, 1)} ({number(estimate.low, 1)} to {number(estimate.high, 1)})"
