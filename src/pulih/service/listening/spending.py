"""Spending: what a paid source may cost in a month, and that no request is made beyond it.

What a request costs is on the disk before it is made: a desk that is killed in between has counted one too many, and
never one too few.
"""

from __future__ import annotations

import asyncio
from typing import Final

import msgspec

from pulih.model.clock import MICROS, from_micros, to_micros
from pulih.ports.clock import Clock
from pulih.ports.listening import ListeningStore
from pulih.ports.sources import SpendReached

# Budgets are numbers of a currency's unit; inside, they are millionths of it.
MICROS_A_UNIT: Final = 1_000_000


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What a source cost this month, and what it may, in millionths of the unit of its budget; 0 = it costs nothing."""

    micros: int = 0
    budget_micros: int = 0


class Governor:
    """Watches over what one source costs.

    Args:
        source: its name.
        budget_micros: what it may cost in a month of UTC, in millionths.
        store: knows what was spent.
        clock: the desk's.
    """

    def __init__(self, source: str, budget_micros: int, store: ListeningStore, clock: Clock) -> None:
        self._source, self._budget, self._store, self._clock = source, budget_micros, store, clock
        self._turn: asyncio.Lock | None = None
        # The month that was spent in last, and what was paid in it through this governor.
        self._month, self._paid = "", 0

    async def spend(self, micros: int) -> None:
        """Note what a request costs before it is made; what is below zero was paid for a request that was refused.

        Raises: SpendReached, and then nothing was noted; OutsideFailed when it cannot be.
        """
        # One is made for the loop that uses it; two requests at once must not both fit into what is left.
        self._turn = self._turn or asyncio.Lock()
        async with self._turn:
            await asyncio.to_thread(self._note, micros)

    def now(self) -> Spent:
        """Return what was spent this month. Raises OutsideFailed."""
        month = month_of(self._clock.now_us())
        return Spent(micros=self._store.spent(self._source, month), budget_micros=self._budget)

    def _note(self, micros: int) -> None:
        month = month_of(self._clock.now_us())
        if month != self._month:
            self._month, self._paid = month, 0
        # What was paid in the month before and is given back in this one is lost.
        micros = max(micros, -self._paid)
        if not self._store.spend(self._source, month, micros, most=self._budget):
            raise SpendReached(
                f"{self._source}: the budget of {month} ({self._budget / MICROS_A_UNIT:g}) is used up; it listens "
                "again in the next month, or with a greater budget after a restart.",
                key="source.spent",
                name=self._source,
                month=month,
                budget=self._budget / MICROS_A_UNIT,
            )
        self._paid += micros


def month_of(now_us: int) -> str:
    """Return the month of UTC that a moment lies in.

    >>> month_of(0)
    '1970-01'
    """
    return from_micros(now_us).strftime("%Y-%m")


def left_of_month_s(now_us: int) -> float:
    """Return the seconds until the next month of UTC begins.

    >>> left_of_month_s(0) == 31 * 86_400
    True
    """
    now = from_micros(now_us)
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = first.replace(year=now.year + now.month // 12, month=now.month % 12 + 1)
    return (to_micros(following) - now_us) / MICROS
