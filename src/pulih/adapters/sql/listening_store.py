"""Listening store, in SQL: how sources spoke, what they cost, and which texts are to be forgotten (ports.listening)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Engine, case, delete, insert, select, true, update
from sqlalchemy.dialects import postgresql, sqlite

from pulih.adapters.sql.engine import reading, writing
from pulih.adapters.sql.listening_tables import forgotten as forgotten_rows
from pulih.adapters.sql.listening_tables import pasts as past_rows
from pulih.adapters.sql.listening_tables import spent as spent_rows
from pulih.ports.listening import SourcePast


class SqlListeningStore:
    """Keeps what listening must know in the desk's database.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._past = msgspec.json.Decoder(SourcePast)
        self._put: Any = sqlite.insert if engine.dialect.name == "sqlite" else postgresql.insert

    def pasts(self) -> Mapping[str, SourcePast]:
        """Return how each source spoke, by name."""
        with reading(self._engine) as connection:
            bodies = connection.execute(select(past_rows.c.past)).scalars().all()
        return {past.source: past for past in map(self._past.decode, bodies)}

    def keep(self, pasts: Sequence[SourcePast]) -> None:
        """Keep how sources spoke, instead of what was kept of them before."""
        if not pasts:
            return
        rows = [{"source": past.source, "past": msgspec.json.encode(past)} for past in pasts]
        with writing(self._engine) as connection:
            connection.execute(delete(past_rows).where(past_rows.c.source.in_([past.source for past in pasts])))
            connection.execute(insert(past_rows), rows)

    def spent(self, source: str, month: str) -> int:
        """Return what a source cost in a month such as "2026-11", in millionths."""
        asked = select(spent_rows.c.micros).where(spent_rows.c.source == source, spent_rows.c.month == month)
        with reading(self._engine) as connection:
            return connection.scalar(asked) or 0

    def spend(self, source: str, month: str, micros: int, *, most: int) -> bool:
        """Add to what a source cost in a month, durably, if that then is no more than `most`; return whether it was.

        The database itself compares: `pulih listen` spends the same budget from a process of its own.
        """
        row = self._put(spent_rows).values(source=source, month=month, micros=0).on_conflict_do_nothing()
        summed = spent_rows.c.micros + micros
        fits = true() if micros <= 0 else summed <= most
        add = (
            update(spent_rows)
            .where(spent_rows.c.source == source, spent_rows.c.month == month, fits)
            .values(micros=case((summed < 0, 0), else_=summed))
        )
        with writing(self._engine) as connection:
            connection.execute(row)
            return connection.execute(add).rowcount > 0

    def forget(self, texts: Mapping[int, int], at_us: int) -> None:
        """Note for good that the texts of these keys are forgotten, with the digest of what was quoted of each."""
        rows = [{"key": key, "quote": quote, "at_us": at_us} for key, quote in texts.items()]
        if rows:
            with writing(self._engine) as connection:
                connection.execute(self._put(forgotten_rows).on_conflict_do_nothing(), rows)

    def forgotten(self) -> Mapping[int, int]:
        """Return the keys whose texts are forgotten, with the digest of what was quoted of each or 0."""
        with reading(self._engine) as connection:
            rows = connection.execute(select(forgotten_rows.c.key, forgotten_rows.c.quote)).all()
        return {row.key: row.quote for row in rows}
