"""Early deletions: items that their peer took back before it said them, remembered for a while and up to a number.

Peers tell of everything that anybody takes back, and next to nothing of that is ever said here; so what is remembered
is bounded by both, the oldest forgotten first. All of it stands in memory, to be asked without the database.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.ledger_tables import early
from pulih.model.clock import HOUR_S, MICROS

# Messages overtake each other by seconds, and a connection that is made anew by minutes.
KEPT_US: Final = HOUR_S * MICROS
KEPT_MAX: Final = 50_000


class EarlyDeletions:
    """Keys of items that were taken back and never heard.

    Args:
        connection: to the database of the ledger.
    """

    def __init__(self, connection: Connection) -> None:
        rows = connection.execute(select(early.c.key, early.c.at_us).order_by(early.c.at_us))
        # In the order in which they came.
        self._at_us: dict[int, int] = {row.key: row.at_us for row in rows}
        self._unwritten: dict[int, int] = {}
        self._put: Any = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert

    def __bool__(self) -> bool:
        """Whether something is to be written."""
        return bool(self._unwritten)

    def add(self, keys: Collection[int], at_us: int) -> None:
        """Remember keys, and forget those that are too old or too many."""
        fresh = dict.fromkeys([key for key in keys if key not in self._at_us], at_us)
        self._at_us |= fresh
        self._unwritten |= fresh
        while self._at_us:
            oldest = next(iter(self._at_us))
            if len(self._at_us) <= KEPT_MAX and at_us - self._at_us[oldest] <= KEPT_US:
                return
            del self._at_us[oldest]
            self._unwritten.pop(oldest, None)

    def among(self, asked: Collection[int]) -> set[int]:
        """Return which of these are remembered."""
        return {key for key in asked if key in self._at_us}

    def write(self, connection: Connection) -> None:
        """Write what is not written yet, which may be done twice, and forget what is forgotten here."""
        rows = [{"key": key, "at_us": at_us} for key, at_us in self._unwritten.items()]
        if rows:
            oldest_us = self._at_us[next(iter(self._at_us))]
            connection.execute(delete(early).where(early.c.at_us < oldest_us))
            connection.execute(self._put(early).on_conflict_do_nothing(), rows)

    def written(self) -> None:
        """Know that what was to be written is in the database."""
        self._unwritten = {}
