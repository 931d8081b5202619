"""Differences to the baseline, all measures on one scale: per cent of the baseline's figure."""

from typing import Any, NamedTuple

from scenarios.measures.verdicts import Verdict
from scenarios.report import palette
from scenarios.report.data import Estimate, ReportData, Row
from scenarios.report.palette import Look
from scenarios.report.plots.picture import Picture, Section, Table, axis, labels, layout
from scenarios.report.words import difference, interval, number, plot_text, tally, unit_words

LINE = 32
"""Pixels for a measure."""
WIDEST = 150.0
"""Per cent: what reaches further is cut there, with an arrow."""
MARKS = {
    Verdict.BETTER: Look("#00794f", "solid", "circle"),
    Verdict.WORSE: Look("#b84a00", "solid", "x"),
    Verdict.NOT_DISTINGUISHABLE: Look(palette.SOFT, "solid", "circle-open"),
    Verdict.TOO_FEW: Look(palette.SOFT, "solid", "triangle-up-open"),
    Verdict.NO_JUDGEMENT: Look("#0072b2", "solid", "diamond-open"),
    Verdict.SINGLE_RUN: Look(palette.SOFT, "solid", "square-open"),
}


NOTHING = Estimate(0.0)
"""The difference of a single run that is none."""


class Point(NamedTuple):
    """A measure's difference in per cent of the baseline."""

    name: str
    row: Row
    unit: str
    percent: Estimate


def forest_section(report: ReportData) -> Section:
    """The section of differences."""
    found = [(note.name, _points(report, note.name)) for note in report.others]
    return Section(
        id="differences",
        title="Differences to the baseline",
        lead=_lead(report.making.mode),
        choice="Scenario",
        pictures=tuple(_picture(report, name, points) for name, points in found if points),
        nothing="no measure differs, or none has a figure in both the baseline and a scenario",
    )


def _lead(mode: str) -> str:
    scale = "in per cent of the baseline's figure so that all fit on one scale."
    cut = (
        "Measures without any difference are left out here; "
        f"what reaches beyond {WIDEST:.0f} % is cut there."
    )
    if mode == "plan":
        return f"Each measure's difference in one planned night, {scale} {cut}"
    return (
        f"Each measure's paired difference with its 95 % interval, {scale} Verdicts say whether "
        f"a difference is told from chance. {cut}"
    )


def _points(report: ReportData, scenario: str) -> list[Point]:
    found = []
    for row in report.rows:
        if row.scenario != scenario or row.group or row.difference is None:
            continue
        if not row.baseline or row.verdict not in MARKS or row.difference == NOTHING:
            continue
        note = report.measure(row.measure)
        found.append(Point(note.name, row, note.unit, _percent(row.difference, row.baseline)))
    return found


def _percent(estimate: Estimate, base: float) -> Estimate:
    ends = (estimate.low, estimate.high)
    low, high = (None if end is None else 100 * end / abs(base) for end in ends)
    return Estimate(100 * estimate.value / abs(base), low, high)


def _picture(report: ReportData, scenario: str, points: list[Point]) -> Picture:
    present = [v for v in MARKS if any(p.row.verdict is v for p in points)]
    reach = _reach(points)
    return Picture(
        label=labels(report)[scenario],
        alt=f"{tally(report, scenario)} The numbers are below.",
        data=tuple(_dots(points, verdict, reach) for verdict in present),
        layout=layout(
            len(points) * LINE + 80,
            margin={"l": 40, "r": 14, "t": 8, "b": 48},
            xaxis=axis(
                "difference in % of the baseline",
                range=[-reach, reach],
                zerolinecolor=palette.INK,
                zerolinewidth=2,
            ),
            yaxis=axis(
                tickvals=list(range(len(points))),
                ticktext=[plot_text(p.name, 34, 2) for p in points],
                tickfont={"size": 12},
                range=[len(points) - 0.4, -0.6],
                zeroline=False,
            ),
        ),
        table=_table(points),
        narrow={
            "yaxis": {
                "ticktext": [plot_text(p.name, 23, 2) for p in points],
                "tickfont": {"size": 11},
            }
        },
        legend=tuple((MARKS[v], v.value) for v in present),
    )


def _reach(points: list[Point]) -> float:
    """Where the scale ends: all that is shown, at most `WIDEST`, at least 5 per cent."""
    ends = [
        abs(end)
        for p in points
        for end in (p.percent.value, p.percent.low, p.percent.high)
        if end is not None
    ]
    return round(min(max(*ends, 5.0) * 1.06, WIDEST), 1)


def _dots(points: list[Point], verdict: Verdict, reach: float) -> dict[str, Any]:
    own = [(place, p) for place, p in enumerate(points) if p.row.verdict is verdict]
    mark = MARKS[verdict]
    at = [min(max(p.percent.value, -reach), reach) for _, p in own]
    ends = zip(own, at, strict=True)
    whiskers = [
        (
            max(x - max(_end(p.percent.low, x), -reach), 0),
            max(min(_end(p.percent.high, x), reach) - x, 0),
        )
        for (_, p), x in ends
    ]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": verdict.value,
        "x": [round(x, 3) for x in at],
        "y": [place for place, _ in own],
        "cliponaxis": False,
        "marker": {
            "color": mark.colour,
            "size": 11,
            "symbol": [_symbol(mark, p.percent.value, reach) for _, p in own],
            "line": {"width": 2, "color": mark.colour},
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "visible": any(low or high for low, high in whiskers),
            "array": [round(high, 3) for _, high in whiskers],
            "arrayminus": [round(low, 3) for low, _ in whiskers],
            "color": mark.colour,
            "thickness": 1.8,
            "width": 4,
        },
        "customdata": [[plot_text(p.name, 60), _said(p)] for _, p in own],
        "hovertemplate": "%{customdata[0]}: %{customdata[1]}",
    }


def _end(end: float | None, value: float) -> float:
    return value if end is None else end


def _symbol(mark: Look, percent: float, reach: float) -> str:
    if abs(percent) <= reach:
        return mark.marker
    return "triangle-right" if percent > 0 else "triangle-left"


def _said(point: Point) -> str:
    unit = unit_words(point.unit, of_difference=True)
    return (
        f"{difference(point.row.difference, point.unit)} {unit} "
        f"({interval(point.row.difference, point.unit)})"
    )


def _table(points: list[Point]) -> Table:
    heads = ("Measure", "Difference in % of the baseline", "95 % interval, %", "Verdict")
    rows = tuple(
        (
            p.name,
            number(p.percent.value, 1, signed=True),
            interval(p.percent, ""),
            p.row.verdict.value,
        )
        for p in points
    )
    return Table("Paired differences in per cent of the baseline", heads, rows)
