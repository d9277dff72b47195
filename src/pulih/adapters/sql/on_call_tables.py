"""The table of exceptions from the rota."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, Index, String, Table

from pulih.adapters.sql.schema import DESK, Micros

overrides: Final = Table(
    "on_call_overrides",
    DESK,
    Column("id", String(32), primary_key=True),
    Column("who", String(120), nullable=False),
    Column("start_us", Micros, nullable=False),
    Column("end_us", Micros, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_us", Micros, nullable=False),
    Index("on_call_overrides_by_end", "end_us"),
)
