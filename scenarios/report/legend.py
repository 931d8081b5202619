"""Legends beside the plots: the line and the marker of a series as inline SVG."""

from markupsafe import Markup

from scenarios.report import palette
from scenarios.report.palette import Look

VARIABLES = {palette.INK: "--s0", palette.SOFT: "--soft"} | {
    colour: f"--s{place}" for place, colour in enumerate(palette.SERIES, start=1)
}
"""The style sheet's name of each colour that a legend uses."""
DASHES = {
    "solid": "none",
    "dash": "8 5",
    "dot": "2.5 4",
    "dashdot": "8 4 2.5 4",
    "longdash": "13 5",
    "longdashdot": "13 4 2.5 4",
}
FILLED = {
    "circle": "M17 7a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
    "square": "M17 2h10v10H17z",
    "diamond": "M22 1l6 6-6 6-6-6z",
    "triangle-up": "M22 1l6 11H16z",
    "cross": "M20 1h4v4h4v4h-4v4h-4V9h-4V5h4z",
    "star": "M22 0l2 5h5l-4 3 1.5 5.5-4.5-3.3-4.5 3.3L19 8l-4-3h5z",
    "hexagon": "M19 2h6l3 5-3 5h-6l-3-5z",
    "x": "M16 3l2-2 4 4 4-4 2 2-4 4 4 4-2 2-4-4-4 4-2-2 4-4z",
}
HOLLOW = {
    "circle-open": "M17.5 7a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",
    "diamond-open": "M22 1l6 6-6 6-6-6z",
    "square-open": "M17.5 2.5h9v9h-9z",
    "triangle-up-open": "M22 1.5l5.5 10.5h-11z",
}


def swatch(look: Look) -> Markup:
    """The line and marker of a series in a box of 44 by 14, made of constants only."""
    dash = DASHES[look.dash]
    line = f'<path d="M0 7h44" stroke="currentColor" stroke-width="2.5" stroke-dasharray="{dash}"/>'
    if look.marker in FILLED:
        shape = f'<path d="{FILLED[look.marker]}" fill="currentColor"/>'
    else:
        shape = f'<path d="{HOLLOW[look.marker]}" class="hollow"/>'
    return Markup(line + shape)  # noqa: S704 - no text from outside
