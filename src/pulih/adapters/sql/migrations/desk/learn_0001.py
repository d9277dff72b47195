"""What is learnt from incidents: lines of reviews and reports, and answers of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "learn_0001"
down_revision = None
branch_labels = ("learn",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "learn_lessons",
        sa.Column("incident", sa.String(32), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("actor", sa.String(128), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("fact", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "learn_answers",
        sa.Column("link", sa.String(64), primary_key=True),
        sa.Column("incident", sa.String(32), nullable=False),
        sa.Column("question", sa.String(8), nullable=False),
        sa.Column("score", sa.Integer, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
    )
    op.create_index("learn_answers_by_incident", "learn_answers", ["incident", "question"])
