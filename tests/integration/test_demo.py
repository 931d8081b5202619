"""The demonstration, small: the same story and pages each time, and a store that is whole."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from scheduler.bootstrap import FixedClock, open_container
from scheduler.demo.run import STORE, Demo, run_demo
from scheduler.settings import Settings
from tests.integration.command_line import run

CASES = 16


class Story:
    """Keeps what is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str = "") -> None:
        self.lines.append(text)

    @contextmanager
    def counting(self, _what: str) -> Iterator[Callable[[int, int], None]]:
        yield lambda _done, _total: None


def _told(folder: Path) -> tuple[Story, tuple[Path, ...]]:
    story = Story()
    pages = run_demo(Demo(folder, cases=CASES, iterations=200), story)
    return story, pages


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Story, tuple[Path, ...]]:
    folder = tmp_path_factory.mktemp("demo")
    return (folder, *_told(folder))


def test_every_page_is_there_and_stands_alone(told: tuple[Path, Story, tuple[Path, ...]]) -> None:
    _, _, pages = told
    names = [page.name for page in pages]
    assert {"board-before.html", "board-after.html", "revision.html"} <= set(names)
    assert any(name.startswith("instructions-") for name in names)
    for page in (page for page in pages if page.suffix == ".html"):
        text = page.read_text(encoding="utf-8")
        assert "<html" in text
        assert "http://" not in text.replace("http://www.w3.org", "")
        assert "<script src" not in text


def test_the_story_is_told_in_order(told: tuple[Path, Story, tuple[Path, ...]]) -> None:
    _, story, _ = told
    text = "\n".join(story.lines)
    order = ("referrals come in", "have a window", "Things break", "is closed", "The night plans")
    places = [text.index(part) for part in order]
    assert places == sorted(places)


def test_the_store_is_whole_and_nothing_is_double_booked(
    told: tuple[Path, Story, tuple[Path, ...]],
) -> None:
    folder, _, _ = told
    night = datetime.fromisoformat("2026-10-28T02:00:00-05:00")
    container = open_container(Settings(store=str(folder / STORE)), clock=FixedClock(night))
    assert container.faults() == ()
    assert [f.id for f in container.list_cases() if f.booking]


def test_the_same_seed_tells_the_same_story(
    told: tuple[Path, Story, tuple[Path, ...]], tmp_path: Path
) -> None:
    folder, story, pages = told
    again, written = _told(tmp_path)
    assert again.lines == story.lines
    for page, other in zip(pages, written, strict=True):
        assert page.relative_to(folder) == other.relative_to(tmp_path)
        assert page.read_bytes() == other.read_bytes()


def test_the_command_says_where_the_pages_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = replace(Demo(tmp_path), cases=4, iterations=50)
    monkeypatch.setattr("scheduler.demo.run.Demo", lambda *_args, **_sizes: small)
    ran = run("demo", "--out", tmp_path)
    assert ran.code == 0, ran.err
    assert str(tmp_path / "board-after.html") in ran.out
