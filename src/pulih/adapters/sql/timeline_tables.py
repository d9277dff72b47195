"""Tables of the tamper-evident timeline: leaves, and what was signed over them."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# Rows are added and never changed or deleted; `body` is canonical JSON in UTF-8.
leaves: Final = Table(
    "timeline_leaves",
    DESK,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("incident", String(32), nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("timeline_leaves_by_incident", "incident", "number"),
)

# One row for each head that was signed; `cosignatures` are lines of witnesses, one after the other.
heads: Final = Table(
    "timeline_heads",
    DESK,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("root", LargeBinary, nullable=False),
    Column("signed_us", Micros, nullable=False),
    Column("cosignatures", String, nullable=False),
)
