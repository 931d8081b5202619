"""Repositories of runs and of the revisions they propose."""

from sqlalchemy import Connection, insert, select, update

from models.errors import NotFoundError
from scheduler.records import RevisionRecord, RevisionState, RunRecord, RunState
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables import RevisionRow, RunRow


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


class SqlRevisions:
    """Moves proposed by runs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    _query = select(
        RevisionRow.id,
        RevisionRow.run_id,
        RevisionRow.fingerprint,
        RevisionRow.state,
        RevisionRow.cost_before,
        RevisionRow.cost_after,
        RevisionRow.bound,
        RevisionRow.document,
        RevisionRow.created_at,
        RevisionRow.decided_at,
        RevisionRow.decided_by,
        RevisionRow.version,
    )

    def get(self, revision: str) -> RevisionRecord:
        """A revision."""
        row = self._connection.execute(self._query.where(RevisionRow.id == revision)).one_or_none()
        if row is None:
            raise NotFoundError(f"there is no revision {revision}")
        return _revision(row)

    def latest(
        self, *, state: RevisionState | None = None, limit: int = 20
    ) -> tuple[RevisionRecord, ...]:
        """The most recent revisions, newest first."""
        query = self._query.order_by(RevisionRow.created_at.desc(), RevisionRow.id.desc())
        if state is not None:
            query = query.where(RevisionRow.state == state)
        return tuple(map(_revision, self._connection.execute(query.limit(limit))))

    def add(self, revision: RevisionRecord) -> None:
        """Keep a revision."""
        self._connection.execute(
            insert(RevisionRow).values(
                id=revision.id,
                run_id=revision.run,
                fingerprint=revision.fingerprint,
                state=revision.state,
                cost_before=revision.cost_before,
                cost_after=revision.cost_after,
                bound=revision.bound,
                document=revision.document,
                created_at=seconds(revision.created_at),
                decided_at=maybe_seconds(revision.decided_at),
                decided_by=revision.decided_by,
                version=revision.version,
            )
        )

    def change(self, revision: RevisionRecord) -> RevisionRecord:
        """Write a revision back: only what was decided about it can change."""
        version = revision.version + 1
        done = self._connection.execute(
            update(RevisionRow)
            .where(RevisionRow.id == revision.id, RevisionRow.version == revision.version)
            .values(
                state=revision.state,
                decided_at=maybe_seconds(revision.decided_at),
                decided_by=revision.decided_by,
                version=version,
            )
        )
        one_changed(done.rowcount, "revision", revision.id)
        return revision.model_copy(update={"version": version})


def _revision(row: AnyRow) -> RevisionRecord:
    return RevisionRecord(
        id=row.id,
        run=row.run_id,
        fingerprint=row.fingerprint,
        state=RevisionState(row.state),
        cost_before=row.cost_before,
        cost_after=row.cost_after,
        bound=row.bound,
        document=row.document,
        created_at=instant(row.created_at),
        decided_at=maybe_instant(row.decided_at),
        decided_by=row.decided_by,
        version=row.version,
    )
