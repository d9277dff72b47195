"""Documents of partners, listeners, and what they are told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "interchange_0001"
down_revision = None
branch_labels = ("interchange",)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "tmf_documents",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=True),
        sa.Column("created_us", sa.BigInteger, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("shown", sa.LargeBinary, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("tmf_documents_by_kind", "tmf_documents", ["kind", "gone", "number"])
    op.create_index("tmf_documents_by_key", "tmf_documents", ["kind", "key"], unique=True)
    op.create_index("tmf_documents_by_name", "tmf_documents", ["kind", "name"])
    op.create_table(
        "tmf_listeners",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("callback", sa.String(2000), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("gone", sa.Boolean, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("failed", sa.Integer, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(500), nullable=False),
    )
    op.create_table(
        "tmf_events",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("root", sa.String(64), nullable=False),
        sa.Column("at_us", sa.BigInteger, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_index("tmf_events_by_root", "tmf_events", ["root", "number"])
    op.create_index("tmf_events_by_time", "tmf_events", ["at_us"])
    op.create_table(
        "tmf_seen",
        sa.Column("incident", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
