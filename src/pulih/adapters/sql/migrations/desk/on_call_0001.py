"""Exceptions from the rota."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "on_call_0001"
down_revision = None
branch_labels = ("on_call",)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "on_call_overrides",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("who", sa.String(120), nullable=False),
        sa.Column("start_us", sa.BigInteger, nullable=False),
        sa.Column("end_us", sa.BigInteger, nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
    )
    op.create_index("on_call_overrides_by_end", "on_call_overrides", ["end_us"])
