"""Messages for the outside with their deliveries, and alerts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "outbox",
        sa.Column(
            "seq",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("spread_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_outbox")),
        sa.UniqueConstraint("id", name=op.f("uq_outbox_id")),
    )
    op.create_index(op.f("ix_outbox_kind_subject"), "outbox", ["kind", "subject"], unique=False)
    op.create_index(op.f("ix_outbox_spread_at"), "outbox", ["spread_at"], unique=False)
    op.create_table(
        "delivery",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("destination", sa.String(length=200), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("delivered_at", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["outbox.seq"], name=op.f("fk_delivery_seq_outbox")),
        sa.PrimaryKeyConstraint("seq", "destination", name=op.f("pk_delivery")),
    )
    op.create_index(
        op.f("ix_delivery_destination_delivered_at_seq"),
        "delivery",
        ["destination", "delivered_at", "seq"],
        unique=False,
    )
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("about", sa.String(length=400), nullable=False),
        sa.Column("level", sa.String(length=20), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("raised_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
    )
    op.create_index(op.f("ix_alert_ended_at"), "alert", ["ended_at"], unique=False)
    op.create_index(
        "uq_alert_open",
        "alert",
        ["kind", "subject", "about"],
        unique=True,
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
