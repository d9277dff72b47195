"""Polled: a source whose peer has to be asked, again and again, for what was said since.

The cursor is a moment. Each time a little more than what is new is asked for, since peers show some things later than
they date them; what was told before is left out by its id, and what a restart tells again the desk drops by its key.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final

import msgspec

from pulih.adapters.sources import troubles
from pulih.model.clock import MICROS, iso
from pulih.ports.sources import Batch, Item, Means

# Pages that are read at one time; more is left to the next.
PAGES_MAX: Final = 100


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a peer told at once.

    Attributes:
        items: of it.
        refused: what could not be read, a sentence each.
        latest_us: up to when it is told, microseconds since 1970 UTC; 0 when it does not say.
        gap: why something may be missing.
    """

    items: tuple[Item, ...] = ()
    refused: tuple[str, ...] = ()
    latest_us: int = 0
    gap: str = ""


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How a peer is asked.

    Attributes:
        every_s: seconds between two times.
        overlap_s: how much later than it is dated something may be shown.
        keeps_s: for how long the peer tells what was said; None = for ever.
    """

    every_s: float
    overlap_s: float
    keeps_s: float | None = None


class Polled:
    """Asks a peer.

    Args:
        means: of the source.
        pages: yields what was said, or changed, since a moment, and ends.
        rhythm: how often, and how far back.
        close: gives connections back.
    """

    def __init__(
        self,
        means: Means,
        pages: Callable[[int], AsyncIterator[Page]],
        rhythm: Rhythm,
        *,
        close: Callable[[], Awaitable[None]],
    ) -> None:
        self._means, self._pages, self._rhythm, self._close = means, pages, rhythm, close
        # Where a source without a cursor began, so that a peer which fails the first time loses nothing.
        self._began_us: int | None = None

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield what is new, each time the peer was asked. Raises: as the pages do; RefusedInput."""
        since_us = self._since(cursor)
        floor_us = 0 if cursor else since_us
        known: frozenset[str] = frozenset()
        gap = self._lost(since_us)
        # Kept with the first answer, so that a desk that ends before all is read goes on from where it began.
        begun = "" if cursor else str(since_us)
        while True:
            latest_us, told = since_us, set[str]()
            async for page in self._pages(max(floor_us, since_us - round(self._rhythm.overlap_s * MICROS))):
                fresh = tuple(one for one in page.items if one.id not in known and one.id not in told)
                told.update(one.id for one in page.items)
                latest_us = max(latest_us, page.latest_us)
                yield Batch(cursor=begun, items=fresh, refused=page.refused, gap=page.gap or gap)
                gap = begun = ""
            # A peer whose clock is ahead of ours would have us pass over what it shows later.
            since_us = max(since_us, min(latest_us, self._means.clock.now_us()))
            yield Batch(cursor=str(since_us), gap=gap)
            gap, known = "", frozenset(told)
            await asyncio.sleep(self._rhythm.every_s)

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        """Yield what was said in [since_us, until_us), as far as the peer still tells it."""
        gap = self._lost(since_us)
        async for page in self._pages(since_us):
            meant = tuple(one for one in page.items if one.at_us is not None and since_us <= one.at_us < until_us)
            yield Batch(items=meant, refused=page.refused, gap=page.gap or gap)
            gap = ""

    async def close(self) -> None:
        """Give connections back."""
        await self._close()

    def _since(self, cursor: str) -> int:
        if cursor:
            if cursor.isascii() and cursor.isdecimal() and len(cursor) < 18:
                return int(cursor)
            raise troubles.stranger_s_cursor(self._means.name)
        if self._began_us is None:
            self._began_us = self._means.clock.now_us()
        return self._began_us

    def _lost(self, since_us: int) -> str:
        keeps_s = self._rhythm.keeps_s
        kept_us = self._means.clock.now_us() - round((keeps_s or 0) * MICROS)
        if keeps_s is None or since_us >= kept_us:
            return ""
        return f"The peer no longer tells what was said from {iso(since_us)} to {iso(kept_us)}."
