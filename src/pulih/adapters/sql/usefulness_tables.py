"""The tables of when sources spoke of trouble, and of how far that was looked at."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Integer, SmallInteger, String, Table

from pulih.adapters.sql.schema import DESK

# `network` is "" where a source spoke of all; `hour` counts since 1970 UTC.
spoken_hours: Final = Table(
    "source_spoke",
    DESK,
    Column("source", String(64), primary_key=True),
    Column("sort", String(16), primary_key=True),
    Column("network", String(200), primary_key=True),
    Column("hour", Integer, primary_key=True, autoincrement=False),
)

# One row: the first hour that was not looked at.
looked_at: Final = Table(
    "source_looked_at",
    DESK,
    Column("id", SmallInteger, primary_key=True, autoincrement=False),
    Column("hour", BigInteger, nullable=False),
)
