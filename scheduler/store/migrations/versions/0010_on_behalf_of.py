"""For whom somebody acted, beside who did; rows of before say nothing of it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("audit", sa.Column("on_behalf_of", sa.String(), nullable=True))
