"""Each move of a revision has a state of its own; a revision is no longer decided only as a whole.

Moves kept before have no mark of what they rested on: those not yet decided can be rejected, and
prove stale when somebody accepts them.
"""

import json
from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

STATES = {"applied": "applied", "refused": "rejected", "stale": "stale", "proposed": "proposed"}


def upgrade() -> None:
    moves = op.create_table(
        "revision_move",
        sa.Column("revision_id", sa.String(length=200), nullable=False),
        sa.Column("case_id", sa.String(length=200), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["revision.id"], name=op.f("fk_revision_move_revision_id_revision")
        ),
        sa.PrimaryKeyConstraint("revision_id", "case_id", name=op.f("pk_revision_move")),
    )
    rows = list(_kept_moves())
    if rows:
        op.bulk_insert(moves, rows)


def _kept_moves() -> Iterator[dict[str, object]]:
    """A row for each move of the revisions kept so far, decided as its revision was."""
    kept = sa.table(
        "revision",
        sa.column("id", sa.String),
        sa.column("state", sa.String),
        sa.column("document", sa.Text),
        sa.column("decided_at", sa.BigInteger),
        sa.column("decided_by", sa.String),
    )
    for row in op.get_bind().execute(sa.select(kept)):
        for move in json.loads(row.document).get("moves", ()):
            yield {
                "revision_id": row.id,
                "case_id": move["case"],
                "state": STATES[row.state],
                "mark": "",
                "decided_at": row.decided_at,
                "decided_by": row.decided_by,
                "detail": "",
            }
