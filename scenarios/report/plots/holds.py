"""Hours off drugs: the mean of a hold with its interval, by drug class and scenario."""

from typing import Any

from scenarios.report.data import HoldHours, ReportData
from scenarios.report.plots.picture import (
    Picture,
    Section,
    Table,
    axis,
    in_order,
    labels,
    layout,
    looks,
    marker,
)
from scenarios.report.words import interval, number, plot_text

LINE, GAP = 18, 14
"""Pixels for a scenario, and between classes."""
MOST_SAID = 4
"""Scenarios whose figures the words give; of more only the baseline's, the table gives all."""


def holds_section(report: ReportData) -> Section:
    """The section of holds."""
    place = in_order(report)
    shown = sorted(report.holds, key=lambda h: (h.drug_class, place[h.scenario]))
    return Section(
        id="holds",
        title="Hours off drugs",
        lead="Mean length of a hold, by drug class, with the 95 % interval over the replications "
        "where there are several; what reaches beyond the scale is cut. Holds for bookings that "
        "did not take place are counted in the table.",
        choice="",
        pictures=(_picture(report, shown),) if shown else (),
        nothing="nobody was off a drug because of a booking",
    )


def _picture(report: ReportData, shown: list[HoldHours]) -> Picture:
    names, drawn = labels(report), looks(report)
    present = [name for name in drawn if any(h.scenario == name for h in shown)]
    classes = list(dict.fromkeys(h.drug_class for h in shown))
    step = len(present) + GAP / LINE
    at = {
        (kind, name): row * step + place
        for row, kind in enumerate(classes)
        for place, name in enumerate(present)
    }
    middle = (len(present) - 1) / 2
    return Picture(
        label="all",
        alt=_alt(names, shown),
        data=tuple(
            _dots(names[name], [h for h in shown if h.scenario == name], at, marker(drawn[name]))
            for name in present
        ),
        layout=layout(
            int(max(len(classes) * step * LINE, 60) + 80),
            xaxis=axis("mean hours off the drug", range=[0, _reach_of(shown)]),
            yaxis=axis(
                tickvals=[row * step + middle for row in range(len(classes))],
                ticktext=[plot_text(kind, 18, 2) for kind in classes],
                range=[len(classes) * step - GAP / LINE, -1],
                showgrid=False,
                zeroline=False,
            ),
        ),
        table=_table(names, shown),
        narrow={},
        legend=tuple((drawn[name], names[name]) for name in present),
    )


def _reach_of(shown: list[HoldHours]) -> float:
    """Where the scale ends: at the intervals' ends, but no further than thrice the longest mean."""
    most = max(h.hours.value for h in shown)
    ends = [h.hours.value if h.hours.high is None else h.hours.high for h in shown]
    return round(1.05 * max(min(max(ends), 3 * most), 1.0), 1)


def _dots(
    name: str, held: list[HoldHours], at: dict[tuple[str, str], float], drawn: dict[str, Any]
) -> dict[str, Any]:
    above = [_reach(h.hours.value, h.hours.high) for h in held]
    below = [_reach(h.hours.value, h.hours.low) for h in held]
    return {
        "type": "scatter",
        "mode": "markers",
        "name": plot_text(name),
        "marker": drawn,
        "x": [round(h.hours.value, 2) for h in held],
        "y": [at[h.drug_class, h.scenario] for h in held],
        "error_x": {"type": "data", "symmetric": False, "array": above, "arrayminus": below}
        | {"color": drawn["color"], "thickness": 1.5, "width": 4}
        | {"visible": any(above) or any(below)},
        "customdata": [
            [plot_text(h.drug_class), interval(h.hours, "hours", signed=False)] for h in held
        ],
        "hovertemplate": "%{customdata[0]}: %{x:.1f} h (%{customdata[1]})",
    }


def _reach(value: float, end: float | None) -> float:
    return 0.0 if end is None else round(abs(end - value), 2)


def _alt(names: dict[str, str], shown: list[HoldHours]) -> str:
    present = list(dict.fromkeys(h.scenario for h in shown))
    told = present if len(present) <= MOST_SAID else present[:1]
    return " ".join(_ends(names[name], [h for h in shown if h.scenario == name]) for name in told)


def _ends(name: str, held: list[HoldHours]) -> str:
    longest, shortest = (pick(held, key=lambda h: h.hours.value) for pick in (max, min))
    most = f"{name}: the longest holds are of {longest.drug_class}"
    mean = f"{number(longest.hours.value, 1)} hours on average"
    if longest is shortest:
        return f"{most}, {mean}."
    least = f"{shortest.drug_class}, {number(shortest.hours.value, 1)}"
    return f"{most}, {mean}; the shortest of {least}."


def _table(names: dict[str, str], shown: list[HoldHours]) -> Table:
    heads = ("Drug class", "Scenario", "Holds", "Of them wasted", "Mean hours", "95 % interval")
    rows = tuple(
        (
            h.drug_class,
            names[h.scenario],
            f"{h.holds:,}",
            f"{h.wasted:,}",
            number(h.hours.value, 1),
            interval(h.hours, "hours", signed=False),
        )
        for h in shown
    )
    return Table("Hours off drugs by class and scenario", heads, rows)
