"""The board as HTML and in the terminal: complete, escaped, self-contained, of the right width."""

import re
from datetime import date
from html.parser import HTMLParser
from io import StringIO

import pytest
from rich.console import Console

from scheduler.pages.board_html import board_html
from scheduler.pages.board_text import board_text
from scheduler.pages.templating import percent
from scheduler.views.board import BoardView, board_view
from scheduler.views.spans import CaseLabel
from tests.unit.scheduler.pages.sample import (
    DAY,
    readiness,
    sample_labels,
    sample_problem,
    sample_readiness,
)


class Page(HTMLParser):
    """Tags with their attributes, and the cells of each table row."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self.in_cell = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self.in_cell = True

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self.in_cell = False

    def handle_data(self, data: str) -> None:
        if self.in_cell:
            self.rows[-1][-1] += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture(scope="module")
def view() -> BoardView:
    return board_view(*sample_problem(), sample_readiness(), DAY, labels=sample_labels())


@pytest.fixture(scope="module")
def html(view: BoardView) -> str:
    return board_html(view)


def test_the_head_names_the_day_the_site_and_the_zone(html: str) -> None:
    assert "<h1>Day board: Monday 2 November 2026</h1>" in html
    assert "24-hour clock: America/Chicago, CST (UTC-06:00)" in html
    assert '<html lang="en">' in html


def test_nothing_is_fetched_and_no_script_is_needed(html: str) -> None:
    page = Page(html)
    assert page.named("script") == []
    sources = [attrs.get(a) for _, attrs in page.tags for a in ("src", "href", "action")]
    assert all(s.startswith(("#", "data:")) for s in sources if s)
    assert "url(" not in html


def test_every_box_is_drawn_and_in_the_table(view: BoardView, html: str) -> None:
    page = Page(html)
    drawn = [a for a in page.named("div") if "data-case" in a]
    listed = [a for a in page.named("tr") if "data-case" in a]
    pairs = sorted((box.case, box.role) for _, box in view.boxes)
    assert sorted((a["data-case"], a["data-role"]) for a in drawn) == pairs
    assert sorted((a["data-case"], a["data-role"]) for a in listed) == pairs


def test_the_table_tells_what_the_picture_shows(html: str) -> None:
    row = next(r for r in Page(html).rows if r[0] == "suite-2" and "C-1072" in r)
    assert row[1:8] == ["13:15", "14:25", "14:05", "C-1072", "Nephrostomy", "suite", "urgent"]
    assert " ".join(row[8].split()) == "movedbooked before: Tue 3 Nov 09:00 on suite-4"


def test_every_hold_is_in_a_table_with_rule_and_source(html: str) -> None:
    row = next(r for r in Page(html).rows if r[:2] == ["C-1017", "apixaban"])
    assert row[2:7] == [
        "started",
        "Sat 31 Oct 08:00",
        "Mon 2 Nov 07:00",
        "Mon 2 Nov 09:30",
        "Tue 3 Nov 10:45",
    ]
    assert "apixaban/standard (SIR2019-high 1), K: SIR 2019" in row[8]


def test_texts_from_outside_are_escaped() -> None:
    labels = {"C-1022": CaseLabel('<script>alert("x")</script>')}
    shown = board_html(board_view(*sample_problem(), {}, DAY, labels=labels))
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown


def test_the_colours_of_the_boxes_can_be_read(html: str) -> None:
    def light(colour: str) -> float:
        parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one: str, other: str) -> float:
        high, low = sorted((light(one), light(other)), reverse=True)
        return (high + 0.05) / (low + 0.05)

    default = re.search(r"\.box \{[^}]*[^-]color: (#[0-9a-f]{3,6})", html)
    assert default
    for state in ("booked", "locked", "provisional", "moved", "conflict"):
        style = re.search(rf"\.box\.{state} \{{([^}}]*)\}}", html)
        assert style
        back = re.search(r"background: (#[0-9a-f]{6})", style[1])
        ink = re.search(r"[^-]color: (#[0-9a-f]{3,6})", f" {style[1]}")
        text = ink[1] if ink else default[1]
        full = text if len(text) == 7 else "#" + "".join(2 * c for c in text[1:])
        assert back
        assert contrast(back[1], full) >= 4.5, state


def test_states_differ_by_more_than_colour(html: str) -> None:
    page = Page(html)
    icons = {a["href"] for a in page.named("use")}
    states = ("booked", "locked", "provisional", "moved", "conflict")
    assert {f"#i-{state}" for state in states} <= icons
    assert {a["id"] for a in page.named("symbol")} >= {i.removeprefix("#") for i in icons if i}


def test_an_empty_day_says_so() -> None:
    shown = board_html(board_view(*sample_problem(), {}, date(2026, 11, 7)))
    assert "Nothing is placed on this day." in shown
    assert 'id="placements"' not in shown


def test_a_case_with_open_points_only_draws_no_lanes() -> None:
    view = board_view(*sample_problem(), {"C-1017": readiness("C-1017")}, DAY)
    assert "Medication holds" not in board_html(view)


@pytest.mark.parametrize(
    ("fraction", "shown"), [(0, "0%"), (0.5, "50%"), (1, "100%"), (1 / 3, "33.3333%")]
)
def test_fractions_become_css_lengths(fraction: float, shown: str) -> None:
    assert percent(fraction) == shown


def screen(view: BoardView, width: int) -> list[str]:
    out = StringIO()
    Console(file=out, width=width, color_system=None).print(board_text(view, width))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("width", [60, 80, 120, 200])
def test_no_line_of_the_terminal_board_is_too_long(view: BoardView, width: int) -> None:
    assert max(len(line) for line in screen(view, width)) <= width


def test_the_terminal_tells_states_without_colour(view: BoardView) -> None:
    lines = {line.split(" ")[0]: line for line in screen(view, 120)}
    assert "[#1041" in lines["suite-1"]
    assert "[>1072" in lines["suite-2"]
    assert "[?1090" in lines["suite-2"]
    assert "[!1035" in lines["rn-2"]
    assert "~]" in lines["suite-1"]
    assert lines["ct-1"].count("░") > 30


def test_boxes_of_the_terminal_lie_where_the_hours_are(view: BoardView) -> None:
    # 105 columns for the 11 hours from 07:00: 08:00 lies at 105 / 11 = 9.5, so column 10.
    line = next(line for line in screen(view, 120) if line.startswith("suite-1"))
    hours = next(line for line in screen(view, 120) if "07:00     08:00" in line)
    assert line.index("[#1041") == hours.index("08:00") == 15 + 10


def test_overlapping_boxes_take_a_line_each(view: BoardView) -> None:
    lines = screen(view, 120)
    at = next(n for n, line in enumerate(lines) if line.startswith("rn-2"))
    assert "!1048" not in lines[at]
    assert "!1048" in lines[at + 1]


def test_the_terminal_tells_holds_and_open_points(view: BoardView) -> None:
    text = " ".join(" ".join(screen(view, 120)).split())
    assert "rivaroxaban (started) TOO SHORT: last dose Sun 1 Nov 07:00" in text
    assert "open: INR within 24 h before the start" in text
