"""A few child processes kept running: one that dies is started again, and all end together."""

import ctypes
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from models.errors import HoldfastError

Tell = Callable[[str], None]

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 60.0
SETTLED_SECONDS = 30.0
"""A child that has lived so long counts as well when it dies later."""
STOP_SECONDS = 30.0
LOOK_SECONDS = 0.2
CLEAR_ERRORS = (1, 2)
"""Exit codes of one clear error: starting again would end the same way."""


@dataclass(frozen=True, slots=True)
class Command:
    """A child to keep running."""

    name: str
    words: tuple[str, ...]


class _Child:
    """One child with its past."""

    def __init__(self, command: Command, tell: Tell) -> None:
        self.command = command
        self.tell = tell
        self.deaths = 0
        self.process = self._start()
        self.again_at: float | None = None

    def _start(self) -> "subprocess.Popen[bytes]":
        self.started_at = time.monotonic()
        return subprocess.Popen(  # noqa: S603  # our own commands
            self.command.words,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  # the supervisor has one thread
        )

    def look(self) -> None:
        """Start it again when it has died and its pause is over.

        Raises:
            HoldfastError: it ended at its very start with one clear error.
        """
        if self.again_at is not None:
            if time.monotonic() >= self.again_at:
                self.again_at, self.process = None, self._start()
            return
        code = self.process.poll()
        if code is None:
            return
        lived = time.monotonic() - self.started_at
        self.deaths = 1 if lived >= SETTLED_SECONDS else self.deaths + 1
        if code in CLEAR_ERRORS and self.deaths == 1 and lived < SETTLED_SECONDS:
            raise HoldfastError(f"{self.command.name} did not start", remedy="see what it said")
        pause = min(FIRST_PAUSE_SECONDS * 2 ** (self.deaths - 1), LONGEST_PAUSE_SECONDS)
        self.tell(f"{self.command.name} {_ending(code)}; it is started again in {pause:g} s")
        self.again_at = time.monotonic() + pause

    def end(self, deadline: float) -> None:
        """Wait for it until a moment, then kill it."""
        try:
            self.process.wait(max(deadline - time.monotonic(), 0.1))
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def supervise(commands: Sequence[Command], told: threading.Event, *, tell: Tell) -> None:
    """Keep children running until told to stop, or until one cannot be started at all.

    Args:
        commands: the children.
        told: set when all are to end.
        tell: is given a sentence whenever one has died: which, of what, and when it is back.

    Raises:
        HoldfastError: one ended at its very start with one clear error; the others are stopped.
    """
    children: list[_Child] = []
    try:
        for command in commands:
            children.append(_Child(command, tell))  # noqa: PERF401  # those started must be stopped
        while not told.wait(LOOK_SECONDS):
            for child in children:
                child.look()
    finally:
        for child in children:
            child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            child.end(deadline)


def _ending(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _end_with_parent() -> None:
    """Let the kernel end a child whose parent was killed, where it can."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG
