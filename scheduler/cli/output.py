"""What commands write: JSON or plain tables on stdout, progress and notes on stderr."""

import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console, RenderableType
from rich.progress import Progress
from rich.table import Table

WIDE = 200  # columns for a table that goes into a file or a pipe


def console(*, stderr: bool = False, wide: int = WIDE) -> Console:
    """A console that prints ids and sentences as they are, without reading markup into them.

    Args:
        stderr: write beside the answer.
        wide: columns where there is no terminal to tell.
    """
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else wide
    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, width=width)


def say(text: str = "") -> None:
    """One line of the answer."""
    typer.echo(text)


def note(text: str = "") -> None:
    """One line beside the answer, on stderr."""
    typer.echo(text, err=True)


def say_json(document: object) -> None:
    """The answer as JSON."""
    typer.echo(json.dumps(document, indent=1, ensure_ascii=False))


def table(
    heads: Sequence[str], rows: Iterable[Sequence[object]], *, right: Sequence[str] = ()
) -> None:
    """A table; the columns named in `right` are aligned right."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for head in heads:
        grid.add_column(head, justify="right" if head in right else "left", overflow="fold")
    for row in rows:
        grid.add_row(*("" if cell is None else str(cell) for cell in row))
    draw(grid)


def draw(what: RenderableType, *, screen: Console | None = None) -> None:
    """Something that rich can draw; without a terminal no line ends in blanks."""
    screen = screen or console()
    if screen.is_terminal:
        screen.print(what)
        return
    with screen.capture() as caught:
        screen.print(what)
    say("\n".join(line.rstrip() for line in caught.get().splitlines()))


def pairs(figures: Mapping[str, object]) -> None:
    """Names and values, one pair a line."""
    width = max((len(name) for name in figures), default=0)
    for name, value in figures.items():
        say(f"{name:<{width}}  {shown(value)}")


def shown(value: object) -> str:
    """A value as a person reads it: thousands apart, shares in per cent are left to the caller."""
    if isinstance(value, bool) or value is None:
        return "-" if value is None else str(value).lower()
    if isinstance(value, int):
        return f"{value:,}"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def stamp(instant: datetime, tz: ZoneInfo) -> str:
    """An instant by the site's clock for a program: RFC 3339."""
    return instant.astimezone(tz).isoformat()


def local(instant: datetime, tz: ZoneInfo) -> str:
    """An instant by the site's clock for a person."""
    return f"{instant.astimezone(tz):%a %d %b %Y %H:%M}"


@contextmanager
def working(what: str) -> Iterator[None]:
    """Say on stderr that something is under way: a spinner on a terminal, else how long it took."""
    if sys.stderr.isatty():
        with console(stderr=True).status(what):
            yield
        return
    began = time.monotonic()
    yield
    _took(what, began)


@contextmanager
def counting(what: str) -> Iterator[Callable[[int, int], None]]:
    """Show on stderr how many of how many are done: a bar on a terminal, else how long it took."""
    began = time.monotonic()
    if not sys.stderr.isatty():
        yield lambda _done, _total: None
        _took(what, began)
        return
    with Progress(console=console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=None)
        yield lambda done, total: progress.update(task, completed=done, total=total)


def _took(what: str, began: float) -> None:
    seconds = time.monotonic() - began
    if seconds >= 1:
        note(f"{what}: {seconds:.1f} s")
