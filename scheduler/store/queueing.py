"""Whose turn it is to write to a SQLite file: first come, first served, over threads and processes.

Left to itself SQLite lets those who wait sleep and try again; whoever has just written is awake and
gets in once more. Here threads of one process stand in a line. Of each process one stands at the
file: it takes the place of whoever is next, waits for whoever writes, and gives the place up once
it writes itself. A process that has just written so finds another one before it.

This orders writers and guards nothing. What guards is SQLite's own lock, which everybody still
takes: a line that cannot be stood in costs time and no more. A process that is killed leaves the
line with its open files.
"""

import fcntl
import os
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType

FIRST_LOOK_SECONDS = 0.0005
LONGEST_LOOK_SECONDS = 0.004


class Line:
    """Threads of this process, one after the other in the order in which they came."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._busy = False

    def __enter__(self) -> None:
        with self._guard:
            if not self._busy:
                self._busy = True
                return
            mine = threading.Lock()
            mine.acquire()
            self._waiting.append(mine)
        try:
            mine.acquire()
        except BaseException:
            self._leave(mine)
            raise

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        with self._guard:
            self._call_next()

    def _call_next(self) -> None:
        if self._waiting:
            self._waiting.popleft().release()
        else:
            self._busy = False

    def _leave(self, mine: threading.Lock) -> None:
        """Whoever is interrupted while it waits must not be called."""
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
            else:
                self._call_next()


class Turns:
    """The turns of one process at a file, which others write to as well."""

    def __init__(self, database: Path, seconds: float) -> None:
        self._line = Line()
        self._paths = (Path(f"{database}-next"), Path(f"{database}-turn"))
        self._seconds = seconds
        """How long to stand in the line; after that SQLite's own lock decides."""
        self._files: tuple[int, ...] = ()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and have it until the end."""
        with self._line:
            held = self._wait()
            try:
                yield
            finally:
                for file in held:
                    fcntl.flock(file, fcntl.LOCK_UN)

    @contextmanager
    def alone_here(self) -> Iterator[None]:
        """A turn among the threads of this process only."""
        with self._line:
            yield

    def close(self) -> None:
        """Close the files of the line."""
        files, self._files = self._files, ()
        for file in files:
            os.close(file)

    def _wait(self) -> tuple[int, ...]:
        """What is held; nothing where the line cannot be stood in, or takes too long."""
        over = time.monotonic() + self._seconds
        try:
            first, turn = self._opened()
        except OSError:
            return ()  # the folder is not there or not ours: the store says so itself
        if not _taken(first, over):
            return ()
        try:
            return (turn,) if _taken(turn, over) else ()
        finally:
            fcntl.flock(first, fcntl.LOCK_UN)

    def _opened(self) -> tuple[int, int]:
        if not self._files:
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            first = os.open(self._paths[0], flags, 0o600)
            try:
                self._files = first, os.open(self._paths[1], flags, 0o600)
            except OSError:
                os.close(first)
                raise
        return self._files[0], self._files[1]


def _taken(file: int, over: float) -> bool:
    """Take a lock, looking for it again and again until a moment."""
    pause = FIRST_LOOK_SECONDS
    while True:
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        if time.monotonic() > over:
            return False
        time.sleep(pause)
        pause = min(2 * pause, LONGEST_LOOK_SECONDS)
