"""Line charts as inline SVG, without a library: a page that shows them needs nothing else.

Series differ by dash and by mark as well as by colour, and carry their name at the end of the line.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 560, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 104, 28, 44
LINE_HEIGHT = 13
DASHES = ("", "7 3", "2 3", "9 3 2 3", "5 2 1 2 1 2", "12 4", "1 4")
MARKS = ("circle", "square", "triangle", "diamond", "cross", "bar", "plus")

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Axis:
    """What is shown, how values become shares of the length, and the ticks with their texts."""

    label: str
    share: Callable[[float], float]
    ticks: Sequence[tuple[float, str]]


@dataclass(frozen=True, slots=True)
class Series:
    """Points in order of x; `style` picks dash, mark and colour, `steps` holds y between points."""

    name: str
    points: Sequence[Point]
    style: int
    steps: bool = False


def log_axis(label: str, low: float, high: float, ticks: Sequence[float]) -> Axis:
    """A logarithmic axis; values below `low` are drawn at it."""
    span = math.log(high / low)
    shown = [(t, f"{t:,g}") for t in ticks if low <= t <= high]
    return Axis(label, lambda value: math.log(max(value, low) / low) / span, shown)


def excess_axis(label: str, high: float) -> Axis:
    """An axis from 0 upwards that is fine near 0 and coarse far from it."""
    high = max(high, 1.0)
    span = math.log1p(high)
    ticks = [t for t in (0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 5_000, 20_000) if t <= high]
    return Axis(label, lambda value: math.log1p(value) / span, [(t, f"{t:,}") for t in ticks])


def chart(title: str, series: Sequence[Series], x: Axis, y: Axis) -> str:
    """A chart as an SVG element; its title says what a reader who does not see it should know."""
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}"'
    parts = [
        f'<svg class="chart" {box}>',
        f'<text class="title" x="{LEFT}" y="16">{escape(title)}</text>',
        *_frame(x, y),
    ]
    ends = []
    for one in series:
        places = [(_across(x, a), _down(y, b)) for a, b in one.points]
        if not places:
            continue
        parts.append(_line(one, places))
        parts += [_mark(one.style, place) for place in _spaced(places)]
        ends.append((places[-1][1], places[-1][0], one))
    parts += _labels(ends)
    parts.append("</svg>")
    return "\n".join(parts)


def _across(axis: Axis, value: float) -> float:
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT)


def _down(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM)


def _frame(x: Axis, y: Axis) -> list[str]:
    right, bottom = WIDTH - RIGHT, HEIGHT - BOTTOM
    parts = []
    for value, text in x.ticks:
        at = _across(x, value)
        parts.append(f'<line class="grid" x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{bottom}"/>')
        parts.append(f'<text class="tick mid" x="{at:.1f}" y="{bottom + 15}">{text}</text>')
    for value, text in y.ticks:
        at = _down(y, value)
        parts.append(f'<line class="grid" x1="{LEFT}" x2="{right}" y1="{at:.1f}" y2="{at:.1f}"/>')
        parts.append(f'<text class="tick end" x="{LEFT - 6}" y="{at + 4:.1f}">{text}</text>')
    middle = (LEFT + right) / 2
    parts.append(f'<text class="axis mid" x="{middle}" y="{HEIGHT - 8}">{escape(x.label)}</text>')
    height = (TOP + bottom) / 2
    parts.append(
        f'<text class="axis mid" transform="translate(14 {height}) rotate(-90)">'
        f"{escape(y.label)}</text>"
    )
    return parts


def _line(series: Series, places: list[Point]) -> str:
    path = [f"M{places[0][0]:.1f} {places[0][1]:.1f}"]
    for across, down in places[1:]:
        path.append(f"H{across:.1f}V{down:.1f}" if series.steps else f"L{across:.1f} {down:.1f}")
    style = series.style % len(DASHES)
    dash = f' stroke-dasharray="{DASHES[style]}"' if DASHES[style] else ""
    return f'<path class="line s{style}" d="{"".join(path)}"{dash}/>'


def _spaced(places: list[Point], apart: float = 42) -> list[Point]:
    """The last place, and others that are far enough from the one before."""
    kept = [places[-1]]
    for place in reversed(places):
        if kept[-1][0] - place[0] >= apart:
            kept.append(place)
    return kept


def _mark(style: int, place: Point) -> str:
    x, y = place
    kind, css = MARKS[style % len(MARKS)], f'class="mark s{style % len(MARKS)}"'
    shapes = {
        "circle": f'<circle {css} cx="{x:.1f}" cy="{y:.1f}" r="3.5"/>',
        "square": f'<rect {css} x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>',
        "triangle": f'<path {css} d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>',
        "diamond": f'<path {css} d="M{x:.1f} {y - 4.5:.1f}l4 4.5l-4 4.5l-4 -4.5z"/>',
        "cross": f'<path {css} d="M{x - 3:.1f} {y - 3:.1f}l6 6m0 -6l-6 6"/>',
        "bar": f'<path {css} d="M{x:.1f} {y - 4:.1f}v8"/>',
        "plus": f'<path {css} d="M{x - 4:.1f} {y:.1f}h8m-4 -4v8"/>',
    }
    return shapes[kind]


def _labels(ends: list[tuple[float, float, Series]]) -> list[str]:
    """Names beside the ends of the lines, moved down where they would cover each other."""
    parts = []
    free_from = float(TOP)
    for down, across, series in sorted(ends, key=lambda end: (end[0], end[2].style)):
        at = max(down + 4, free_from)
        free_from = at + LINE_HEIGHT
        style = series.style % len(DASHES)
        parts.append(
            f'<text class="name s{style}" x="{across + 8:.1f}" y="{at:.1f}">'
            f"{escape(series.name)}</text>"
        )
    return parts
