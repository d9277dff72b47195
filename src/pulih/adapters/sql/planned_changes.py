"""Planned changes in SQL: what a calendar or a webhook announced, found by when it is."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Engine, delete, insert, select

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.incident_tables import maintenance
from pulih.ports.live import PlannedChange


class SqlPlannedChanges:
    """Keeps planned changes in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bodies = msgspec.json.Decoder(PlannedChange)

    def put(self, changes: Sequence[PlannedChange]) -> None:
        """Keep changes; one of an id that is there already is replaced, the last of an id counts."""
        newest = {change.id: change for change in changes}
        if not newest:
            return
        rows = [
            {
                "id": change.id,
                "start_us": change.start_us,
                "end_us": change.end_us,
                "body": msgspec.json.encode(change),
            }
            for change in newest.values()
        ]
        with writing(self._engine) as connection:
            connection.execute(delete(maintenance).where(maintenance.c.id.in_(newest)))
            connection.execute(insert(maintenance), rows)

    def drop(self, ids: Collection[str]) -> None:
        """Forget changes that were called off."""
        with writing(self._engine) as connection:
            connection.execute(delete(maintenance).where(maintenance.c.id.in_(sorted(ids))))

    def get(self, change: str) -> PlannedChange | None:
        """Return one change, None when there is none of that id."""
        with reading(self._engine) as connection:
            body = connection.execute(select(maintenance.c.body).where(maintenance.c.id == change)).scalar_one_or_none()
        return None if body is None else self._bodies.decode(body)

    def between(self, start_us: int, end_us: int) -> list[PlannedChange]:
        """Return the changes that overlap [start_us, end_us), by start."""
        asked = (
            select(maintenance.c.body)
            .where(maintenance.c.start_us < end_us, maintenance.c.end_us > start_us)
            .order_by(maintenance.c.start_us, maintenance.c.id)
        )
        with reading(self._engine) as connection:
            return [self._bodies.decode(body) for body in connection.execute(asked).scalars()]
