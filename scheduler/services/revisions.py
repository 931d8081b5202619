"""Revisions as they are kept: the moves of a night, each with what was known of its case."""

from models.plan import Plan
from scheduler.records import MoveRecord, RevisionRecord
from scheduler.services.problems import Snapshot
from solver.moves import Moves, moves_of


def kept_moves(record: RevisionRecord) -> Moves:
    """The moves of a kept revision."""
    return Moves.model_validate_json(record.document)


def moves_since(snapshot: Snapshot, plan: Plan) -> Moves:
    """What a plan changes of what was booked when the problem was frozen, with the reasons."""
    return moves_of(
        snapshot.problem,
        plan,
        snapshot.booked,
        reserved=snapshot.reserved,
        told=snapshot.told,
    )


def open_moves(snapshot: Snapshot, moves: Moves) -> tuple[MoveRecord, ...]:
    """The moves as they wait for a decision, each with what was known of its case."""
    return tuple(
        MoveRecord(case=case, mark=snapshot.marks.get(case, "")) for case in sorted(moves.by_case)
    )
