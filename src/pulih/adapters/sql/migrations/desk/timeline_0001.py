"""Leaves of the tamper-evident timeline, and what was signed over them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "timeline_0001"
down_revision = None
branch_labels = ("timeline",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "timeline_leaves",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("incident", sa.String(32), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("timeline_leaves_by_incident", "timeline_leaves", ["incident", "number"])
    op.create_table(
        "timeline_heads",
        sa.Column("size", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("root", sa.LargeBinary, nullable=False),
        sa.Column("signed_us", sa.BigInteger, nullable=False),
        sa.Column("cosignatures", sa.String, nullable=False),
    )
