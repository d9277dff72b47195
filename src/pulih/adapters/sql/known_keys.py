"""Known keys: which of many keys the ledger's database has, asked for at once, as every commit of the intake does."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import ARRAY, BigInteger, Connection, Engine, FromClause, bindparam, cast, func, select
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine.interfaces import DBAPICursor
from sqlalchemy.exc import SQLAlchemyError

from pulih.adapters.sql.engine import reading
from pulih.adapters.sql.ledger_tables import keys

# A cross join goes from the list to the keys, whatever SQLite thinks of their number, and sorts neither.
_ON_SQLITE: Final = (
    f"SELECT known.key FROM json_each(?) AS given CROSS JOIN {keys.name} AS known ON known.key = given.value"
)


class KnownKeys:
    """Looks keys up; for one thread at a time."""

    def __init__(self, engine: Engine) -> None:
        """Look into the database of `engine`."""
        self._engine = engine
        self._on_sqlite = engine.dialect.name == sqlite.dialect.name
        self._known = select(keys.c.key).where(keys.c.key.in_(select(listed(engine).c.value)))
        self._looking: Connection | None = None
        self._cursor: DBAPICursor | None = None

    def among(self, asked: Collection[int]) -> Sequence[int]:
        """Return those of `asked` that are there. Raises OutsideFailed."""
        given = passed(asked, self._engine)
        if self._on_sqlite:
            try:
                looking = self._look()
                looking.execute(_ON_SQLITE, (given,))
                return [key for (key,) in looking.fetchall()]
            except (SQLAlchemyError, sqlite3.Error):
                # Whatever that was, asking as others do tells it in a sentence.
                self.stop()
        with reading(self._engine) as connection:
            return connection.scalars(self._known, {"given": given}).all()

    def stop(self) -> None:
        """Let go of what was there when looking began; to be called before the database changes."""
        self._cursor = None
        if self._looking is not None:
            self._looking.close()
            self._looking = None

    def _look(self) -> DBAPICursor:
        """Return a cursor of SQLite's own: the way through SQLAlchemy costs as much as looking up some forty keys.

        Nobody else writes here, so what is read stays true until the next write, and is not opened every time.
        """
        if self._cursor is None:
            self._looking = self._engine.connect()
            self._looking.begin()
            self._cursor = self._looking.connection.cursor()
        return self._cursor


def listed(engine: Engine) -> FromClause:
    """Return a list that is handed in whole as `given`, as rows with one column `value`."""
    given: Any = bindparam("given")
    if engine.dialect.name == sqlite.dialect.name:
        return func.json_each(given).table_valued("value")
    return func.unnest(cast(given, ARRAY(BigInteger))).table_valued("value").render_derived()


def passed(numbers: Collection[int], engine: Engine) -> str | list[int]:
    """Return a list as it is handed in."""
    if engine.dialect.name == sqlite.dialect.name:
        return msgspec.json.encode(numbers).decode()
    return list(numbers)
