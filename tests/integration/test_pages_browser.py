"""The pages in a real browser: nothing fetched, no errors, nothing overlaps or spills, print fits.

Needs Chromium or Chrome on the machine; skipped with the reason elsewhere.
"""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from models.plan import Placement
from scheduler.pages.board_html import board_html
from scheduler.pages.instructions_html import instructions_html
from scheduler.views.board import BoardView, board_view
from tests.unit.scheduler.pages.sample import (
    DAY,
    sample_labels,
    sample_problem,
    sample_readiness,
)
from tests.unit.scheduler.pages.sheets import LINES, sheet

OVERLAPS = """() => {
  const found = [];
  for (const track of document.querySelectorAll('.board .track')) {
    const boxes = [...track.querySelectorAll('.box')];
    const rects = boxes.map(box => box.getBoundingClientRect());
    for (let i = 0; i < boxes.length; i++) for (let j = i + 1; j < boxes.length; j++) {
      const [a, b] = [rects[i], rects[j]];
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 1 && high > 1) found.push(boxes[i].title + ' / ' + boxes[j].title);
    }
  }
  return found;
}"""
SPILLS = """() => {
  const found = [];
  for (const box of document.querySelectorAll('.board .box')) {
    const outer = box.getBoundingClientRect();
    const row = box.closest('.track').getBoundingClientRect();
    if (outer.top < row.top - 0.5 || outer.bottom > row.bottom + 0.5
        || outer.left < row.left - 0.5 || outer.right > row.right + 0.5) found.push(box.title);
    for (const line of box.querySelectorAll('.head b, .head span, .foot')) {
      const inner = line.getBoundingClientRect(), style = getComputedStyle(line);
      const head = line.closest('.head');
      if (head && inner.top >= head.getBoundingClientRect().bottom - 1) continue;  // left out
      if (inner.bottom > outer.bottom + 0.5 || style.textOverflow !== 'ellipsis'
          || style.overflowX !== 'hidden') found.push(box.title + ': ' + line.textContent);
    }
  }
  return found;
}"""
SMALL = """() => [...document.querySelectorAll('body *')].filter(element =>
  [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  && parseFloat(getComputedStyle(element).fontSize) < 11).map(element => element.textContent)"""
PLACED = """() => [...document.querySelectorAll('.board .box')].map(box => {
  const track = box.closest('.track').getBoundingClientRect(), own = box.getBoundingClientRect();
  return [box.dataset.case, box.dataset.role,
          (own.left - track.left) / track.width, own.width / track.width];
})"""


@pytest.fixture(scope="module")
def day() -> tuple[BoardView, dict[str, Placement]]:
    problem, placements = sample_problem()
    view = board_view(problem, placements, sample_readiness(), DAY, labels=sample_labels())
    return view, placements


def test_the_board_lies_as_it_should(
    visited: Any, day: tuple[BoardView, dict[str, Placement]]
) -> None:
    view, _ = day
    page = visited(board_html(view))
    assert page.evaluate("document.documentElement.lang") == "en"
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(SPILLS) == []
    assert page.evaluate(SMALL) == []
    wanted = {(box.case, box.role): (box.start, box.end) for _, box in view.boxes}
    for case, role, left, width in page.evaluate(PLACED):
        start, end = wanted[case, role]
        begins, ends = view.axis.fraction(start), view.axis.fraction(end)
        assert (left, width) == pytest.approx((begins, ends - begins), abs=0.002)


def test_the_table_lists_what_is_drawn(
    visited: Any, day: tuple[BoardView, dict[str, Placement]]
) -> None:
    view, placements = day
    page = visited(board_html(view))
    listed = page.eval_on_selector_all(
        "#placements tbody tr",
        "rows => rows.map(r => [r.dataset.case, r.dataset.role, r.cells[0].textContent])",
    )
    assigned = [
        [case, role, name]
        for case, placement in placements.items()
        for role, name in placement.assigned.items()
        if not name.startswith("arrival-")
    ]
    assert sorted(listed) == sorted(assigned)
    assert page.locator(".board .box").count() == len(listed)


@pytest.mark.parametrize("width", [1024, 1440, 1920])
def test_the_board_fits_its_page(
    visited: Any, day: tuple[BoardView, dict[str, Placement]], width: int
) -> None:
    page = visited(board_html(day[0]))
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(SPILLS) == []


def test_the_printed_board_fits_a_landscape_page(
    visited: Any, day: tuple[BoardView, dict[str, Placement]]
) -> None:
    page = visited(board_html(day[0]))
    page.emulate_media(media="print")
    # A4 landscape without its margins of 9 mm: 279 mm wide at 96 dots an inch.
    page.set_viewport_size({"width": 1054, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 1054
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(SPILLS) == []


@pytest.mark.parametrize(("day_shown", "hours"), [("2026-11-01", 25), ("2026-03-08", 23)])
def test_an_hour_is_as_wide_on_a_day_of_another_length(
    visited: Any, day_shown: str, hours: int
) -> None:
    problem, _ = sample_problem()
    page = visited(board_html(board_view(problem, {}, {}, date.fromisoformat(day_shown))))
    lines = page.eval_on_selector_all(
        ".board .grid i", "all => all.map(line => line.getBoundingClientRect().left)"
    )
    gaps = [b - a for a, b in pairwise(lines)]
    assert len(lines) == hours
    assert gaps == pytest.approx([gaps[0]] * len(gaps), abs=0.5)


@pytest.mark.parametrize("language", ["en", "es"])
def test_the_instruction_sheet_fits_paper_and_telephone(visited: Any, language: str) -> None:
    page = visited(instructions_html(sheet(*LINES, language=language), site="Riverside"))
    assert page.evaluate("document.documentElement.lang") == language
    for width in (360, 794):  # a telephone; A4 at 96 dots an inch
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.evaluate(SMALL) == []
