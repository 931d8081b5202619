"""The progress of a search on stderr, and Ctrl-C as a request to stop with the best so far."""

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Self

from rich.live import Live
from rich.text import Text

from scheduler.cli.output import console, note

if TYPE_CHECKING:
    from solver.optimize import Progress

QUIET_SECONDS = 5.0  # between plain lines; a terminal is refreshed in place


class PlanProgress:
    """One line that says how good the plan is by now: redrawn on a terminal, else now and then."""

    def __init__(self, cases: int) -> None:
        self._cases = cases
        self._live = (
            Live(console=console(stderr=True), refresh_per_second=4, transient=True)
            if sys.stderr.isatty()
            else None
        )
        self._spoken_at = float("-inf")

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
            self._live.update(Text("reading the problem"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def update(self, progress: "Progress") -> None:
        """Show the state of the search."""
        line = progress_line(progress, self._cases)
        if self._live:
            self._live.update(Text(line))
        elif time.monotonic() - self._spoken_at >= QUIET_SECONDS:
            self._spoken_at = time.monotonic()
            note(line)


def progress_line(progress: "Progress", cases: int) -> str:
    """Seconds, cost, bound, gap and placed cases as one line."""
    return (
        f"{progress.seconds:6.1f} s  cost {progress.cost:,}  bound {progress.bound:,}"
        f"  gap {progress.gap:.1%}  placed {progress.placed} of {cases}"
    )


@contextmanager
def stop_requests(
    said: str = "stopping with the best plan so far; again to stop without it",
) -> Iterator[Callable[[], bool]]:
    """Turn the first Ctrl-C (or a polite kill) into a wish to stop; a second one ends at once.

    Args:
        said: what is answered to the first one.
    """
    wish = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        if wish.is_set():
            raise KeyboardInterrupt
        wish.set()
        note(said)

    if threading.current_thread() is not threading.main_thread():
        yield wish.is_set  # only the main thread hears signals
        return
    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield wish.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
