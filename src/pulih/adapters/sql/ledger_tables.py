"""Tables of the ledger: each key once, frames, counters of sources, where they go on, and what they took back early."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, String, Table, Text

from pulih.adapters.sql.schema import INTAKE, Micros

# On SQLite a table lies in the order of such a key only when its type is called so; its integers have 64 bits anyhow.
_Key: Final = BigInteger().with_variant(Integer, "sqlite")

# 64 bits of a keyed digest: among 100 million reports, two share one with a chance of 3 in 10,000.
keys: Final = Table(
    "ledger_keys",
    INTAKE,
    Column("key", _Key, primary_key=True, autoincrement=False),
)

# `counted` has one bit for each report of the frame, the first the lowest of the first byte; NULL when all count.
frames: Final = Table(
    "ledger_frames",
    INTAKE,
    Column("frame", _Key, primary_key=True, autoincrement=False),
    Column("reports", BigInteger, nullable=False),
    Column("counted", LargeBinary),
)

# heard = counted + refused + repeated + late, each added up by itself.
sources: Final = Table(
    "ledger_sources",
    INTAKE,
    Column("source", String(64), primary_key=True),
    Column("heard", BigInteger, nullable=False),
    Column("counted", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("repeated", BigInteger, nullable=False),
    Column("late", BigInteger, nullable=False),
    Column("last_heard_us", Micros, nullable=False),
)

# Written with the keys of what was heard before it, so that nothing is passed over.
cursors: Final = Table(
    "ledger_cursors",
    INTAKE,
    Column("source", String(64), primary_key=True),
    Column("value", Text, nullable=False),
)

# Keys of items that their peer took back before it said them.
early: Final = Table(
    "ledger_early_deletions",
    INTAKE,
    Column("key", _Key, primary_key=True, autoincrement=False),
    Column("at_us", Micros, nullable=False),
)
