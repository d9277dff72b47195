"""Paces: how often each source spoke, hour by hour, so that no page reads a week of rows to say who is silent.

The rows of the hours are counted in the database once, and added to as rows are kept; a desk has one writer. Whatever
takes rows away has them counted anew at the next question.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Final

import msgspec
from sqlalchemy import Engine, func, literal_column, select

from pulih.adapters.sql.engine import reading
from pulih.adapters.sql.live_tables import signals
from pulih.model.clock import HOUR_S, MICROS
from pulih.ports.live import Pace, Row

_HOUR_US: Final = HOUR_S * MICROS


class _Spoke(msgspec.Struct):
    """How often one source spoke within some time, when first and last, and whether it only probed."""

    count: int
    first_us: int
    last_us: int
    probes: bool

    def add(self, other: _Spoke) -> None:
        self.count += other.count
        self.first_us, self.last_us = min(self.first_us, other.first_us), max(self.last_us, other.last_us)
        self.probes = self.probes and other.probes


class Paces:
    """Knows the paces of sources; every method may be called from any thread.

    Args:
        engine: an upgraded database of the role "desk".
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        # By hour since 1970 and source; None before anybody asked, or when rows went away.
        self._hours: dict[int, dict[str, _Spoke]] | None = None
        self._first = 0

    @contextmanager
    def keeping(self, rows: Iterable[Row]) -> Iterator[None]:
        """Add rows that are written within, unless they can not be; nobody counts them meanwhile."""
        with self._lock:
            try:
                yield
            except BaseException:
                # Whether they are there is not known: the answer to a commit may be lost.
                self._hours = None
                raise
            if self._hours is not None:
                for row in rows:
                    self._add(self._hours, row.source, _Spoke(1, row.at_us, row.at_us, row.kind == "probe"))

    def forget(self, before_us: int | None = None) -> None:
        """Count anew at the next question, since rows went away: those said before a moment, or any."""
        with self._lock:
            if before_us is None or before_us > self._first * _HOUR_US:
                self._hours = None

    def since(self, since_us: int) -> Mapping[str, Pace]:
        """Return how often each source spoke since the hour of a moment; of those that spoke twice."""
        first = since_us // _HOUR_US
        spoke: dict[str, _Spoke] = {}
        with self._lock:
            known = self._known(first)
            self._hours = {hour: kept for hour, kept in known.items() if hour >= first}
            self._first = first
            for sources in self._hours.values():
                for source, one in sources.items():
                    spoke.setdefault(source, _Spoke(0, one.first_us, one.last_us, one.probes)).add(one)
        return {
            source: Pace((one.last_us - one.first_us) / MICROS / (one.count - 1), one.count, one.probes)
            for source, one in spoke.items()
            if one.count > 1
        }

    def hours(self, source: str, since_us: int) -> Mapping[int, int]:
        """Return how often a source spoke in each hour since that of a moment, by when the hour begins."""
        first = since_us // _HOUR_US
        with self._lock:
            known = self._known(first)
            return {
                hour * _HOUR_US: spoke[source].count
                for hour, spoke in sorted(known.items())
                if hour >= first and source in spoke
            }

    def _known(self, first: int) -> dict[int, dict[str, _Spoke]]:
        """Return what is known of the hours from `first` on, counted where it is not."""
        if self._hours is None or first < self._first:
            self._hours, self._first = self._counted(first), first
        return self._hours

    def _counted(self, first: int) -> dict[int, dict[str, _Spoke]]:
        at, kind = signals.c.at_us, signals.c.kind
        hour = (at // literal_column(str(_HOUR_US))).label("hour")
        columns = (signals.c.source, hour, func.count(), func.min(at), func.max(at), func.min(kind), func.max(kind))
        asked = select(*columns).where(at >= first * _HOUR_US).group_by(signals.c.source, hour)
        hours: dict[int, dict[str, _Spoke]] = {}
        with reading(self._engine) as connection:
            for source, _, count, first_us, last_us, one, other in connection.execute(asked):
                self._add(hours, source, _Spoke(count, first_us, last_us, one == other == "probe"))
        return hours

    def _add(self, hours: dict[int, dict[str, _Spoke]], source: str, new: _Spoke) -> None:
        sources = hours.setdefault(new.first_us // _HOUR_US, {})
        if source in sources:
            sources[source].add(new)
        else:
            sources[source] = new
