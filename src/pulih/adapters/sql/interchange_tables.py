"""Tables of documents that partners sent over TM Forum interfaces, of listeners, and of what they are told."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# Rows of what was removed stay without their documents, so that no number ever means another one.
documents: Final = Table(
    "tmf_documents",
    DESK,
    Column("number", Integer, primary_key=True),
    Column("kind", String(64), nullable=False),
    Column("name", String(64), nullable=False),
    Column("source", String(64), nullable=False),
    Column("key", String(64), nullable=True),
    Column("created_us", Micros, nullable=False),
    Column("changed_us", Micros, nullable=False),
    Column("version", Integer, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("shown", LargeBinary, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("tmf_documents_by_kind", "kind", "gone", "number"),
    Index("tmf_documents_by_key", "kind", "key", unique=True),
    Index("tmf_documents_by_name", "kind", "name"),
)

listeners: Final = Table(
    "tmf_listeners",
    DESK,
    Column("number", Integer, primary_key=True),
    Column("root", String(64), nullable=False),
    Column("callback", String(2000), nullable=False),
    Column("query", String(2000), nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_us", Micros, nullable=False),
    Column("gone", Boolean, nullable=False),
    Column("told", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("due_us", Micros, nullable=False),
    Column("why", String(500), nullable=False),
)

# `sealed` is the event as JSON, sealed by day as texts are.
events: Final = Table(
    "tmf_events",
    DESK,
    Column("number", Integer, primary_key=True),
    Column("root", String(64), nullable=False),
    Column("at_us", Micros, nullable=False),
    Column("key", String(64), nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Index("tmf_events_by_root", "root", "number"),
    Index("tmf_events_by_time", "at_us"),
)

# Which version of an incident listeners were told of last.
seen: Final = Table(
    "tmf_seen",
    DESK,
    Column("incident", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
)
