"""Planned works that the desk announced."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "works_0001"
down_revision = None
branch_labels = ("works",)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "planned_works",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("start_us", sa.BigInteger, nullable=False),
        sa.Column("end_us", sa.BigInteger, nullable=False),
        sa.Column("closed", sa.Boolean, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("planned_works_by_end", "planned_works", ["end_us"])
