"""Heat maps whose figures are printed in the cells, in black or white, whichever can be read."""

from collections.abc import Callable, Sequence
from typing import Any

from scenarios.report.palette import HEAT

SCALE = [[place / (len(HEAT) - 1), colour] for place, colour in enumerate(HEAT)]
BLACK, WHITE = "#0a0a0a", "#fefefe"
"""Not the page's ink and paper, which change places in the dark; the cells stay."""


def cell_texts(
    grid: Sequence[Sequence[float | None]],
    low: float,
    high: float,
    axes: dict[str, str],
    shown: Callable[[float], str],
) -> dict[str, Any]:
    """The figures of a heat map's cells, as a trace drawn over it.

    Args:
        grid: the values by row and column; None is an empty cell.
        low: the value with the lightest colour.
        high: the value with the darkest colour.
        axes: the names of the trace's axes.
        shown: a value as text.
    """
    cells = [
        (x, y, value)
        for y, line in enumerate(grid)
        for x, value in enumerate(line)
        if value is not None
    ]
    reach = (high - low) or 1.0
    return axes | {
        "type": "scatter",
        "mode": "text",
        "x": [x for x, _, _ in cells],
        "y": [y for _, y, _ in cells],
        "text": [shown(value) for _, _, value in cells],
        "textfont": {"size": 11, "color": [ink((v - low) / reach) for _, _, v in cells]},
        "hoverinfo": "skip",
    }


def ink(place: float) -> str:
    """Black or white: which of them has more contrast to the colour at this place of the scale.

    Args:
        place: 0 is the lightest colour, 1 the darkest; beyond is taken as the end.
    """
    at = min(max(place, 0.0), 1.0) * (len(HEAT) - 1)
    under = min(int(at), len(HEAT) - 2)
    pairs = zip(_light(HEAT[under]), _light(HEAT[under + 1]), strict=True)
    red, green, blue = (_linear(a + (b - a) * (at - under)) for a, b in pairs)
    # relative luminance (WCAG 2.2); black and white contrast alike at 0.179
    return BLACK if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else WHITE


def _light(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _linear(part: float) -> float:
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)
