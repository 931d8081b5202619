"""Colours of the page and of its plots, in light and dark; no meaning is told by colour alone.

Every colour of a series has at least 4.5:1 against the paper in both (WCAG 2.2, 1.4.3). The hues
follow Okabe and Ito's set for colour-blind readers, darkened; dashes and markers tell series apart
as well.
"""

from dataclasses import dataclass

INK, SOFT, RULE, PAPER, BAND = "#14212b", "#46545f", "#b9c3ca", "#ffffff", "#eef2f4"
SERIES = ("#0072b2", "#b84a00", "#00794f", "#a3528a", "#7a5c00", "#4b2a85")
DASHES = ("dash", "dot", "dashdot", "longdash", "longdashdot")
MARKERS = ("square", "diamond", "triangle-up", "cross", "star", "hexagon")
HEAT = ("#f4f7f9", "#b5d0e4", "#6aa5cd", "#2a74a8", "#0b3f6b")
"""From nothing to all in use: lightness alone tells the order."""

DARK = {
    INK: "#e8eef2",
    SOFT: "#b3c0ca",
    RULE: "#4a5863",
    PAPER: "#12181d",
    BAND: "#1e272e",
    "#0072b2": "#6db6ee",
    "#b84a00": "#f0914d",
    "#00794f": "#3fc796",
    "#a3528a": "#e39aca",
    "#7a5c00": "#d9b544",
    "#4b2a85": "#b9a0f0",
    "#8f1010": "#ff8f85",
    "#d9e9f6": "#17354c",
}
"""What stands for a colour of the light page on the dark one; others stay."""


@dataclass(frozen=True, slots=True)
class Look:
    """How a series is drawn."""

    colour: str
    dash: str
    marker: str


def look(place: int) -> Look:
    """How the series at a place is drawn; 0 is the baseline. Thirty differ from each other."""
    if place == 0:
        return Look(INK, "solid", "circle")
    at = place - 1
    return Look(
        SERIES[at % len(SERIES)],
        DASHES[(at + at // len(SERIES)) % len(DASHES)],
        MARKERS[at % len(MARKERS)],
    )
