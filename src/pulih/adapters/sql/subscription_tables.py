"""Tables of subscriptions and the outbox: who is told of what, each published word, and each delivery of it."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from pulih.adapters.sql.schema import DESK, Micros

# `address_key` is that of the address while it may be used, else the id: an address has one subscription.
subscriptions: Final = Table(
    "subscriptions",
    DESK,
    Column("id", String(16), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("address", Text, nullable=False),
    Column("address_key", String(64), nullable=False),
    Column("language", String(2), nullable=False),
    Column("pace", String(8), nullable=False),
    Column("quiet", Boolean, nullable=False),
    Column("state", String(8), nullable=False),
    Column("made_us", Micros, nullable=False),
    Column("confirmed_us", Micros),
    Column("ended_us", Micros),
    Index("subscriptions_by_address", "channel", "address_key", unique=True),
    Index("subscriptions_by_state", "state", "made_us"),
)

# `kind` is operator, service or region.
topics: Final = Table(
    "subscription_topics",
    DESK,
    Column("subscription", String(16), ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("value", String(64), primary_key=True),
)

# `body` is the word with its incident, as JSON.
words: Final = Table(
    "outbox_words",
    DESK,
    Column("word", String(96), primary_key=True),
    Column("incident", String(32), nullable=False),
    Column("published_us", Micros, nullable=False),
    Column("queued_us", Micros, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("outbox_words_by_incident", "incident"),
    Index("outbox_words_by_time", "queued_us"),
)

# `word` is a key of outbox_words, or the kind of a letter and when it was asked for.
deliveries: Final = Table(
    "outbox_deliveries",
    DESK,
    Column("word", String(96), primary_key=True),
    Column("subscription", String(16), ForeignKey("subscriptions.id", ondelete="CASCADE"), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("letter", String(8), nullable=False),
    Column("state", String(10), nullable=False),
    Column("place", SmallInteger, nullable=False),
    Column("due_us", Micros, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("changed_us", Micros, nullable=False),
    Column("why", String(300), nullable=False),
    Index("outbox_deliveries_in_turn", "channel", "state", "place", "due_us"),
    Index("outbox_deliveries_by_subscription", "subscription", "state"),
)
