"""What the service asks of the store beyond the department itself: answers, jobs, notices."""

from datetime import datetime
from typing import Protocol

from scheduler.records import Answered, Closure, RequestKey
from scheduler.records_nights import Heartbeat, Lease, RunProgress, RunRecord, RunState


class Answers(Protocol):
    """What was answered to requests that may be sent again."""

    def find(self, key: RequestKey) -> Answered | None:
        """What was answered to the request of a key."""
        ...

    def add(self, key: RequestKey, answer: Answered, at: datetime) -> None:
        """Keep an answer."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop answers kept before a moment; how many there were."""
        ...


class Runs(Protocol):
    """Executions of jobs; one per job and night."""

    def add(self, run: RunRecord) -> bool:
        """Keep a run; False, and nothing kept, when the job has one for that night."""
        ...

    def get(self, run: str) -> RunRecord:
        """A run; NotFoundError if unknown."""
        ...

    def latest(
        self, limit: int = 20, *, job: str | None = None, before: str | None = None
    ) -> tuple[RunRecord, ...]:
        """The most recently asked for, newest first; those after the run `before`, for pages."""
        ...

    def standing(self, job: str) -> tuple[RunRecord, ...]:
        """Those of a job that have not ended: running ones, then queued ones, oldest first."""
        ...

    def last_night(self, job: str) -> str | None:
        """The latest business date for which a job has a run."""
        ...

    def change(self, run: RunRecord, *, was: RunState) -> None:
        """Write back how a run stands; StaleError if it stands otherwise, or of a later epoch."""
        ...

    def note_progress(self, run: str, progress: RunProgress) -> None:
        """Write how far a running run has come."""
        ...

    def ask_to_cancel(self, run: str) -> None:
        """Note that somebody wants a running run to end."""
        ...


class Leases(Protocol):
    """Rights that one process has at a time."""

    def find(self, name: str) -> Lease | None:
        """The lease of a name."""
        ...

    def take(self, name: str, owner: str, *, now: datetime, until: datetime) -> Lease | None:
        """Take a lease that is free or has run out, with the next epoch; None if it is held."""
        ...

    def renew(self, lease: Lease, *, until: datetime) -> None:
        """Hold a lease for longer; OvertakenError if somebody else has taken it since."""
        ...

    def release(self, lease: Lease) -> None:
        """Give a lease up, if it is still held."""
        ...


class Heartbeats(Protocol):
    """When processes last said that they live."""

    def beat(self, beat: Heartbeat) -> None:
        """Note that a process lives."""
        ...

    def all(self) -> tuple[Heartbeat, ...]:
        """The last of every process, newest first."""
        ...

    def forget_before(self, moment: datetime) -> int:
        """Drop those of processes not heard of since a moment; how many there were."""
        ...


class Closures(Protocol):
    """Resources out of use."""

    def all(self) -> tuple[Closure, ...]:
        """Every closure, by resource and start."""
        ...

    def add(self, closure: Closure) -> None:
        """Keep a closure."""
        ...

    def forget_reason(self, closure: Closure) -> Closure:
        """Blank why a resource was out of use."""
        ...

    def remove(self, closure: str) -> Closure:
        """Lift a closure; NotFoundError if there is none."""
        ...
