"""The repository of revisions: what runs propose, and what became of each move."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, insert, or_, select, update

from models.errors import NotFoundError
from scheduler.records import MoveRecord, MoveState, RevisionRecord, RevisionState
from scheduler.store.cases import one_changed
from scheduler.store.codec import AnyRow, instant, maybe_instant, maybe_seconds, seconds
from scheduler.store.tables import RevisionMoveRow, RevisionRow

Moves = dict[str, list[MoveRecord]]
"""How the moves of some revisions stand."""


class SqlRevisions:
    """Moves proposed by runs, and what became of each."""

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
        return _revision(row, self._moves([revision]))

    def latest(
        self, *, state: RevisionState | None = None, limit: int = 20, before: str | None = None
    ) -> tuple[RevisionRecord, ...]:
        """The most recent revisions (before one of them), newest first."""
        query = self._query.order_by(RevisionRow.created_at.desc(), RevisionRow.id.desc())
        if state is not None:
            query = query.where(RevisionRow.state == state)
        if before is not None:
            made = seconds(self.get(before).created_at)
            query = query.where(
                or_(
                    RevisionRow.created_at < made,
                    and_(RevisionRow.created_at == made, RevisionRow.id < before),
                )
            )
        rows = self._connection.execute(query.limit(limit)).all()
        moves = self._moves(row.id for row in rows)
        return tuple(_revision(row, moves) for row in rows)

    def of_run(self, run: str) -> RevisionRecord | None:
        """What a run proposed; None where it proposed nothing."""
        row = self._connection.execute(self._query.where(RevisionRow.run_id == run)).first()
        return None if row is None else _revision(row, self._moves([row.id]))

    def _moves(self, revisions: Iterable[str]) -> Moves:
        found: Moves = {}
        query = (
            select(
                RevisionMoveRow.revision_id,
                RevisionMoveRow.case_id,
                RevisionMoveRow.state,
                RevisionMoveRow.mark,
                RevisionMoveRow.decided_at,
                RevisionMoveRow.decided_by,
                RevisionMoveRow.detail,
            )
            .where(RevisionMoveRow.revision_id.in_(sorted(revisions)))
            .order_by(RevisionMoveRow.revision_id, RevisionMoveRow.case_id)
        )
        for row in self._connection.execute(query):
            found.setdefault(row.revision_id, []).append(_move(row))
        return found

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
        rows = [
            {"revision_id": revision.id, "case_id": move.case, "mark": move.mark, **_decided(move)}
            for move in revision.moves
        ]
        if rows:
            self._connection.execute(insert(RevisionMoveRow), rows)

    def change(self, revision: RevisionRecord) -> RevisionRecord:
        """Write a revision back: only what was decided about it and its moves can change."""
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
        for move in revision.moves:
            if move.state != MoveState.PROPOSED:
                self._decide(revision.id, move)
        return revision.model_copy(update={"version": version})

    def _decide(self, revision: str, move: MoveRecord) -> None:
        """Write down what became of a move, once."""
        self._connection.execute(
            update(RevisionMoveRow)
            .where(
                RevisionMoveRow.revision_id == revision,
                RevisionMoveRow.case_id == move.case,
                RevisionMoveRow.state == MoveState.PROPOSED,
            )
            .values(**_decided(move))
        )


def _decided(move: MoveRecord) -> dict[str, object]:
    return {
        "state": move.state,
        "decided_at": maybe_seconds(move.decided_at),
        "decided_by": move.decided_by,
        "detail": move.detail,
    }


def _move(row: AnyRow) -> MoveRecord:
    return MoveRecord(
        case=row.case_id,
        state=MoveState(row.state),
        mark=row.mark,
        decided_at=maybe_instant(row.decided_at),
        decided_by=row.decided_by,
        detail=row.detail,
    )


def _revision(row: AnyRow, moves: Moves) -> RevisionRecord:
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
        moves=tuple(moves.get(row.id, ())),
        version=row.version,
    )
