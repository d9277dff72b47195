"""Tables of listening: how each source spoke, what it cost in each month, and which texts are to be forgotten."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# `past` is JSON in UTF-8; it holds names of filters and sentences, and nothing that anybody said.
pasts: Final = Table(
    "listening_sources",
    DESK,
    Column("source", String(64), primary_key=True),
    Column("past", LargeBinary, nullable=False),
)

spent: Final = Table(
    "listening_spent",
    DESK,
    Column("source", String(64), primary_key=True),
    Column("month", String(7), primary_key=True),
    Column("micros", BigInteger, nullable=False),
)

# Keyed digests of an item and of the text that was quoted of it, 0 where none was.
forgotten: Final = Table(
    "listening_forgotten",
    DESK,
    Column("key", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("quote", BigInteger, nullable=False),
    Column("at_us", Micros, nullable=False),
)
