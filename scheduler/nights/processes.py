"""What `holdfast clock` and `holdfast worker` do until they are told to stop.

The clock is a dumb tick in UTC: what is due is decided by `scheduler.nights.due`. The worker runs
nights one at a time; what is done all day long (`scheduler.jobs`) goes on beside them in a thread,
and so do runs of scenarios (`scheduler.whatif`).
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from sqlalchemy.exc import DBAPIError

from models.errors import BusyError, HoldfastError, OvertakenError
from scheduler.bootstrap import Container
from scheduler.jobs.registry import Chore
from scheduler.nights import ticking
from scheduler.nights.leading import HandBackError, Leader, Searching
from scheduler.records_nights import Heartbeat, RunOrder
from scheduler.services import runs
from scheduler.services.desk import Desk
from scheduler.services.runs import CancelledError

log = logging.getLogger("holdfast.nights")

CLOCK, WORKER = "clock", "worker"
TICK_SECONDS = 30
POLL_SECONDS = 2.0


@contextmanager
def until_told() -> Iterator[threading.Event]:
    """An event that SIGTERM and SIGINT set."""
    told = threading.Event()

    def tell(_number: int, _frame: FrameType | None) -> None:
        told.set()

    before = {number: signal.signal(number, tell) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield told
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def beat(desk: Desk, process: str, kind: str) -> None:
    """Note that a process lives."""
    sign = Heartbeat(process=process, kind=kind, at=desk.now, version=version("holdfast"))
    desk.uow.heartbeats.beat(sign)


@dataclass(frozen=True)
class Clock:
    """Asks for nights that are due, at one site or several."""

    sites: Sequence[Container]
    order: RunOrder
    process: str

    def tick(self) -> None:
        """Look once at every site; one that cannot be reached now is looked at next time."""
        for site in self.sites:
            try:
                site.acting(CLOCK).write(self._tick)
            except (HoldfastError, DBAPIError) as error:
                _tell("a tick failed", error)

    def _tick(self, desk: Desk) -> ticking.Tick:
        beat(desk, self.process, CLOCK)
        return ticking.tick(desk, self.order)

    def run(self, told: threading.Event, *, every: float = TICK_SECONDS) -> None:
        """Tick until told to stop."""
        scheduler = BackgroundScheduler(timezone="UTC")
        scheduler.add_job(
            self.tick,
            "interval",
            seconds=every,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )
        self.tick()
        scheduler.start()
        told.wait()
        scheduler.shutdown(wait=True)


@dataclass
class Worker:
    """Runs the nights that were asked for, and the chores of the day, at one site or several."""

    sites: Sequence[Container]
    searching: Searching
    process: str
    chores: Sequence[Chore] = ()
    lasts: timedelta = runs.LEASE
    to_end: Callable[[], bool] = field(default=lambda: False)
    studies: Callable[[Callable[[], bool]], bool] | None = None
    """Carries out a run of a scenario, if one waits, and asks meanwhile whether this process is to
    end; whether one waited. None: nobody here does."""
    _done_at: dict[tuple[int, str], float] = field(default_factory=dict, init=False)

    def turn(self) -> bool:
        """Run at most one night of each site; whether there was any."""
        found = [self._night(site.acting(WORKER)) for site in self.sites]
        return any(found)

    def _night(self, site: Container) -> bool:
        leader = Leader(
            site.read,
            site.write,
            self.searching,
            self.process,
            self.lasts,
            self.to_end,
            partial(beat, process=self.process, kind=WORKER),
        )
        try:
            claim = leader.next()
            if claim is None:
                return False
            log.info("a night begins", extra={"run": claim.run.id, "night": claim.run.night})
            report = leader.carry_out(claim)
        except OvertakenError:
            log.warning("another worker has taken the night over")
        except CancelledError:
            log.info("the night was cancelled")
        except HandBackError:
            log.info("the night is left to the next worker")
        except (BusyError, DBAPIError) as error:
            _tell("the store could not be used", error)
            return False  # whoever asks waits a moment before the next turn
        except Exception as error:  # noqa: BLE001  # the run says so; the worker goes on
            _tell("a night was broken off", error)
        else:
            log.info("a night ended", extra={"run": report.run.id, "status": report.run.status})
        return True

    def do_chores(self) -> None:
        """Do every chore whose time has come; one that fails is done again at its next time."""
        for number, site in enumerate(self.sites):
            for chore in self.chores:
                if self.to_end():
                    return
                if self._is_due(number, chore):
                    _do(chore, site)

    def _is_due(self, site: int, chore: Chore) -> bool:
        now, key = time.monotonic(), (site, chore.name)
        due = now - self._done_at.get(key, float("-inf")) >= chore.every.total_seconds()
        if due:
            self._done_at[key] = now
        return due

    def live(self) -> None:
        """Note at every site that this process lives."""
        for site in self.sites:
            try:
                site.write(partial(beat, process=self.process, kind=WORKER))
            except (HoldfastError, DBAPIError) as error:
                _tell("a sign of life was not kept", error)

    def run(self, told: threading.Event, *, poll: float = POLL_SECONDS) -> None:
        """Work until told to stop; a night under way is then left to the next worker."""
        self.to_end = told.is_set
        beside = [
            threading.Thread(target=self._beside, args=(told, poll), name="chores"),
            threading.Thread(target=self._studying, args=(told, poll), name="studies"),
        ]
        for thread in beside:
            thread.start()
        try:
            while not told.is_set():
                if not self.turn():
                    told.wait(poll)
        finally:
            told.set()
            for thread in beside:
                thread.join()

    def study(self) -> bool:
        """Carry out a run of a scenario; whether one waited."""
        return self.studies is not None and self.studies(self.to_end)

    def _studying(self, told: threading.Event, poll: float) -> None:
        """Beside the nights, which must not wait for it."""
        while not told.is_set():
            if not self.study():
                told.wait(poll)

    def _beside(self, told: threading.Event, poll: float) -> None:
        lived_at = float("-inf")
        while not told.is_set():
            if time.monotonic() - lived_at >= TICK_SECONDS:
                lived_at = time.monotonic()
                self.live()
            self.do_chores()
            told.wait(poll)


def _do(chore: Chore, site: Container) -> None:
    try:
        chore.do(site.acting(WORKER))
    except Exception as error:  # noqa: BLE001  # one chore that fails must not stop the others
        _tell("a chore failed", error, job=chore.name)


def _tell(event: str, error: Exception, **more: str) -> None:
    """Log an error by its kind alone: its words and its frames may hold something of a patient."""
    log.error(event, extra={"kind": type(error).__name__, **more})
