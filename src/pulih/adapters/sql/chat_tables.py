"""Tables of asking in chats: who complained where, sealed, and what each was asked."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, LargeBinary, String, Table, UniqueConstraint

from pulih.adapters.sql.schema import DESK, Micros

# `key` is a keyed digest of the chat's address; `sealed` holds it under the key of a day.
chats: Final = Table(
    "chats",
    DESK,
    Column("source", String(64), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("author", String(16), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("at_us", Micros, nullable=False),
    Column("stopped", Boolean, nullable=False),
    Index("chats_by_author", "source", "author"),
)

questions: Final = Table(
    "chat_questions",
    DESK,
    Column("id", String(16), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("key", String(64), nullable=False),
    Column("claim", String(64), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("service", String(32)),
    Column("symptom", String(32), nullable=False),
    Column("region", String(16), nullable=False),
    Column("at_us", Micros, nullable=False),
    UniqueConstraint("source", "claim", "key", name="chat_questions_once"),
)
