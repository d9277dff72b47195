"""Tables of the live desk: a row for each counted report, and what was told of findings."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, LargeBinary, SmallInteger, String, Table, Text, text

from pulih.adapters.sql.schema import DESK, Micros

# The few rows that count for several operators.
_SHARED: Final = text("also_for <> ''")
# The rows of sources that may take something back.
_KEYED: Final = text("key IS NOT NULL")

signals: Final = Table(
    "live_signals",
    DESK,
    Column("frame", BigInteger, primary_key=True, autoincrement=False),
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("at_us", Micros, nullable=False),
    Column("window_us", Micros, nullable=False),
    Column("source", String(64), nullable=False),
    Column("author", String(32), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("role", String(16), nullable=False),
    Column("counts_for", String(200)),
    Column("also_for", String(400), nullable=False, server_default=""),
    Column("operator", String(200)),
    Column("service", String(32)),
    Column("symptom", String(32), nullable=False),
    Column("region", String(16)),
    Column("p_report", Float, nullable=False),
    Column("weight", Float, nullable=False),
    Column("evidence", Float, nullable=False),
    Column("reason", String(16), nullable=False),
    Column("wording", BigInteger, nullable=False),
    Column("talk", String(32), nullable=False),
    Column("acute", Boolean, nullable=False),
    Column("recovered", Boolean, nullable=False),
    Column("said", Text, nullable=False),
    Column("key", BigInteger),
    Index("live_signals_by_operator", "counts_for", "at_us"),
    Index("live_signals_by_time", "at_us"),
    Index("live_signals_by_window", "window_us"),
    Index("live_signals_shared", "at_us", sqlite_where=_SHARED, postgresql_where=_SHARED),
    Index("live_signals_by_author", "author", sqlite_where=_KEYED, postgresql_where=_KEYED),
    Index("live_signals_by_key", "key", sqlite_where=_KEYED, postgresql_where=_KEYED),
)

findings: Final = Table(
    "live_findings",
    DESK,
    Column("id", String(32), primary_key=True),
    Column("alarm_us", Micros, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

# What listeners were told of a finding: 1 that it was opened, 2 that it was cleared.
announced: Final = Table(
    "live_announced",
    DESK,
    Column("finding", String(32), primary_key=True),
    Column("what", SmallInteger, primary_key=True, autoincrement=False),
)

held: Final = Table(
    "live_held",
    DESK,
    Column("frame", BigInteger, primary_key=True, autoincrement=False),
    Column("received_us", Micros, nullable=False),
)
