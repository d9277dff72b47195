"""The tamper-evident timeline of a desk, joined: its key from the data folder, its leaves in the desk's database."""

from __future__ import annotations

from sqlalchemy import Engine

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import Layout
from pulih.adapters.sql.timeline_store import SqlTimelineStore
from pulih.adapters.timeline_key import timeline_key
from pulih.ports.clock import Clock
from pulih.service.proving import Proving


def timeline_of(layout: Layout, database: Engine, settings: DeskSettings, clock: Clock) -> Proving:
    """Return the timeline of a desk.

    Args:
        layout: of its data folder, where the key is made when there is none.
        database: the desk's, upgraded.
        settings: its settings.
        clock: its clock.

    Raises: OutsideFailed when disk or database cannot be used; RefusedInput when the key is damaged.
    """
    key = timeline_key(layout.timeline_key, address=settings.server.address)
    return Proving(SqlTimelineStore(database), key, clock)
