"""Where sources go on listening."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ledger_0002"
down_revision = "ledger_0001"
branch_labels = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "ledger_cursors",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )
