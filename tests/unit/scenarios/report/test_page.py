"""The page of a comparison: complete, escaped, self-contained, and readable without the plots."""

import json
import re
from base64 import b64encode
from dataclasses import replace
from hashlib import sha256
from itertools import pairwise
from typing import Any

import pytest

from scenarios.measures.verdicts import Verdict
from scenarios.report import palette
from scenarios.report.data import Assumption, ScenarioNote
from scenarios.report.page import comparison_html
from tests.unit.scenarios.report import sample
from tests.unit.scenarios.report.pages import Page, page

EVIL = '</script><script>alert("x")</script><img src=x onerror=alert(1)>'


@pytest.fixture(scope="module")
def html() -> str:
    return comparison_html(sample.report(sweep=sample.sweep()))


@pytest.fixture(scope="module")
def shown(html: str) -> Page:
    return Page(html)


def drawings(of: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(of.scripts[0])["drawings"]
    return found


def test_the_page_holds_everything_itself(html: str, shown: Page) -> None:
    sources = [attrs.get(a) for _, attrs in shown.tags for a in ("src", "href", "action")]
    assert all(s.startswith(("#", "data:")) for s in sources if s)
    assert len(html.encode()) < 6_000_000
    assert len(shown.scripts) == 3  # the drawings, plotly, our own


def test_only_the_two_scripts_of_the_page_may_run(shown: Page) -> None:
    policy = next(a["content"] for a in shown.named("meta") if "http-equiv" in a)
    assert policy is not None
    digests = [b64encode(sha256(s.encode()).digest()).decode() for s in shown.scripts[1:]]
    assert re.findall(r"'sha256-([^']+)'", policy) == digests
    assert policy.startswith("default-src 'none';")
    assert "unsafe-eval" not in policy


def test_the_language_is_said_and_headings_are_in_order(shown: Page) -> None:
    assert shown.named("html") == [{"lang": "en"}]
    levels = [level for level, _ in shown.headings]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_link_of_the_page_leads_somewhere(shown: Page) -> None:
    ids = {attrs["id"] for _, attrs in shown.tags if "id" in attrs}
    links = {a["href"] for name in ("a", "use") for a in shown.named(name)}
    assert {link.removeprefix("#") for link in links if link} <= ids


def test_the_changes_are_told_in_words(shown: Page) -> None:
    assert "On Wednesdays 3 instead of 4 of sedation with deep." in shown.words
    assert "As it is (baseline) baseline Nothing is changed." in shown.words


def test_a_row_gives_baseline_scenario_difference_interval_and_verdict(shown: Page) -> None:
    row = shown.row("Mean waiting days", "all", "Second biplane suite")
    # 9.4 - 2.13 = 7.27; the interval is -2.13 -+ 0.5
    assert row[3:] == ["9.40", "7.27", "\u22122.13", "\u22122.63 to \u22121.63", "better"]


def test_the_glance_shows_leading_measures_with_their_intervals(html: str, shown: Page) -> None:
    glance = [row for row in shown.rows if len(row) == 4 and row[0].endswith("days")]
    assert glance[0] == [
        *("Mean waiting days", "9.40"),
        *("\u22122.13 (\u22122.63 to \u22121.63) better",),
        *("+0.31 (\u22120.29 to +0.91) not distinguishable",),
    ]
    table = html.partition('<table class="glance">')[2].partition("</table>")[0]
    assert ("Mean waiting" in table, "Overtime" in table) == (True, False)


def test_a_scenario_that_such_a_run_cannot_tell_apart_says_so() -> None:
    silent = "it shows in a replay only"
    first, second, third = sample.report().scenarios
    report = replace(
        sample.report(),
        scenarios=(first, replace(second, caution=silent), third),
        rows=tuple(row for row in sample.report().rows if row.scenario != second.name),
    )
    shown = Page(comparison_html(report))
    assert f"Result. Nothing to compare: {silent}." in shown.words
    assert "not compared" in shown.words


def test_one_planned_night_has_neither_intervals_nor_verdicts() -> None:
    making = replace(sample.report().making, mode="plan")
    html = comparison_html(replace(sample.report(), making=making))
    assert Page(html).row("Mean waiting days", "all", "Second biplane suite")[3:] == [
        *("9.40", "7.27", "\u22122.13"),
    ]
    assert 'class="verdict' not in html


@pytest.mark.parametrize("mode", ["plan", "replay"])
def test_what_must_be_known_of_a_row_stands_in_it(mode: str) -> None:
    told = "not judged: measured with other prices"
    rows = tuple(
        replace(row, remark=told) if row.measure == "cost" else row for row in sample.rows()
    )
    shown = Page(comparison_html(sample.report(rows=rows, making=sample.making(mode))))
    # two scenarios, at a glance and among the measures
    assert shown.words.count(f"({told})") == 4


def test_shares_differ_in_percentage_points(shown: Page) -> None:
    row = shown.row("Treated by the due date %", "all", "Second biplane suite")
    assert row[3:7] == ["81.0 %", "87.2 %", "+6.2", "+4.1 to +8.3"]


def test_verdicts_are_words_with_a_sign_of_their_own(shown: Page) -> None:
    signs = {a["id"] for a in shown.named("symbol")}
    assert signs == {f"i-{verdict.name.lower()}" for verdict in Verdict}
    told = {row[-1].strip() for row in shown.rows if len(row) == 8}
    assert {"better", "worse", "not distinguishable", "no difference", "no judgement"} <= told


def test_groups_of_a_measure_have_a_table_of_their_own(shown: Page) -> None:
    assert "Waiting, by group" in shown.words
    assert shown.row("Mean waiting days", "urgent")[2] == "Second biplane suite"


def test_each_measure_is_explained(shown: Page) -> None:
    assert "Mean waiting days lower is better Days from referral." in shown.words


def test_every_plot_has_words_and_its_numbers_as_a_table(shown: Page) -> None:
    plots = [a for a in shown.named("div") if "data-drawing" in a]
    assert {a["data-drawing"] for a in plots} == set(drawings(shown))
    assert all(a["role"] == "img" and len(str(a["aria-label"])) > 40 for a in plots)
    details = [text for text in shown.text if text.startswith("The numbers of this plot")]
    assert len(details) == len(plots)


def test_every_drawing_is_a_figure_that_plotly_knows(shown: Page) -> None:
    from plotly.graph_objects import Figure  # slow to load: only here

    for drawing in drawings(shown).values():
        Figure(data=drawing["data"], layout=drawing["layout"])


def test_what_is_needed_to_run_it_again_is_there(shown: Page) -> None:
    words = shown.words
    assert "holdfast scenario compare second-biplane nurse-fewer --html page.html --seed 7" in words
    assert "Seed 7" in words
    assert "One sedation nurse fewer on Wednesdays: 20" in words
    assert "3 min 3 s" in words
    assert "ortools 9.15.6755" in words
    assert shown.row("As it is", "9f86d0818")
    assert "name: nurse-fewer" in words


def test_assumptions_have_figure_evidence_and_source(shown: Page) -> None:
    row = shown.row("No-show", "all")
    assert row[2:] == ["2 %", "published", "imaging no-show 2.0 %: Aijaz, Acad Radiol 2024"]
    assert shown.row("No-show", "One sedation nurse")[2] == "1 %"


def test_texts_from_outside_are_never_markup() -> None:
    evil = tuple(ScenarioNote(n.name, EVIL, EVIL, (EVIL,), EVIL) for n in sample.report().scenarios)
    assumption = Assumption(EVIL, EVIL, EVIL, EVIL, EVIL)
    day = sample.day(case=EVIL)
    shown = page(
        sample.report(title=EVIL, scenarios=evil, assumptions=(assumption,), day=day, notes=(EVIL,))
    )
    assert len(shown.scripts) == 3
    assert shown.named("img") == []
    assert not [attrs for _, attrs in shown.tags if any(a.startswith("on") for a in attrs)]
    assert not set("<>&") & set(shown.scripts[0])  # no text ends the data or becomes a tag
    texts = json.dumps(drawings(shown))
    assert "<script" not in texts
    assert "<img" not in texts
    assert "&lt;img" in texts  # as plots take it: said, not obeyed


def test_without_figures_the_page_says_so() -> None:
    empty = page(sample.report(rows=(), waits=(), heats=(), holds=(), day=None, assumptions=()))
    assert empty.words.count("Nothing to show:") == 9
    assert drawings(empty) == {}
    assert "no day was chosen" in empty.words


def test_a_plan_has_no_assumptions_to_tell() -> None:
    plan = sample.report(assumptions=(), making=sample.making(mode="plan"))
    assert "Nothing to show: one night was planned, without surprises." in page(plan).words


def contrast(one: str, other: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""

    def light(colour: str) -> float:
        parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((light(one), light(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", [*palette.SERIES, palette.INK, palette.SOFT])
def test_colours_can_be_read_on_both_papers(colour: str) -> None:
    assert contrast(colour, palette.PAPER) >= 4.5
    assert contrast(palette.DARK[colour], palette.DARK[palette.PAPER]) >= 4.5


def test_thirty_series_look_different_without_colour_too() -> None:
    looks = [palette.look(place) for place in range(31)]
    assert len(set(looks)) == 31
    # seven at a time are told apart by dash and marker alone
    assert len({(look.dash, look.marker) for look in looks[:7]}) == 7


def test_the_style_sheet_has_the_palette(html: str) -> None:
    style = html[html.index("<style>") : html.index("</style>")]
    for place, colour in enumerate((palette.INK, *palette.SERIES)):
        assert f"--s{place}: {colour};" in style
        assert f"--s{place}: {palette.DARK[colour]};" in style


def test_how_to_read_the_verdicts_stands_before_the_first_table_of_them(html: str) -> None:
    note = html.index("Intervals are Student&#39;s t over paired replications.")
    assert html.index("replay, 20 replications") < note < html.index('<table class="glance">')
