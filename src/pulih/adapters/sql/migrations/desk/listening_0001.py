"""How sources spoke, what they cost, and what is to be forgotten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "listening_0001"
down_revision = None
branch_labels = ("listening",)


def upgrade() -> None:
    """Make the tables."""
    key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
    op.create_table(
        "listening_sources",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("past", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "listening_spent",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("month", sa.String(7), primary_key=True),
        sa.Column("micros", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "listening_forgotten",
        sa.Column("key", key, primary_key=True, autoincrement=False),
        sa.Column("quote", sa.BigInteger, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
