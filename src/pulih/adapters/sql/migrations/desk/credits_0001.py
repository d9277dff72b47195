"""The books of credits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "credits_0001"
down_revision = None
branch_labels = ("credits",)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "credit_journal",
        sa.Column("id", sa.String(160), primary_key=True),
        sa.Column("entry", sa.String(80), nullable=False),
        sa.Column("incident", sa.String(32), nullable=False),
        sa.Column("batch", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("account", sa.String(32), nullable=False),
        sa.Column("amount_minor", sa.String(60), nullable=False),
        sa.Column("currency", sa.String(8), nullable=False),
        sa.Column("rows", sa.Integer, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
    )
    op.create_index("credit_journal_by_incident", "credit_journal", ["incident", "at_us"])
