"""The table of planned works that the desk announced."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# `body` is the work as JSON in UTF-8; `closed` once it is complete or was called off.
works: Final = Table(
    "planned_works",
    DESK,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("start_us", Micros, nullable=False),
    Column("end_us", Micros, nullable=False),
    Column("closed", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("planned_works_by_end", "end_us"),
)
