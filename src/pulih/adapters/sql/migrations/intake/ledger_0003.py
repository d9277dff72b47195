"""What was taken back before it was said."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ledger_0003"
down_revision = "ledger_0002"
branch_labels = None


def upgrade() -> None:
    """Make the table."""
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "ledger_early_deletions",
        sa.Column("key", key, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
