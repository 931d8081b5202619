"""Running a night under a lease: every write of it is refused once somebody else has taken over."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TypeVar

from models.errors import AwayError, BusyError, OvertakenError
from scheduler.records_nights import Lease, RunOrder, RunProgress, RunRecord, RunStatus
from scheduler.services import runs
from scheduler.services.desk import Desk
from scheduler.services.night import RunReport, Search
from scheduler.services.runs import CancelledError, Claim
from scheduler.services.shift import Shift, Transact
from solver.optimize import Progress

T = TypeVar("T")
BEATS = 4
"""How often a lease is renewed within its length."""
AWAY_SECONDS = 0.5
"""Between two looks whether a store that is away is back."""


def _never() -> bool:
    return False


class HandBackError(Exception):
    """The process is to end: the run is left to the next one."""


@dataclass(frozen=True)
class Fenced:
    """Transactions that renew a lease first, and fail if somebody else has it."""

    write: Transact
    lease: Lease
    lasts: timedelta

    def __call__(self, service: Callable[[Desk], T]) -> T:
        """The service's result.

        Raises:
            OvertakenError: another process has taken the lease; nothing was kept.
        """

        def guarded(desk: Desk) -> T:
            desk.uow.leases.renew(self.lease, until=desk.now + self.lasts)
            return service(desk)

        return self.write(guarded)


@dataclass(frozen=True)
class Waiting:
    """Transactions that wait for a store that is away, as a night is worth more than the wait.

    One that was lost while it was committed is done again: a run's writes bring it from one state
    to another, and are refused (StaleError) where that has happened.
    """

    transact: Transact
    lasts: timedelta
    to_end: Callable[[], bool] = _never

    def __call__(self, service: Callable[[Desk], T]) -> T:
        """The service's result.

        Raises:
            AwayError: the store was away for too long, or this process is to end.
        """
        over = time.monotonic() + self.lasts.total_seconds()
        while True:
            try:
                return self.transact(service)
            except AwayError:
                if self.to_end() or time.monotonic() >= over:
                    raise
            time.sleep(AWAY_SECONDS)


@dataclass
class Pulse:
    """The signs of life of one run while its search lasts; asked several times a second."""

    write: Transact
    run: RunRecord
    every: float
    """Seconds between two writes."""
    to_end: Callable[[], bool] = _never
    """Whether this process is to end."""
    on_beat: Callable[[Desk], None] | None = None
    phase: str = "searching"
    """Of a run that has told nothing yet."""
    _found: RunProgress | None = field(default=None, init=False)
    _beaten_at: float = field(default_factory=time.monotonic, init=False)

    def progress(self, progress: Progress) -> None:
        """Take note of a better plan; it is written down with the next beat."""
        self.take(
            RunProgress(
                phase="searching",
                seconds=round(progress.seconds, 1),
                cost=progress.cost,
                bound=progress.bound,
                placed=progress.placed,
            )
        )

    def take(self, progress: RunProgress) -> None:
        """Take note of how far the run has come; it is written down with the next beat."""
        self._found = progress

    def should_stop(self) -> bool:
        """Never true: who wants the search to end gets an error from here.

        Raises:
            HandBackError: this process is to end.
            CancelledError: somebody wants the run to end.
            OvertakenError: another process has taken over.
        """
        if self.to_end():
            raise HandBackError
        if time.monotonic() - self._beaten_at >= self.every:
            self._beaten_at = time.monotonic()
            self._beat()
        return False

    def _beat(self) -> None:
        with suppress(BusyError):  # the lease outlasts several beats, and is kept where nobody asks
            self.write(self._written)

    def _written(self, desk: Desk) -> None:
        runs.note(desk, self.run.id, self._found or RunProgress(phase=self.phase))
        if self.on_beat is not None:
            self.on_beat(desk)


Searching = Callable[[Pulse], Search]
"""Makes the search of one run, which is to keep asking its pulse."""


@dataclass(frozen=True)
class Leader:
    """Runs nights of one site, one at a time, while it has the lease."""

    read: Transact
    write: Transact
    searching: Searching
    owner: str
    lasts: timedelta = runs.LEASE
    to_end: Callable[[], bool] = _never
    on_beat: Callable[[Desk], None] | None = None

    def at_once(self, order: RunOrder) -> RunReport:
        """Ask for a run and run it here and now.

        Raises:
            BusyError: another one is under way.
        """
        return self.carry_out(
            self.write(
                lambda desk: runs.begin_at_once(desk, self.owner, order, lease_for=self.lasts)
            )
        )

    def next(self) -> Claim | None:
        """Begin the next run, if there is one and nobody else is at it."""
        if not self.read(lambda desk: desk.uow.runs.standing(runs.NIGHT)):
            return None
        return self.write(lambda desk: runs.claim(desk, self.owner, lease_for=self.lasts))

    def carry_out(self, claim: Claim) -> RunReport:
        """Run what was begun, to its end.

        Raises:
            OvertakenError: another process has taken it over; nothing was kept.
            HandBackError: this process is to end; the run waits for the next.
            CancelledError: somebody cancelled it.
            AwayError: the store was away for too long; the run waits for the next.
        """
        fenced = Fenced(self.write, claim.lease, self.lasts)
        every = self.lasts.total_seconds() / BEATS
        pulse = Pulse(fenced, claim.run, every, self.to_end, self.on_beat)
        read, write = self._waiting(self.read), self._waiting(fenced)
        with ending(self._waiting(self.write), write, claim):
            return Shift(read, write, self.searching(pulse)).run(claim.run)

    def _waiting(self, transact: Transact) -> Waiting:
        return Waiting(transact, self.lasts, self.to_end)


@contextmanager
def ending(write: Transact, fenced: Transact, claim: Claim) -> Iterator[None]:
    """Give the lease of a run back whatever becomes of it; one that is broken off is ended."""
    try:
        yield
    except OvertakenError:
        raise
    except BaseException as error:
        fenced(partial(_broken_off, run=claim.run, error=error))
        raise
    finally:
        write(lambda desk: desk.uow.leases.release(claim.lease))


def _broken_off(desk: Desk, run: RunRecord, error: BaseException) -> RunRecord:
    """What becomes of a run that could not come to its end by itself."""
    if isinstance(error, HandBackError | BusyError):
        return runs.put_back(desk, run)
    if isinstance(error, CancelledError):
        return runs.cancelled(desk, run)
    kind = type(error).__name__  # its words might speak of a patient
    return runs.fail(desk, run, RunStatus.GAVE_UP, f"the run was broken off ({kind})")
