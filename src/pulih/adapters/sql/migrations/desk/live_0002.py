"""Whose findings a report counts for besides the first operator it blames."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "live_0002"
down_revision = "live_0001"
branch_labels = None


def upgrade() -> None:
    """Add the column, and an index of the few rows that have something in it."""
    op.add_column("live_signals", sa.Column("also_for", sa.String(400), nullable=False, server_default=""))
    some = sa.text("also_for <> ''")
    op.create_index("live_signals_shared", "live_signals", ["at_us"], sqlite_where=some, postgresql_where=some)
