"""What every plot is made of: a drawing for plotly.js, words for those who cannot see it, a table.

Drawings are plain dictionaries in plotly's figure schema with the light page's colours; the page's
script puts the dark ones in their place.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from scenarios.report import palette
from scenarios.report.data import ReportData
from scenarios.report.palette import Look, look

MOST_TOGETHER = 6
"""Scenarios besides the baseline in one drawing; more get a drawing each."""


class OfScenario(Protocol):
    """What is told of one scenario."""

    @property
    def scenario(self) -> str:
        """Which."""


T = TypeVar("T", bound=OfScenario)


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers of a plot, as text."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """One drawing; `narrow` replaces members of the layout on a narrow screen."""

    label: str
    """By which it is chosen among those of its section."""
    alt: str
    data: tuple[dict[str, Any], ...]
    layout: dict[str, Any]
    table: Table
    narrow: dict[str, Any]
    legend: tuple[tuple[Look, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """Pictures of one kind, one of them shown at a time."""

    id: str
    title: str
    lead: str
    choice: str
    """What the pictures differ in, such as `Scenario`."""
    pictures: tuple[Picture, ...]
    nothing: str
    """Why there are none, where there are none."""


def layout(height: int, **members: Any) -> dict[str, Any]:
    """A layout in the page's colours, `height` pixels high."""
    return {
        "height": height,
        "font": {"family": "system-ui, Liberation Sans, Arial, sans-serif", "size": 13}
        | {"color": palette.INK},
        "paper_bgcolor": palette.PAPER,
        "plot_bgcolor": palette.PAPER,
        "margin": {"l": 56, "r": 14, "t": 12, "b": 48},
        "showlegend": False,
        "dragmode": False,
        "hoverlabel": {"align": "left", "namelength": -1},
    } | members


def axis(title: str = "", **members: Any) -> dict[str, Any]:
    """An axis with thin lines, which makes room for its own labels."""
    return {
        "title": {"text": title, "standoff": 8, "font": {"size": 13}},
        "automargin": True,
        "gridcolor": palette.RULE,
        "linecolor": palette.INK,
        "zerolinecolor": palette.RULE,
        "fixedrange": True,
    } | members


def row_axes(
    spans: Sequence[tuple[float, float]], rows: Sequence[str], **members: Any
) -> dict[str, Any]:
    """One axis for each panel, from the bottom up, with the same rows named from the top down.

    Args:
        spans: where each panel lies, `[low, top]` as shares of the height.
        rows: their names, already short enough.
        **members: further members of every axis.
    """
    return {
        "yaxis" if place == 0 else f"yaxis{place + 1}": axis(
            domain=[low, top],
            tickvals=list(range(len(rows))),
            ticktext=list(rows),
            range=[len(rows) - 0.5, -0.5],
            zeroline=False,
            **members,
        )
        for place, (low, top) in enumerate(spans)
    }


def heading(text: str, y: float) -> dict[str, Any]:
    """An annotation above a panel whose upper edge is at `y` of the drawing."""
    return {
        "text": f"<b>{text}</b>",
        "x": 0,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "bottom",
        "showarrow": False,
        "align": "left",
    }


def line(shown: Look) -> dict[str, Any]:
    """The line of a series."""
    return {"color": shown.colour, "dash": shown.dash, "width": 2.5}


def marker(shown: Look, size: int = 9) -> dict[str, Any]:
    """The marker of a series."""
    return {"color": shown.colour, "symbol": shown.marker, "size": size}


def looks(report: ReportData) -> dict[str, Look]:
    """How each scenario is drawn in every plot: the baseline first, the others in their order."""
    names = (report.baseline, *(s.name for s in report.others))
    return {name: look(place) for place, name in enumerate(names)}


def labels(report: ReportData) -> dict[str, str]:
    """How each scenario is called: by its title, else its name."""
    return {s.name: s.title or s.name for s in report.scenarios}


def in_order(report: ReportData) -> dict[str, int]:
    """The place of each scenario, the baseline at 0."""
    return {name: place for place, name in enumerate(looks(report))}


def drawn_together(report: ReportData, told: Iterable[T]) -> list[tuple[T, ...]]:
    """What goes into each drawing: the baseline with all others, or with each where they are many.

    Args:
        report: the page.
        told: what there is, of some or all scenarios.
    """
    place = in_order(report)
    shown = sorted(told, key=lambda one: place[one.scenario])
    base = tuple(one for one in shown if one.scenario == report.baseline)
    others = [one for one in shown if one.scenario != report.baseline]
    if len(others) <= MOST_TOGETHER:
        return [(*base, *others)] if shown else []
    return [(*base, other) for other in others]


def stacked(panels: int, rows: int, row_height: int, head_height: int) -> list[tuple[float, float]]:
    """Lower and upper edge of panels under each other, as shares of the drawing, from the top.

    Args:
        panels: how many, each with the same rows.
        rows: rows of a panel, one at least.
        row_height: pixels of a row.
        head_height: pixels above each panel for its heading.
    """
    one = rows * row_height + head_height
    tops = [1 - (head_height + at * one) / (panels * one) for at in range(panels)]
    return [(max(top - rows * row_height / (panels * one), 0), top) for top in tops]
