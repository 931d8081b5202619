"""Runs that are asked for before they start, once per job and night; leases; signs of life.

Runs kept so far were all started at once: they keep their ids, under names of their own. SQLite
cannot rename what a foreign key refers to without building it anew, so runs, revisions and their
moves are read, dropped and written again.
"""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

STATUS = {"done": "applied-feasible", "failed": "solver-crash"}


def upgrade() -> None:
    runs = [_asked(row) for row in _rows("run")]
    revisions, moves = _rows("revision"), _rows("revision_move")
    for table in ("revision_move", "revision", "run"):
        op.drop_table(table)
    _fill(_job_run(), runs)
    _fill(_revision(), revisions)
    _fill(_revision_move(), moves)
    _lease()
    _heartbeat()


def _rows(table: str) -> list[dict[str, object]]:
    found = op.get_bind().execute(sa.text(f"SELECT * FROM {table}"))
    return [dict(row) for row in found.mappings()]


def _fill(table: sa.Table, rows: list[dict[str, object]]) -> None:
    if rows:
        op.bulk_insert(table, rows)


def _asked(row: dict[str, object]) -> dict[str, object]:
    over = row["state"] != "running"
    return {
        "id": row["id"],
        "job": row["job"],
        "night": f"on request {row['id']}"[:80],
        "state": row["state"] if over else "failed",
        "parameters": json.dumps({"seconds": row["seconds"], "seed": row["seed"]}),
        "requested_at": row["started_at"],
        "requested_by": row["started_by"],
        "started_at": row["started_at"],
        "finished_at": row["finished_at"],
        "attempts": 1,
        "epoch": 0,
        "fingerprint": row["fingerprint"],
        "progress": "{}",
        "cancel_requested": False,
        "status": STATUS.get(str(row["state"]), "gave-up"),
        "outcome": row["outcome"] or "it was running when the store was upgraded",
    }


def _job_run() -> sa.Table:
    made = op.create_table(
        "job_run",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("job", sa.String(length=40), nullable=False),
        sa.Column("night", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.String(length=200), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_run")),
        sa.UniqueConstraint("job", "night", name=op.f("uq_job_run_job_night")),
    )
    op.create_index(op.f("ix_job_run_job_state"), "job_run", ["job", "state"], unique=False)
    op.create_index(
        op.f("ix_job_run_requested_at_id"), "job_run", ["requested_at", "id"], unique=False
    )
    return made


def _revision() -> sa.Table:
    made = op.create_table(
        "revision",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("run_id", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("cost_before", sa.BigInteger(), nullable=False),
        sa.Column("cost_after", sa.BigInteger(), nullable=False),
        sa.Column("bound", sa.BigInteger(), nullable=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["job_run.id"], name=op.f("fk_revision_run_id_job_run")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revision")),
    )
    op.create_index(op.f("ix_revision_run_id"), "revision", ["run_id"], unique=False)
    op.create_index(op.f("ix_revision_state"), "revision", ["state"], unique=False)
    return made


def _revision_move() -> sa.Table:
    return op.create_table(
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


def _lease() -> None:
    op.create_table(
        "lease",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=False),
        sa.Column("epoch", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_lease")),
    )


def _heartbeat() -> None:
    op.create_table(
        "heartbeat",
        sa.Column("process", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("process", name=op.f("pk_heartbeat")),
    )
