"""Two kinds of sources for measuring: one that floods as fast as it is asked, one that is quiet but alive."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator

import msgspec

from pulih.ports.sources import Batch, Item, Means, SourceKind

SAID = (
    "internet smartfren mati dari tadi di Jakarta Selatan",
    "sinyal XL ada tapi data ga jalan, Bandung",
    "kuota tinggal sedikit, beli lagi ga ya",
    "indihome los merah lagi, sudah dua jam",
    "pagi semua, semoga lancar hari ini",
)
BATCH = 500


class FloodSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How many posts there are."""

    posts: int


class Flood:
    """Says so many different things as fast as it is asked, and is quiet from then on."""

    def __init__(self, settings: FloodSettings, _: Means) -> None:
        self._posts = settings.posts

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield everything behind a cursor."""
        for first in range(int(cursor or 0), self._posts, BATCH):
            now_us = time.time_ns() // 1000
            yield Batch(
                cursor=str(first + BATCH),
                items=tuple(
                    Item(id=f"p{n}", at_us=now_us, text=f"{SAID[n % len(SAID)]} {n}", author=f"a{n % 50_000}")
                    for n in range(first, min(first + BATCH, self._posts))
                ),
                filters=("smartfren",),
            )
        await asyncio.Event().wait()

    async def close(self) -> None:
        """Give nothing back."""


class QuietSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How often it says that it is alive."""

    every_s: float = 10.0


class Quiet:
    """Says nothing, and every now and then that it is alive, with a cursor that moves."""

    def __init__(self, settings: QuietSettings, _: Means) -> None:
        self._every_s = settings.every_s

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        """Yield signs of life."""
        number = int(cursor or 0)
        while True:
            number += 1
            yield Batch(cursor=str(number), filters=("smartfren",))
            await asyncio.sleep(self._every_s)

    async def close(self) -> None:
        """Give nothing back."""


FLOOD = SourceKind(name="flood", settings=FloodSettings, open=Flood, says="A flood.", verified="itself")
QUIET = SourceKind(name="quiet", settings=QuietSettings, open=Quiet, says="Nothing.", verified="itself")
