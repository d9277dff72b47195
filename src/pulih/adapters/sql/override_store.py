"""Exceptions from the rota in SQL."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import asdict
from sqlalchemy import Engine, delete, insert, select

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.on_call_tables import overrides
from pulih.model.on_call import Override


class SqlOverrideStore:
    """Keeps exceptions in the desk's database; implements `pulih.ports.on_call.OverrideStore`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def add(self, override: Override) -> None:
        """Keep an exception. Raises OutsideFailed."""
        with writing(self._engine) as connection:
            connection.execute(insert(overrides).values(**asdict(override)))

    def remove(self, override_id: str) -> bool:
        """Take one back; False when there is none of that id."""
        with writing(self._engine) as connection:
            return connection.execute(delete(overrides).where(overrides.c.id == override_id)).rowcount == 1

    def after(self, at_us: int) -> Sequence[Override]:
        """Return those that end after a moment, by start."""
        asked = select(overrides).where(overrides.c.end_us > at_us).order_by(overrides.c.start_us, overrides.c.id)
        with reading(self._engine) as connection:
            rows = connection.execute(asked).mappings().all()
        return [Override(**row) for row in rows]
