"""By what a source takes back what it said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "live_0003"
down_revision = "live_0002"
branch_labels = None


def upgrade() -> None:
    """Add the column, and an index of the rows that have something in it."""
    op.add_column("live_signals", sa.Column("key", sa.BigInteger))
    some = sa.text("key IS NOT NULL")
    op.create_index("live_signals_by_key", "live_signals", ["key"], sqlite_where=some, postgresql_where=some)
