"""Processes of this machine as workers. They end with the one who started them, however it ends."""

import multiprocessing
import os
import signal
import threading
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory

from models.errors import InputError
from scenarios.running.crew import Crew, usual_workers
from scenarios.running.errands import Ground, sealed


class Processes(Crew):
    """So many processes, each started anew (no fork of a process with threads).

    What many tasks share lies in files that each worker reads once.

    Args:
        workers: how many; None: as many as there are cores to use.

    Raises:
        InputError: fewer than one worker.
    """

    one_breaks_all = True
    # A pool that breaks while a worker is being started has closed what that one was to be given.
    refusals = (BrokenExecutor, OSError)

    def __init__(self, workers: int | None = None) -> None:
        self.workers = usual_workers() if workers is None else workers
        if self.workers < 1:
            raise InputError(
                f"{self.workers} workers cannot do anything", remedy="take at least one"
            )
        self._context = multiprocessing.get_context("spawn")
        self._folder = TemporaryDirectory(prefix="holdfast-runs-")
        self._pool: ProcessPoolExecutor | None = None
        self._leash: Connection | None = None

    @property
    def executor(self) -> Executor:
        """The pool, opened if need be."""
        if self._pool is None:
            theirs, self._leash = self._context.Pipe(duplex=False)
            self._pool = ProcessPoolExecutor(
                self.workers, self._context, initializer=_begin, initargs=(theirs,)
            )
        return self._pool

    @property
    def slots(self) -> int:
        """Two for each worker, so that none waits for the next task."""
        return 2 * self.workers

    @property
    def first_alone(self) -> bool:
        """Until there is machine code on disk, so that it is compiled once and not by each."""
        from solver.improve_jit import cache_folder  # noqa: PLC0415 - loads the compiler

        return not any(cache_folder().rglob("*.nbi"))

    def share(self, name: str, ground: Ground) -> Path:
        """Write it to a file."""
        path = self._path(name)
        if not path.exists():
            path.write_bytes(sealed(ground))
        return path

    def forget(self, name: str) -> None:
        """Remove the file."""
        self._path(name).unlink(missing_ok=True)

    def give_up(self) -> None:
        """End the workers where they are."""
        if self._leash is not None:
            self._leash.close()
        self._shut()

    def close(self) -> None:
        """Let the workers finish what they do, and remove the files."""
        self._shut()
        if self._leash is not None:
            self._leash.close()
        self._folder.cleanup()

    def verify(self) -> None:
        """Workers are started as they are needed."""

    def _shut(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)

    def _path(self, name: str) -> Path:
        return Path(self._folder.name) / name


def _begin(leash: Connection) -> None:
    """Prepare a worker: Ctrl-C is its parent's business, and it ends when the leash is let go."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(leash,), daemon=True).start()


def _end_with(leash: Connection) -> None:
    leash.poll(None)  # nothing is ever sent: it returns when the other end is closed
    os._exit(1)
