"""Who complained in a chat, and what each was asked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "chats_0001"
down_revision = None
branch_labels = ("chats",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "chats",
        sa.Column("source", sa.String(64), primary_key=True),
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("author", sa.String(16), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("stopped", sa.Boolean, nullable=False),
    )
    op.create_index("chats_by_author", "chats", ["source", "author"])
    op.create_table(
        "chat_questions",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("claim", sa.String(64), nullable=False),
        sa.Column("operator", sa.String(64), nullable=False),
        sa.Column("service", sa.String(32)),
        sa.Column("symptom", sa.String(32), nullable=False),
        sa.Column("region", sa.String(16), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.UniqueConstraint("source", "claim", "key", name="chat_questions_once"),
    )
