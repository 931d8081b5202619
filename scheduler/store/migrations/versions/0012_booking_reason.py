"""What was typed when a booking was made by overbooking, or given up: with the booking."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("booking", sa.Column("reason", sa.Text(), nullable=False, server_default=""))
