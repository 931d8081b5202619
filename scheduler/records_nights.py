"""What the store keeps of jobs: runs, leases and signs of life."""

from enum import StrEnum

from pydantic import Field

from models.base import Frozen, Id, Instant
from scheduler.versions import version_of


class RunState(StrEnum):
    """How a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  # the previous plan stands
    CANCELLED = "cancelled"  # by a person, or missed; the previous plan stands


class RunStatus(StrEnum):
    """What a run that has ended brought; there is no other way to end.

    A night is never infeasible: what cannot be placed is left out, at a price.
    """

    APPLIED_OPTIMAL = "applied-optimal"
    APPLIED_FEASIBLE = "applied-feasible"
    FALLBACK_GREEDY = "fallback-greedy"  # the search failed; a plan without search was better
    LEFT = "left-for-approval"
    UNCHANGED = "unchanged"
    GAVE_UP = "gave-up"  # out of time, or out of attempts
    INVALID_INPUT = "invalid-input"
    SOLVER_CRASH = "solver-crash"  # abort, out of memory, killed
    UNSOUND = "unsound-plan"  # the independent checker refused it
    CANCELLED = "cancelled"
    COMPLETE = "complete"  # a comparison that was asked for is there
    BEFORE = "before-first-clock"  # it was due before any clock ever ran
    MISSED = "missed"  # nobody was there to run it, and a later night has come


class RunOrder(Frozen):
    """What a run is asked to do."""

    seconds: int = Field(default=60, ge=1, le=86_400)
    seed: int = 0
    apply: bool | None = None
    """True applies all, False leaves all for approval, None as the site's rule says."""


class RunProgress(Frozen):
    """How far a run has come; `step` rises with every change."""

    step: int = 0
    phase: str = ""
    """`freezing`, `searching` or `applying`; of a scenario `comparing`."""
    seconds: float = 0
    cost: int | None = None
    bound: int | None = None
    placed: int | None = None
    cases: int | None = None
    done: int | None = None
    """Of a scenario: its runs that have ended."""
    total: int | None = None
    """Of a scenario: all of its runs."""


class RunRecord(Frozen):
    """One execution of a job: a night by its date, or under a name of its own on request."""

    id: Id
    job: str
    night: str
    """The local business date, or a name that nothing else has; once per job."""
    state: RunState
    order: RunOrder = RunOrder()
    requested_at: Instant
    requested_by: Id
    started_at: Instant | None = None
    finished_at: Instant | None = None
    attempts: int = 0
    epoch: int = 0
    """Of the lease under which it was last begun."""
    fingerprint: str = ""
    """Of what it was given."""
    progress: RunProgress = RunProgress()
    cancel_requested: bool = False
    status: RunStatus | None = None
    outcome: str = ""
    """How it ended, in one sentence."""

    @property
    def version(self) -> str:
        """Of how it stands; how far it has come meanwhile is no reason to think again."""
        return version_of(self.id, self.state, self.attempts, self.epoch, self.cancel_requested)

    @property
    def over(self) -> bool:
        """Whether it has ended."""
        return self.state not in {RunState.QUEUED, RunState.RUNNING}


class Lease(Frozen):
    """The right of one process to do something until a moment; a later one has a higher epoch."""

    name: Id
    owner: Id
    epoch: int
    until: Instant


class Heartbeat(Frozen):
    """When a process last said that it lives."""

    process: Id
    kind: str
    """`clock` or `worker`."""
    at: Instant
    version: str
