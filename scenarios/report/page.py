"""The comparison as one HTML page: plotly's script inside, nothing fetched, no other script run."""

import json
from base64 import b64encode
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from scenarios.report import palette
from scenarios.report.data import MeasureNote, ReportData, Row, ScenarioNote
from scenarios.report.legend import VARIABLES, swatch
from scenarios.report.plots.forest import forest_section
from scenarios.report.plots.gantt import gantt_section
from scenarios.report.plots.heat import heat_section
from scenarios.report.plots.holds import holds_section
from scenarios.report.plots.picture import Section, labels
from scenarios.report.plots.presence import presence_section
from scenarios.report.plots.sweep import sweep_section
from scenarios.report.plots.waiting import waiting_section
from scenarios.report.words import beside, difference, duration, extent, figure, interval, tally

BETTER_WORDS = {
    "lower": "lower is better",
    "higher": "higher is better",
    "neither": "neither is better",
}


ABREAST = 4
"""Scenarios side by side in one table."""


class Line(NamedTuple):
    """One measure over some scenarios."""

    measure: MeasureNote
    baseline: float | None
    cells: tuple[Row | None, ...]
    """In the order of the scenarios."""


class Glance(NamedTuple):
    """Some scenarios side by side."""

    scenarios: tuple[ScenarioNote, ...]
    lines: tuple[Line, ...]


def comparison_html(report: ReportData) -> str:
    """The page of one comparison: a whole HTML document that needs no network.

    About 5 MB, of which plotly's script takes all but a little.
    """
    sections = report_sections(report)
    script, plotly = _script(), _plotly()
    return (
        environment()
        .get_template("report.html.j2")
        .render(
            report=report,
            names=labels(report),
            sections=sections,
            glances=_glances(report),
            subjects=_subjects(report),
            drawings=_drawings(sections),
            plotly=plotly,
            script=script,
            content_policy=_policy(plotly, script),
            no_assumptions="one night was planned, without surprises"
            if report.making.mode == "plan"
            else "none were recorded",
            variables=VARIABLES,
            better_words=BETTER_WORDS,
        )
    )


def report_sections(report: ReportData) -> tuple[Section, ...]:
    """The sections of plots in the page's order; a sweep's only where there is one."""
    shown = [
        forest_section(report),
        waiting_section(report),
        heat_section(report),
        holds_section(report),
        gantt_section(report),
    ]
    if report.presences:
        shown.insert(2, presence_section(report))
    if report.sweep is not None:
        shown.insert(0, sweep_section(report))
    return tuple(shown)


@lru_cache(maxsize=1)
def environment() -> Environment:
    """The Jinja environment of the page: escaping on, a missing name is an error."""
    env = Environment(
        loader=PackageLoader("scenarios.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.filters["day"] = _day
    env.filters["last_day"] = _last_day
    env.filters["clock"] = _clock
    env.globals.update(
        difference=difference,
        duration=duration,
        extent=extent,
        figure=figure,
        interval=interval,
        swatch=swatch,
        tally=tally,
        beside=beside,
    )
    return env


def _day(instant: datetime, timezone: str) -> str:
    local = instant.astimezone(ZoneInfo(timezone))
    return f"{local.day} {local:%B %Y}"


def _clock(instant: datetime, timezone: str) -> str:
    return f"{instant.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def _last_day(end: datetime, timezone: str) -> str:
    """The last day before an end, which most often is a midnight."""
    return _day(end - timedelta(microseconds=1), timezone)


def _glances(report: ReportData) -> tuple[Glance, ...]:
    """The leading measures of all scenarios, so many side by side as fit on paper."""
    others = report.others
    parts = [others[at : at + ABREAST] for at in range(0, len(others), ABREAST)]
    return tuple(Glance(part, lines) for part in parts if (lines := _lines(report, part)))


def _lines(report: ReportData, scenarios: tuple[ScenarioNote, ...]) -> tuple[Line, ...]:
    whole = {(r.measure, r.scenario): r for r in report.rows if not r.group}
    found = []
    for note in (one for one in report.measures if one.leading):
        cells = tuple(whole.get((note.key, other.name)) for other in scenarios)
        known = [row for row in cells if row is not None]
        if known:
            found.append(Line(note, known[0].baseline, cells))
    return tuple(found)


class Subject(NamedTuple):
    """The rows of one subject."""

    name: str
    whole: tuple[Row, ...]
    """Of all cases or resources together."""
    parts: tuple[Row, ...]
    """Of groups of them."""


def _subjects(report: ReportData) -> tuple[Subject, ...]:
    """Rows by subject, in the order of the measures; groups of a measure as they come."""
    place = {note.key: at for at, note in enumerate(report.measures)}
    names = dict.fromkeys(note.subject for note in report.measures)
    of = {note.key: note.subject for note in report.measures}
    found = []
    for name in names:
        rows = sorted(
            (r for r in report.rows if of[r.measure] == name), key=lambda r: place[r.measure]
        )
        whole = tuple(row for row in rows if not row.group)
        parts = tuple(row for row in rows if row.group)
        if rows:
            found.append(Subject(name, whole, parts))
    return tuple(found)


def _drawings(sections: tuple[Section, ...]) -> Markup:
    """All drawings as JSON that no text within can end or turn into markup."""
    drawings = {
        f"{section.id}-{place}": {"data": p.data, "layout": p.layout, "narrow": p.narrow}
        for section in sections
        for place, p in enumerate(section.pictures)
    }
    text = json.dumps({"dark": palette.DARK, "drawings": drawings}, allow_nan=False)
    for sign in "<>&":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)  # noqa: S704 - holds no <, > or &


@lru_cache(maxsize=1)
def _plotly() -> Markup:
    from plotly.offline import get_plotlyjs  # noqa: PLC0415 - slow to load, and only pages need it

    return Markup(get_plotlyjs())  # noqa: S704 - plotly's own script


@lru_cache(maxsize=1)
def _script() -> Markup:
    source = environment().loader
    if source is None:
        raise LookupError("the page has no templates")
    return Markup(source.get_source(environment(), "report.js")[0])  # noqa: S704 - our own script


def _policy(*scripts: str) -> str:
    """What the browser may do: run exactly these scripts, fetch nothing."""
    digests = (b64encode(sha256(text.encode()).digest()).decode() for text in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
