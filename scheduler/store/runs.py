"""The repository of runs."""

from sqlalchemy import Connection, insert, select, update

from scheduler.records import RunRecord, RunState
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables import RunRow


class SqlRuns:
    """Executions of the night."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, run: RunRecord) -> None:
        """Keep a run."""
        self._connection.execute(
            insert(RunRow).values(
                id=run.id,
                job=run.job,
                state=run.state,
                fingerprint=run.fingerprint,
                seed=run.seed,
                seconds=run.seconds,
                started_at=seconds(run.started_at),
                started_by=run.started_by,
                finished_at=maybe_seconds(run.finished_at),
                outcome=run.outcome,
            )
        )

    def finish(self, run: RunRecord) -> None:
        """Write how a running run ended."""
        done = self._connection.execute(
            update(RunRow)
            .where(RunRow.id == run.id, RunRow.state == RunState.RUNNING)
            .values(
                state=run.state, finished_at=maybe_seconds(run.finished_at), outcome=run.outcome
            )
        )
        one_changed(done.rowcount, "run", run.id)

    def latest(self, limit: int = 20) -> tuple[RunRecord, ...]:
        """The most recent runs, newest first."""
        query = (
            select(
                RunRow.id,
                RunRow.job,
                RunRow.state,
                RunRow.fingerprint,
                RunRow.seed,
                RunRow.seconds,
                RunRow.started_at,
                RunRow.started_by,
                RunRow.finished_at,
                RunRow.outcome,
            )
            .order_by(RunRow.started_at.desc(), RunRow.id.desc())
            .limit(limit)
        )
        return tuple(map(_run, self._connection.execute(query)))


def _run(row: AnyRow) -> RunRecord:
    return RunRecord(
        id=row.id,
        job=row.job,
        state=RunState(row.state),
        fingerprint=row.fingerprint,
        seed=row.seed,
        seconds=row.seconds,
        started_at=instant(row.started_at),
        started_by=row.started_by,
        finished_at=maybe_instant(row.finished_at),
        outcome=row.outcome,
    )
