"""When sources spoke, in SQL: hours are written once, together with how far was looked at (ports.SpokeStore)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.usefulness_tables import looked_at, spoken_hours
from pulih.learn.usefulness import Spoke


class SqlSpokeStore:
    """Keeps hours in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._put: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def learn(self, spoke: Sequence[Spoke], until_hour: int) -> None:
        """Keep what was said in the hours before `until_hour`, and that they were looked at; all of it or nothing."""
        rows = [{"source": one.source, "sort": one.sort, "network": one.network, "hour": one.hour} for one in spoke]
        with writing(self._engine) as connection:
            if rows:
                connection.execute(self._put(spoken_hours).on_conflict_do_nothing(), rows)
            connection.execute(delete(looked_at))
            connection.execute(insert(looked_at), {"id": 1, "hour": until_hour})

    def until_hour(self) -> int | None:
        """Return the first hour that was not looked at; None before any was."""
        with reading(self._engine) as connection:
            return connection.scalar(select(looked_at.c.hour))

    def spoke(self) -> list[Spoke]:
        """Return all that is kept."""
        columns = (spoken_hours.c.source, spoken_hours.c.sort, spoken_hours.c.network, spoken_hours.c.hour)
        with reading(self._engine) as connection:
            return [Spoke(*row) for row in connection.execute(select(*columns).order_by(*columns))]

    def forget(self, before_hour: int) -> None:
        """Forget what was said before an hour."""
        with writing(self._engine) as connection:
            connection.execute(delete(spoken_hours).where(spoken_hours.c.hour < before_hour))
