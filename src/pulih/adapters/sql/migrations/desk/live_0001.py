"""Signals, findings, what was announced of them, and frames that were held."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "live_0001"
down_revision = None
branch_labels = ("live",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "live_signals",
        sa.Column("frame", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("window_us", sa.BigInteger, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("author", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("counts_for", sa.String(200)),
        sa.Column("operator", sa.String(200)),
        sa.Column("service", sa.String(32)),
        sa.Column("symptom", sa.String(32), nullable=False),
        sa.Column("region", sa.String(16)),
        sa.Column("p_report", sa.Float, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("evidence", sa.Float, nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("wording", sa.BigInteger, nullable=False),
        sa.Column("talk", sa.String(32), nullable=False),
        sa.Column("acute", sa.Boolean, nullable=False),
        sa.Column("recovered", sa.Boolean, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
    )
    op.create_table(
        "live_findings",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("alarm_us", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "live_announced",
        sa.Column("finding", sa.String(32), primary_key=True),
        sa.Column("what", sa.SmallInteger, primary_key=True, autoincrement=False),
    )
    op.create_table(
        "live_held",
        sa.Column("frame", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("received_us", sa.BigInteger, nullable=False),
    )
    op.create_index("live_signals_by_operator", "live_signals", ["counts_for", "at_us"])
    op.create_index("live_signals_by_time", "live_signals", ["at_us"])
    op.create_index("live_signals_by_window", "live_signals", ["window_us"])
