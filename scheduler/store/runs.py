"""The repository of runs."""

from sqlalchemy import Connection, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError

from models.errors import NotFoundError
from scheduler.records_nights import RunOrder, RunProgress, RunRecord, RunState, RunStatus
from scheduler.store.cases import one_changed
from scheduler.store.codec import (
    AnyRow,
    instant,
    maybe_instant,
    maybe_seconds,
    read_document,
    seconds,
    text,
)
from scheduler.store.tables_nights import JobRunRow

A_DATE = "____-__-__"
STANDING = (RunState.RUNNING, RunState.QUEUED)


class SqlRuns:
    """Executions of jobs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _query = select(JobRunRow.__table__)

    def add(self, run: RunRecord) -> bool:
        """Keep a run, unless its job has one for that night."""
        try:
            with self._connection.begin_nested():
                self._connection.execute(
                    insert(JobRunRow).values(
                        **_asked(run), **_changing(run), progress=text(run.progress)
                    )
                )
        except IntegrityError:
            return False
        return True

    def get(self, run: str) -> RunRecord:
        """A run."""
        row = self._connection.execute(self._query.where(JobRunRow.id == run)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no run {run}")
        return _run(row)

    def latest(
        self, limit: int = 20, *, job: str | None = None, before: str | None = None
    ) -> tuple[RunRecord, ...]:
        """The most recently asked for, newest first."""
        query = self._query.order_by(JobRunRow.requested_at.desc(), JobRunRow.id.desc())
        if job is not None:
            query = query.where(JobRunRow.job == job)
        if before is not None:
            place = tuple_(JobRunRow.requested_at, JobRunRow.id)
            query = query.where(place < (seconds(self.get(before).requested_at), before))
        return tuple(map(_run, self._connection.execute(query.limit(limit))))

    def standing(self, job: str) -> tuple[RunRecord, ...]:
        """Those that have not ended: running ones, then queued ones, oldest first."""
        query = self._query.where(JobRunRow.job == job, JobRunRow.state.in_(STANDING))
        order = (JobRunRow.state.desc(), JobRunRow.requested_at, JobRunRow.id)
        return tuple(map(_run, self._connection.execute(query.order_by(*order))))

    def last_night(self, job: str) -> str | None:
        """The latest business date for which a job has a run."""
        query = (
            select(JobRunRow.night)
            .where(JobRunRow.job == job, JobRunRow.night.like(A_DATE))
            .order_by(JobRunRow.night.desc())
            .limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none()

    def change(self, run: RunRecord, *, was: RunState) -> None:
        """Write a run back, but for its progress and any wish to cancel it."""
        done = self._connection.execute(
            update(JobRunRow)
            .where(JobRunRow.id == run.id, JobRunRow.state == was, JobRunRow.epoch <= run.epoch)
            .values(**_changing(run))
        )
        one_changed(done.rowcount, "run", run.id)

    def note_progress(self, run: str, progress: RunProgress) -> None:
        """Write how far a running run has come."""
        done = self._connection.execute(
            update(JobRunRow)
            .where(JobRunRow.id == run, JobRunRow.state == RunState.RUNNING)
            .values(progress=text(progress))
        )
        one_changed(done.rowcount, "run", run)

    def ask_to_cancel(self, run: str) -> None:
        """Note that somebody wants a running run to end."""
        done = self._connection.execute(
            update(JobRunRow)
            .where(JobRunRow.id == run, JobRunRow.state == RunState.RUNNING)
            .values(cancel_requested=True)
        )
        one_changed(done.rowcount, "run", run)


def _asked(run: RunRecord) -> dict[str, object]:
    return {
        "id": run.id,
        "job": run.job,
        "night": run.night,
        "parameters": text(run.order),
        "requested_at": seconds(run.requested_at),
        "requested_by": run.requested_by,
        "cancel_requested": run.cancel_requested,
    }


def _changing(run: RunRecord) -> dict[str, object]:
    return {
        "state": run.state,
        "started_at": maybe_seconds(run.started_at),
        "finished_at": maybe_seconds(run.finished_at),
        "attempts": run.attempts,
        "epoch": run.epoch,
        "fingerprint": run.fingerprint,
        "status": run.status,
        "outcome": run.outcome,
    }


def _run(row: AnyRow) -> RunRecord:
    return RunRecord(
        id=row.id,
        job=row.job,
        night=row.night,
        state=RunState(row.state),
        order=read_document(RunOrder, row.parameters),
        requested_at=instant(row.requested_at),
        requested_by=row.requested_by,
        started_at=maybe_instant(row.started_at),
        finished_at=maybe_instant(row.finished_at),
        attempts=row.attempts,
        epoch=row.epoch,
        fingerprint=row.fingerprint,
        progress=read_document(RunProgress, row.progress),
        cancel_requested=row.cancel_requested,
        status=RunStatus(row.status) if row.status else None,
        outcome=row.outcome,
    )
