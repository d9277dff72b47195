"""Tables of people: accounts, sessions, tokens and links by digest, and the audit log, which only grows."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table

from pulih.adapters.sql.schema import DESK, Micros

accounts: Final = Table(
    "accounts",
    DESK,
    Column("name", String(32), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("password", String(256), nullable=False),
    # None without a single sign-on, so that many may have none and no two the same.
    Column("subject", String(512), unique=True),
    Column("active", Boolean, nullable=False),
    Column("created_us", Micros, nullable=False),
    Column("last_seen_us", Micros),
)

sessions: Final = Table(
    "sessions",
    DESK,
    Column("digest", String(64), primary_key=True),
    Column("name", String(32), ForeignKey("accounts.name"), nullable=False),
    Column("began_us", Micros, nullable=False),
    Column("used_us", Micros, nullable=False),
    Column("ends_us", Micros, nullable=False),
    Index("sessions_by_name", "name"),
)

tokens: Final = Table(
    "tokens",
    DESK,
    Column("digest", String(64), primary_key=True),
    Column("id", String(16), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("role", String(16), nullable=False),
    Column("source", String(128), nullable=False),
    Column("made_by", String(32), nullable=False),
    Column("made_us", Micros, nullable=False),
    Column("ends_us", Micros, nullable=False),
    Column("revoked_us", Micros),
)

links: Final = Table(
    "links",
    DESK,
    Column("kind", String(16), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("made_us", Micros, nullable=False),
    Column("ends_us", Micros, nullable=False),
)

deeds: Final = Table(
    "deeds",
    DESK,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("at_us", Micros, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("action", String(64), nullable=False),
    Column("subject", String(256), nullable=False),
    Column("detail", String, nullable=False),
    Column("address", String(64), nullable=False),
)
