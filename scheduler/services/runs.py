"""Runs of jobs: asked for, begun under a lease, cancelled, ended; never two for one night.

A run is begun by whoever holds the lease of its job. Every later write of it is made in a
transaction that renews that lease, and so is refused once another process has taken over.
"""

from dataclasses import dataclass
from datetime import timedelta

from models.errors import BusyError, ConflictError
from scheduler.records_nights import (
    Lease,
    RunOrder,
    RunProgress,
    RunRecord,
    RunState,
    RunStatus,
)
from scheduler.services.desk import Desk
from scheduler.services.notices import notify, raise_alert
from scheduler.versions import check_version

NIGHT = "night"
"""The job that plans anew."""
SCENARIO = "scenario"
"""The job that compares a scenario with the department as it is."""
LEASE = timedelta(seconds=120)
"""How long a run may be silent before another process takes it over."""
MOST_ATTEMPTS = 5
STANDS = "the plan stands as it was"


class CancelledError(Exception):
    """Somebody wants the run to end."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A run that was begun, and the lease under which it was."""

    run: RunRecord
    lease: Lease


def request(
    desk: Desk, order: RunOrder | None = None, *, job: str = NIGHT, night: str | None = None
) -> RunRecord:
    """Ask for a run: of a night by its date, or else under a name of its own.

    Raises:
        ConflictError: the job has a run for that night already.
    """
    name = desk.ids.new("run")
    run = RunRecord(
        id=name,
        job=job,
        night=night or f"on request {name}",
        state=RunState.QUEUED,
        order=order or RunOrder(),
        requested_at=desk.now,
        requested_by=desk.actor,
    )
    if not desk.uow.runs.add(run):
        raise ConflictError(f"there is a run of {job} for {run.night}", remedy="look at that one")
    desk.audit("run.request", run.id, after=run, detail=f"{job}, {run.night}")
    return run


def cancel(desk: Desk, name: str, *, version: str | None = None) -> RunRecord:
    """End a run that waits, or ask the one who does it to end it; nothing of it is kept.

    Raises:
        NotFoundError: there is no such run.
        StaleError: it is at another version.
        ConflictError: it has ended.
    """
    run = desk.uow.runs.get(name)
    check_version(run.version, version, place=f"run {name}")
    if run.over:
        raise ConflictError(f"it is {run.state} already", place=f"run {name}")
    if run.state == RunState.QUEUED:
        outcome = f"cancelled by {desk.actor}; {STANDS}"
        return end(desk, run, RunState.CANCELLED, RunStatus.CANCELLED, outcome)
    desk.uow.runs.ask_to_cancel(name)
    desk.audit("run.cancel", name, before=run)
    return desk.uow.runs.get(name)


def claim(
    desk: Desk, owner: str, *, job: str = NIGHT, lease_for: timedelta = LEASE
) -> Claim | None:
    """Begin the next run of a job: one whose process has fallen silent, or the oldest that waits.

    None when there is none, or when the one under way is not silent.
    """
    if not desk.uow.runs.standing(job):
        return None
    lease = desk.uow.leases.take(job, owner, now=desk.now, until=desk.now + lease_for)
    if lease is None:
        return None
    for run in desk.uow.runs.standing(job):
        if _to_be_begun(desk, run):
            return Claim(_begin(desk, run, lease), lease)
    desk.uow.leases.release(lease)
    return None


def begin_at_once(
    desk: Desk, owner: str, order: RunOrder, *, job: str = NIGHT, lease_for: timedelta = LEASE
) -> Claim:
    """Begin a run here and now; those whose process has fallen silent are over.

    Raises:
        BusyError: another one is under way.
    """
    lease = desk.uow.leases.take(job, owner, now=desk.now, until=desk.now + lease_for)
    if lease is None:
        raise BusyError(
            f"a run of {job} is under way", place="lease", remedy="wait for it, or cancel it"
        )
    for run in desk.uow.runs.standing(job):
        if run.state == RunState.RUNNING:
            fail(desk, run, RunStatus.GAVE_UP, "the run was killed")
    return Claim(_begin(desk, request(desk, order, job=job), lease), lease)


def _to_be_begun(desk: Desk, run: RunRecord) -> bool:
    """Whether a run is to be begun (again) by whoever holds the lease; else it is ended."""
    if run.cancel_requested:
        cancelled(desk, run)
    elif run.attempts >= MOST_ATTEMPTS:
        fail(desk, run, RunStatus.GAVE_UP, f"it was begun {run.attempts} times and never ended")
    else:
        return True
    return False


def _begin(desk: Desk, run: RunRecord, lease: Lease) -> RunRecord:
    update = {
        "state": RunState.RUNNING,
        "started_at": desk.now,
        "attempts": run.attempts + 1,
        "epoch": lease.epoch,
    }
    after = run.model_copy(update=update)
    desk.uow.runs.change(after, was=run.state)
    desk.audit("run.start", run.id, before=run, after=after, detail=lease.owner)
    progress = _note(desk, run, RunProgress(phase="freezing"))
    return after.model_copy(update={"progress": progress})


def note(desk: Desk, name: str, progress: RunProgress) -> None:
    """Write down how far a run under way has come.

    Raises:
        CancelledError: somebody wants it to end.
    """
    run = desk.uow.runs.get(name)
    if run.cancel_requested:
        raise CancelledError
    _note(desk, run, progress)


def _note(desk: Desk, run: RunRecord, progress: RunProgress) -> RunProgress:
    noted = progress.model_copy(update={"step": run.progress.step + 1})
    desk.uow.runs.note_progress(run.id, noted)
    return noted


def put_back(desk: Desk, run: RunRecord) -> RunRecord:
    """Leave a run to the next process, as if it had not been begun."""
    update = {"state": RunState.QUEUED, "attempts": run.attempts - 1}
    after = run.model_copy(update=update)
    desk.uow.runs.change(after, was=RunState.RUNNING)
    desk.audit("run.put-back", run.id, before=run, after=after)
    return after


def end(desk: Desk, run: RunRecord, state: RunState, status: RunStatus, outcome: str) -> RunRecord:
    """Write down how a run ended."""
    update = {"state": state, "status": status, "finished_at": desk.now, "outcome": outcome}
    after = run.model_copy(update=update)
    desk.uow.runs.change(after, was=run.state)
    desk.audit("run.end", run.id, before=run, after=after, detail=outcome)
    notify(desk, "run.end", run.id, job=run.job, night=run.night, state=state, status=status)
    if state == RunState.FAILED and run.job == NIGHT:
        raise_alert(
            desk, f"{run.job}-failed", run.night, about=run.id, detail=f"{status}; {STANDS}"
        )
    return after


def cancelled(desk: Desk, run: RunRecord) -> RunRecord:
    """End a run that somebody wanted to end."""
    return end(desk, run, RunState.CANCELLED, RunStatus.CANCELLED, f"cancelled; {STANDS}")


def fail(desk: Desk, run: RunRecord, status: RunStatus, reason: str) -> RunRecord:
    """End a run that brought nothing: what was published stands."""
    return end(desk, run, RunState.FAILED, status, f"{reason}; {STANDS}")


def skip(desk: Desk, night: str, *, job: str = NIGHT, missed: bool) -> RunRecord | None:
    """Keep that a night is not run, and never will be; None if there is a run for it.

    Args:
        desk: the transaction.
        night: its date.
        job: whose night.
        missed: whether it should have been run; then a person is told.
    """
    why = "no clock was running, and a later night has come" if missed else "before the first clock"
    run = RunRecord(
        id=desk.ids.new("run"),
        job=job,
        night=night,
        state=RunState.CANCELLED,
        requested_at=desk.now,
        requested_by=desk.actor,
        finished_at=desk.now,
        status=RunStatus.MISSED if missed else RunStatus.BEFORE,
        outcome=f"{why}; {STANDS}",
    )
    if not desk.uow.runs.add(run):
        return None
    desk.audit("run.skip", run.id, after=run, detail=f"{job}, {night}")
    if missed:
        raise_alert(desk, f"{job}-missed", night, detail="no clock was running")
    return run
