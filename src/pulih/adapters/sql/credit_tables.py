"""The table of the books of credits."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, Integer, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# Rows are added and never changed or deleted. Amounts are written in decimal digits, since sums have no bound.
journal: Final = Table(
    "credit_journal",
    DESK,
    Column("id", String(160), primary_key=True),
    Column("entry", String(80), nullable=False),
    Column("incident", String(32), nullable=False),
    Column("batch", String(64), nullable=False),
    Column("at_us", Micros, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("account", String(32), nullable=False),
    Column("amount_minor", String(60), nullable=False),
    Column("currency", String(8), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Index("credit_journal_by_incident", "incident", "at_us"),
)
