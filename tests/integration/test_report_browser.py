"""The page of a comparison in a real browser: drawn, quiet, alone, usable by keyboard, printable.

The page lets no text be evaluated as a script, so that waiting is done by looking at elements.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from scenarios.report.page import comparison_html
from tests.integration.conftest import visiting
from tests.unit.scenarios.report import sample

UNDRAWN = """() => [...document.querySelectorAll('.plot')]
  .filter(plot => plot.offsetParent !== null && !plot.querySelector('.main-svg'))
  .map(plot => plot.dataset.drawing)"""
SPILLS = """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
  const outer = plot.getBoundingClientRect();
  return [...plot.querySelectorAll('text')].filter(text => {
    const inner = text.getBoundingClientRect();
    return inner.width && (inner.left < outer.left - 1 || inner.right > outer.right + 1
      || inner.top < outer.top - 1 || inner.bottom > outer.bottom + 1);
  }).map(text => plot.dataset.drawing + ': ' + text.textContent);
})"""
OVERLAPS = """() => [...document.querySelectorAll('.plot')].flatMap(plot => {
  const found = [];
  for (const axis of ['.xtick', '.ytick', '.y2tick']) {
    const boxes = [...plot.querySelectorAll(axis + ' text')].map(t => t.getBoundingClientRect());
    boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
      const wide = Math.min(a.right, b.right) - Math.max(a.left, b.left);
      const high = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
      if (wide > 2 && high > 2) found.push(plot.dataset.drawing + axis);
    }));
  }
  return found;
})"""
SMALL = """() => [...document.querySelectorAll('body *')].filter(element =>
  element.offsetParent
  && [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim())
  && parseFloat(getComputedStyle(element).fontSize) < 11).map(element => element.textContent)"""
PAPER = "getComputedStyle(document.body).backgroundColor"
DRAWN = ".plot:visible .main-svg:first-child"
DARK, LIGHT = "rgb(18, 24, 29)", "rgb(255, 255, 255)"


@pytest.fixture(scope="module")
def shown(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """One page for all tests: its script is large."""
    html = comparison_html(sample.report(sweep=sample.sweep(2)))
    with visiting(browser, tmp_path_factory.mktemp("page") / "page.html") as visit:
        yield visit(html)


@pytest.fixture
def page(shown: Page) -> Page:
    """The page as it is first seen."""
    shown.set_viewport_size({"width": 1280, "height": 900})
    shown.emulate_media(media="screen", color_scheme="light")
    drawn_to_fit(shown)
    return shown


def drawn_to_fit(page: Page) -> None:
    """Waits until all plots are as wide as they have room."""
    inner = page.locator(".plot:visible").first.evaluate("plot => plot.clientWidth")
    expect(page.locator(DRAWN).last).to_have_attribute("width", str(inner))


@pytest.mark.parametrize("width", [1280, 400])
def test_every_plot_is_drawn_and_fits(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    drawn_to_fit(page)
    assert page.evaluate(UNDRAWN) == []
    assert page.evaluate(SPILLS) == []
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate(SMALL) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_another_scenario_is_chosen_by_keyboard(page: Page) -> None:
    choice = page.locator("section:has(#day) select")
    choice.focus()
    page.keyboard.press("ArrowDown")
    shown = page.locator("section:has(#day) figure:visible")
    assert shown.count() == 1
    assert "One sedation nurse fewer" in shown.locator("figcaption").inner_text()
    assert shown.locator(".main-svg").count() > 0


def test_tables_are_sorted_and_filtered_by_keyboard(page: Page) -> None:
    table = page.locator("table.measures").first
    heads = table.locator("thead button")
    place = heads.all_inner_texts().index("Difference")
    heads.nth(place).focus()
    page.keyboard.press("Enter")
    assert table.locator("thead th").nth(place).get_attribute("aria-sort") == "ascending"
    values = table.locator("tbody tr td:nth-child(6)")
    found = [float(cell.get_attribute("data-value") or "nan") for cell in values.all()]
    assert found == sorted(found)
    page.locator("#only").focus()
    page.keyboard.press("Space")
    # of 18 rows six are better, one of them of a group, and three are worse
    assert page.locator("#left").inner_text() == "9 rows shown"
    assert page.locator("tr[data-verdict=not_distinguishable]:visible").count() == 0


def test_in_the_dark_the_plots_are_dark_and_on_paper_light(page: Page) -> None:
    page.emulate_media(color_scheme="dark")
    expect(page.locator(DRAWN).first).to_have_css("background-color", DARK)
    assert page.evaluate(PAPER) == DARK
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 718, "height": 1000})  # A4 without margins of 10 mm
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator(DRAWN).first).to_have_css("background-color", LIGHT)
    assert page.evaluate(PAPER) == LIGHT
    assert page.evaluate("document.documentElement.scrollWidth") <= 718
    page.evaluate("dispatchEvent(new Event('afterprint'))")


def test_neither_titles_nor_other_scripts_run(browser: Browser, tmp_path: Path) -> None:
    evil = "</script><img src=x onerror=\"document.title='run'\">"
    html = comparison_html(sample.report(title=evil, day=sample.day(case=evil)))
    target = tmp_path / "page.html"
    target.write_text(html.replace("</body>", "<script>document.title='run'</script></body>"))
    other = browser.new_page()
    other.goto(target.as_uri())
    assert other.title() == evil
    assert other.locator("img").count() == 0
    other.close()
