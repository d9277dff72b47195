"""Expiring: what a desk lets go of when its time is over: texts, what quotes them, rows, and what became of frames.

What is deleted is gone for good, and a wrong clock is set right soon. So rows, and texts that later ones are compared
with, wait until the clock has gone as time passes for an hour; the keys of texts have a rule of their own
(`adapters/journal/keys`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from pulih.adapters.config.settings import StorageTable
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.ledger import SqlLedger
from pulih.model.clock import HOUR_S, MICROS
from pulih.ports.live import SignalStore
from pulih.serve.beating import days_ago
from pulih.serve.storage import Storage
from pulih.service.live.desk import LiveDesk

# How far a clock may be moved without being a jump; what keeps it right moves it by less.
_MOVED_S_MAX: Final = 60.0


class Expiry:
    """Lets go of what is over.

    Args:
        journal: its texts expire, and with them the ledger's notes of their frames, which nobody can count anew.
        ledger: of that journal.
        signals: rows.
        forget_quotes: forgets texts said before a moment that are quoted elsewhere; `forget_texts` those that later
            ones are compared with.
        storage: how long texts and rows are kept.
        monotonic_s: seconds that pass, whatever the clock is set to.
    """

    def __init__(
        self,
        journal: SegmentJournal,
        ledger: SqlLedger,
        signals: SignalStore,
        *,
        forget_quotes: Callable[[int], object],
        forget_texts: Callable[[int], object],
        storage: StorageTable,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._journal = journal
        self._ledger = ledger
        self._signals = signals
        self._forget_quotes = forget_quotes
        self._forget_texts = forget_texts
        self._storage = storage
        self._monotonic_s = monotonic_s
        # How far the clock is from the time that passes, and since when.
        self._apart_s = 0.0
        self._since_s: float | None = None
        self._forgotten = 0

    def expire(self, now_us: int) -> None:
        """Let go of what is over at `now_us`, microseconds since 1970 UTC. Raises OutsideFailed."""
        texts_us = days_ago(now_us, self._storage.text_days)
        self._journal.expire(texts_us)
        self._forget_quotes(texts_us)
        if (expired := self._journal.expired()) > self._forgotten:
            self._ledger.forget_frames(expired)
            self._forgotten = expired
        if self._goes_right(now_us):
            self._forget_texts(texts_us)
            self._signals.expire(days_ago(now_us, self._storage.signal_days))

    def _goes_right(self, now_us: int) -> bool:
        """Whether the clock has gone as time passes for an hour."""
        now_s = self._monotonic_s()
        apart_s = now_us / MICROS - now_s
        if self._since_s is None or abs(apart_s - self._apart_s) > _MOVED_S_MAX:
            self._apart_s, self._since_s = apart_s, now_s
        return now_s - self._since_s >= HOUR_S


def expiry_of(storage: Storage, signals: SignalStore, live: LiveDesk, kept: StorageTable) -> Expiry:
    """Return what lets go of what a desk keeps.

    Args:
        storage, signals, live: of the desk.
        kept: how long.
    """
    forget_quotes, forget_texts = live.forget_quotes, live.forget_texts
    return Expiry(
        storage.journal, storage.ledger, signals, forget_quotes=forget_quotes, forget_texts=forget_texts, storage=kept
    )
