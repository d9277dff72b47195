"""Subscriptions with their topics, published words, and their deliveries."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "subscriptions_0001"
down_revision = None
branch_labels = ("subscriptions",)


def upgrade() -> None:
    """Make the tables."""
    _subscriptions()
    _outbox()


def _subscriptions() -> None:
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("address_key", sa.String(64), nullable=False),
        sa.Column("language", sa.String(2), nullable=False),
        sa.Column("pace", sa.String(8), nullable=False),
        sa.Column("quiet", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("made_us", sa.BigInteger, nullable=False),
        sa.Column("confirmed_us", sa.BigInteger),
        sa.Column("ended_us", sa.BigInteger),
    )
    op.create_index("subscriptions_by_address", "subscriptions", ["channel", "address_key"], unique=True)
    op.create_index("subscriptions_by_state", "subscriptions", ["state", "made_us"])
    op.create_table(
        "subscription_topics",
        sa.Column(
            "subscription", sa.String(16), sa.ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("value", sa.String(64), primary_key=True),
    )


def _outbox() -> None:
    op.create_table(
        "outbox_words",
        sa.Column("word", sa.String(96), primary_key=True),
        sa.Column("incident", sa.String(32), nullable=False),
        sa.Column("published_us", sa.BigInteger, nullable=False),
        sa.Column("queued_us", sa.BigInteger, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
    )
    op.create_index("outbox_words_by_incident", "outbox_words", ["incident"])
    op.create_index("outbox_words_by_time", "outbox_words", ["queued_us"])
    op.create_table(
        "outbox_deliveries",
        sa.Column("word", sa.String(96), primary_key=True),
        sa.Column(
            "subscription", sa.String(16), sa.ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True
        ),
        sa.Column("channel", sa.String(16), nullable=False),
        sa.Column("letter", sa.String(8), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("place", sa.SmallInteger, nullable=False),
        sa.Column("due_us", sa.BigInteger, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("changed_us", sa.BigInteger, nullable=False),
        sa.Column("why", sa.String(300), nullable=False),
    )
    op.create_index("outbox_deliveries_in_turn", "outbox_deliveries", ["channel", "state", "place", "due_us"])
    op.create_index("outbox_deliveries_by_subscription", "outbox_deliveries", ["subscription", "state"])
