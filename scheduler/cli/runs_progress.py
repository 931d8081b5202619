"""How far the runs of scenarios have come: a bar for each on a terminal, else plain lines."""

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from scheduler.cli.output import console, note

if TYPE_CHECKING:
    from scenarios.running import progress as fan_out

QUIET_SECONDS = 10.0  # between plain lines


class RunsProgress:
    """Bars by scenario with the time that is left; used as a context."""

    def __init__(self) -> None:
        self._bars: Progress | None = None
        self._tasks: dict[tuple[str, str], TaskID] = {}
        self._spoken_at = time.monotonic()
        if sys.stderr.isatty():
            columns = (
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[left]}"),
            )
            self._bars = Progress(*columns, console=console(stderr=True), transient=True)

    def __enter__(self) -> Self:
        if self._bars:
            self._bars.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bars:
            self._bars.stop()

    def update(self, progress: "fan_out.Progress") -> None:
        """Show where the runs stand."""
        if self._bars is None:
            self._speak(progress)
            return
        for part in progress.parts:
            key = part.scenario, part.site
            if key not in self._tasks:
                self._tasks[key] = self._bars.add_task(part.scenario, total=part.total, left="")
            left = left_words(progress.seconds_left) if part.done < part.total else ""
            self._bars.update(self._tasks[key], completed=part.done, left=left)

    def _speak(self, progress: "fan_out.Progress") -> None:
        if time.monotonic() - self._spoken_at >= QUIET_SECONDS and progress.done < progress.total:
            self._spoken_at = time.monotonic()
            left = left_words(progress.seconds_left)
            note(f"{progress.done} of {progress.total} runs done{left and ', ' + left}")


def left_words(seconds: float | None) -> str:
    """How long it will take at the pace so far; empty where that is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(round(seconds), 60)
    return f"about {minutes} min {rest:02} s left" if minutes else f"about {rest} s left"
