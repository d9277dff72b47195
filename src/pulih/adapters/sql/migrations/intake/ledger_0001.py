"""Keys, frames and sources of the ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "ledger_0001"
down_revision = None
branch_labels = ("ledger",)


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table("ledger_keys", sa.Column("key", key, primary_key=True, autoincrement=False))
    op.create_table(
        "ledger_frames",
        sa.Column("frame", key, primary_key=True, autoincrement=False),
        sa.Column("reports", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.LargeBinary),
    )
    op.create_table(
        "ledger_sources",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("heard", sa.BigInteger, nullable=False),
        sa.Column("counted", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("repeated", sa.BigInteger, nullable=False),
        sa.Column("late", sa.BigInteger, nullable=False),
        sa.Column("last_heard_us", sa.BigInteger, nullable=False),
    )
