"""A real browser for tests of pages: nothing may be fetched, and nothing may go wrong.

Needs Chromium or Chrome on the machine; the tests are skipped with the reason elsewhere.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

Visit = Callable[[str], Page]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((path for name in NAMES if (path := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield started
        started.close()


@contextmanager
def visiting(browser: Browser, target: Path) -> Iterator[Visit]:
    """Opens pages from a file in another time zone, and fails on any error or request."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 900}, timezone_id="Asia/Tokyo", java_script_enabled=True
    )
    page = context.new_page()
    faults: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))

    def visit(html: str) -> Page:
        target.write_text(html, encoding="utf-8")
        page.goto(target.as_uri())
        return page

    yield visit
    context.close()
    assert faults == []
    assert [url for url in asked if not url.startswith(("data:", target.as_uri()))] == []


@pytest.fixture
def visited(browser: Browser, tmp_path: Path) -> Iterator[Visit]:
    """What opens a page for one test, as `visiting` does."""
    with visiting(browser, tmp_path / "page.html") as visit:
        yield visit
