"""Tables of incidents: the entries, what can be looked up without adding them up, and planned changes."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from pulih.adapters.sql.schema import DESK, Micros

# One row for each incident, written in the same transaction as its newest entry.
incidents: Final = Table(
    "incidents",
    DESK,
    Column("id", String(32), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("opened_us", Micros, nullable=False),
    Column("onset_us", Micros, nullable=False),
    Column("merged_into", String(32), nullable=False),
    Index("incidents_by_state", "state", "opened_us"),
    Index("incidents_by_onset", "onset_us"),
)

# `fact` is JSON in UTF-8. Rows are added and never changed or deleted.
entries: Final = Table(
    "incident_entries",
    DESK,
    Column("incident", String(32), ForeignKey("incidents.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at_us", Micros, nullable=False),
    Column("actor", String(128), nullable=False),
    Column("reason", String, nullable=False),
    Column("fact", LargeBinary, nullable=False),
)

# Which incident a finding belongs to; one at a time.
findings: Final = Table(
    "incident_findings",
    DESK,
    Column("finding", String(64), primary_key=True),
    Column("incident", String(32), ForeignKey("incidents.id"), nullable=False),
)

# `body` is the planned change as JSON in UTF-8.
maintenance: Final = Table(
    "maintenance_windows",
    DESK,
    Column("id", String(128), primary_key=True),
    Column("start_us", Micros, nullable=False),
    Column("end_us", Micros, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Index("maintenance_by_end", "end_us"),
)
