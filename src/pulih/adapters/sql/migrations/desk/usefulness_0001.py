"""When sources spoke of trouble, from which is learned how often they are right."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "usefulness_0001"
down_revision = None
branch_labels = ("usefulness",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "source_spoke",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("sort", sa.String(16), primary_key=True),
        sa.Column("network", sa.String(200), primary_key=True),
        sa.Column("hour", sa.Integer, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "source_looked_at",
        sa.Column("id", sa.SmallInteger, primary_key=True, autoincrement=False),
        sa.Column("hour", sa.BigInteger, nullable=False),
    )
