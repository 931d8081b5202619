"""One day before and after: what is booked on each resource, in two panels with the same rows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any
from zoneinfo import ZoneInfo

from models.timegrid import local_day, start_of_day
from scenarios.report import palette
from scenarios.report.data import Bar, DayChart, DayPanel, ReportData
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
from scenarios.report.words import plot_text

ROW_HEIGHT, HEAD_HEIGHT, FOOT_HEIGHT = 24, 34, 54
"""Pixels."""
KINDS = ("suite", "procedure-room", "ct", "proceduralist", "anaesthesia", "sedation")
"""Shown first, in this order; other kinds follow by name."""
FILL, EDGE, CHANGED = "#d9e9f6", "#0072b2", "#b84a00"


_What = tuple[str, str, datetime, datetime]
"""Resource, case, begin and end of a bar."""


@dataclass(frozen=True, slots=True)
class _Drawn:
    """What all panels of a picture share."""

    chart: DayChart
    rows: tuple[str, ...]
    left_out: str
    """With which all case ids begin."""
    known: frozenset[_What]
    """The baseline's bars."""


def gantt_section(report: ReportData) -> Section:
    """The section of the chosen day."""
    chart = report.day
    lead, nothing = "", "no day was chosen"
    if chart is not None:
        day = f"{chart.day:%A} {chart.day.day} {chart.day:%B %Y}"
        lead = (
            f"The cases of {day} at {chart.site} (replication {chart.number}) as they were booked, "
            f"on the 24-hour clock of {chart.timezone}; arrivals are not drawn. Striped with a "
            "heavy edge: not the same as in the baseline."
        )
        nothing = f"nothing is booked on {day} in any of the scenarios"
    return Section(
        id="day",
        title="One day before and after",
        lead=lead,
        choice="Scenario",
        pictures=() if chart is None else tuple(_pictures(report, chart)),
        nothing=nothing,
    )


def _pictures(report: ReportData, chart: DayChart) -> Iterable[Picture]:
    place = in_order(report)
    panels = sorted((p for p in chart.panels), key=lambda p: place[p.scenario])
    if not any(panel.bars for panel in panels):
        return
    base = tuple(p for p in panels if p.scenario == report.baseline)
    others = [p for p in panels if p.scenario != report.baseline]
    for pair in [(*base, other) for other in others] or [base]:
        yield _picture(report, chart, pair)


def _resources(pair: tuple[DayPanel, ...]) -> tuple[str, ...]:
    def order(found: tuple[str, str]) -> tuple[int, str, list[tuple[int, str]]]:
        kind, resource = found
        return (KINDS.index(kind) if kind in KINDS else len(KINDS), kind, _natural(resource))

    found = {(bar.kind, bar.resource) for panel in pair for bar in panel.bars}
    return tuple(resource for _, resource in sorted(found, key=order))


def _natural(name: str) -> list[tuple[int, str]]:
    """By what a name sorts as people count: bay-2 before bay-10."""
    parts = re.findall(r"\d+|\D+", name)
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in parts]


def _picture(report: ReportData, chart: DayChart, pair: tuple[DayPanel, ...]) -> Picture:
    names = labels(report)
    rows = _resources(pair)
    drawn = _Drawn(chart, rows, _prefix(pair), frozenset(map(_what, pair[0].bars)))
    spans = stacked(len(pair), len(rows), ROW_HEIGHT, HEAD_HEIGHT)
    return Picture(
        label=names[pair[-1].scenario],
        alt=_alt(names, pair, drawn),
        data=tuple(_bars(panel, drawn, place) for place, panel in enumerate(pair)),
        layout=layout(
            len(pair) * (len(rows) * ROW_HEIGHT + HEAD_HEIGHT) + FOOT_HEIGHT,
            annotations=[
                heading(plot_text(names[panel.scenario], 60, 1), top)
                for panel, (_, top) in zip(pair, spans, strict=True)
            ],
            margin={"l": 40, "r": 18, "t": 4, "b": 44},
            bargap=0.12,
            barmode="overlay",
            uniformtext={"mode": "hide", "minsize": 9},
            **_axes(chart, rows, pair, spans),
        ),
        table=_table(names, chart, pair),
        narrow={},
    )


def _what(bar: Bar) -> _What:
    return bar.resource, bar.case, bar.begin, bar.end


def _prefix(pair: tuple[DayPanel, ...]) -> str:
    """What all case ids begin with and boxes can do without: up to a sign that parts words."""
    cases = sorted({bar.case for panel in pair for bar in panel.bars})
    if len(cases) < 2:
        return ""
    first, last = cases[0], cases[-1]  # what these two share, all between them share
    same = takewhile(lambda pair: pair[0] == pair[1], zip(first, last, strict=False))
    return re.sub(r"[A-Za-z0-9]+$", "", "".join(sign for sign, _ in same))


def _hours(chart: DayChart, instant: datetime) -> float:
    """Elapsed hours since the day began; right on days of 23 and 25 hours."""
    begin = start_of_day(chart.day, ZoneInfo(chart.timezone))
    return round((instant - begin) / timedelta(hours=1), 3)


def _clock(chart: DayChart, instant: datetime) -> str:
    tz = ZoneInfo(chart.timezone)
    local = instant.astimezone(tz)
    return f"{local:%H:%M}" if local_day(instant, tz) == chart.day else f"{local:%a %H:%M}"


def _axes(
    chart: DayChart,
    rows: tuple[str, ...],
    pair: tuple[DayPanel, ...],
    spans: list[tuple[float, float]],
) -> dict[str, Any]:
    bars = [bar for panel in pair for bar in panel.bars]
    first = int(_hours(chart, min(bar.begin for bar in bars)))
    last = -int(-_hours(chart, max(bar.end for bar in bars)) // 1)
    begin = start_of_day(chart.day, ZoneInfo(chart.timezone))
    ticks = list(range(first, last + 1))
    zone = ZoneInfo(chart.timezone)
    return {
        "xaxis": axis(
            f"hour, {chart.timezone}",
            range=[first, last],
            tickvals=ticks,
            ticktext=[f"{(begin + timedelta(hours=h)).astimezone(zone):%H}" for h in ticks],
            tickangle=0,
            zeroline=False,
            anchor=f"y{len(spans)}" if len(spans) > 1 else "y",
        ),
        **row_axes(spans, [plot_text(row, 16, 1) for row in rows]),
    }


def _bars(panel: DayPanel, drawn: _Drawn, place: int) -> dict[str, Any]:
    new = [_what(bar) not in drawn.known for bar in panel.bars]
    begins = [_hours(drawn.chart, bar.begin) for bar in panel.bars]
    return {
        "type": "bar",
        "orientation": "h",
        "name": plot_text(panel.scenario),
        "base": begins,
        "x": [
            round(_hours(drawn.chart, bar.end) - begin, 3)
            for bar, begin in zip(panel.bars, begins, strict=True)
        ],
        "y": [drawn.rows.index(bar.resource) for bar in panel.bars],
        "xaxis": "x",
        "yaxis": "y" if place == 0 else f"y{place + 1}",
        "text": [plot_text(bar.case.removeprefix(drawn.left_out), 16, 1) for bar in panel.bars],
        "textposition": "inside",
        "insidetextanchor": "middle",
        "textangle": 0,
        "textfont": {"size": 11, "color": palette.INK},
        "marker": {
            "color": FILL,
            "line": {
                "color": [CHANGED if is_new else EDGE for is_new in new],
                "width": [2.5 if is_new else 1 for is_new in new],
            },
            "pattern": {
                "shape": ["/" if is_new else "" for is_new in new],
                "fgcolor": palette.RULE,
                "bgcolor": FILL,
                "size": 6,
                "solidity": 0.25,
            },
        },
        "customdata": [
            [
                *(plot_text(bar.resource), plot_text(bar.case)),
                *(_clock(drawn.chart, bar.begin), _clock(drawn.chart, bar.end)),
            ]
            for bar in panel.bars
        ],
        "hovertemplate": "%{customdata[1]} on %{customdata[0]}<br>"
        "%{customdata[2]} to %{customdata[3]}<extra></extra>",
    }


def _alt(
    names: dict[str, str],
    pair: tuple[DayPanel, ...],
    drawn: _Drawn,
) -> str:
    parts = []
    for panel in pair:
        cases = {bar.case for bar in panel.bars}
        other = {bar.case for bar in panel.bars if _what(bar) not in drawn.known}
        said = f", {len(other)} of them otherwise than in the baseline" if other else ""
        parts.append(f"{names[panel.scenario]}: {len(cases)} cases{said}")
    short = f" Boxes leave out {drawn.left_out}." if drawn.left_out else ""
    return f"Bookings of one day by resource and hour. {'; '.join(parts)}.{short}"


def _table(names: dict[str, str], chart: DayChart, pair: tuple[DayPanel, ...]) -> Table:
    rows = _resources(pair)
    lines = tuple(
        (
            bar.resource,
            names[panel.scenario],
            bar.case,
            _clock(chart, bar.begin),
            _clock(chart, bar.end),
        )
        for row in rows
        for panel in pair
        for bar in sorted(panel.bars, key=lambda b: (b.begin, b.case))
        if bar.resource == row
    )
    heads = ("Resource", "Scenario", "Case", "From", "To")
    return Table(f"Everything booked, {chart.timezone}", heads, lines)
