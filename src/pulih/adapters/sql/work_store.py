"""Planned works in SQL: each change replaces the version that it was made of, or is refused."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, Engine, and_, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.work_tables import works
from pulih.confirm.works import is_closed
from pulih.model.errors import StaleVersion
from pulih.model.work import PlannedWork


class SqlWorkStore:
    """Keeps works in the desk's database; implements `pulih.ports.works.WorkStore`.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._bodies = msgspec.json.Decoder(PlannedWork)

    def put(self, work: PlannedWork) -> None:
        """Write a version; see `WorkStore.put`."""
        try:
            with writing(self._engine) as connection:
                written = _write(connection, work)
        except IntegrityError:
            written = False
        if not written:
            raise StaleVersion(f"Work {work.id} was changed by somebody else; look at it again.", key="work.stale")

    def get(self, work: str) -> PlannedWork | None:
        """Return one work, None when there is none of that id."""
        with reading(self._engine) as connection:
            body = connection.execute(select(works.c.body).where(works.c.id == work)).scalar_one_or_none()
        return None if body is None else self._bodies.decode(body)

    def between(self, start_us: int, end_us: int) -> list[PlannedWork]:
        """Return works that overlap [start_us, end_us), and all that are not over, by start."""
        overlap = and_(works.c.start_us < end_us, works.c.end_us > start_us)
        asked = select(works.c.body).where(or_(overlap, works.c.closed.is_(False)))
        with reading(self._engine) as connection:
            found = connection.execute(asked.order_by(works.c.start_us, works.c.id)).scalars()
            return [self._bodies.decode(body) for body in found]


def _write(connection: Connection, work: PlannedWork) -> bool:
    """Return whether the version before was there."""
    row = {
        "version": work.version,
        "start_us": work.start_us,
        "end_us": work.end_us,
        "closed": is_closed(work),
        "body": msgspec.json.encode(work),
    }
    if work.version == 1:
        connection.execute(insert(works).values(id=work.id, **row))
        return True
    before = and_(works.c.id == work.id, works.c.version == work.version - 1)
    return connection.execute(update(works).where(before).values(**row)).rowcount == 1
