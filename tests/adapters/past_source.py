"""A kind of source that tells the past, failing on the way, and saying what it keeps no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Item, Later, Means, SourceKind

MINUTE_US = 60_000_000
# Of `fails`: it fails as nobody foresaw.
UNFORESEEN = -2


class PastSettings(msgspec.Struct, frozen=True, kw_only=True):
    """No keys that must be given."""

    fails: int = 1


class PastSource:
    """Said something each minute since 1970."""

    def __init__(self, settings: PastSettings, means: Means) -> None:
        self._left = settings.fails

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        yield Batch(cursor="0")
        await asyncio.Event().wait()

    async def between(self, since_us: int, until_us: int) -> AsyncIterator[Batch]:
        yield Batch(gap="Nothing is kept of the first minute.", refused=("no JSON",))
        minutes = range(-(-since_us // MINUTE_US) + 1, -(-until_us // MINUTE_US))
        for minute in minutes:
            yield Batch(items=(Item(id=str(minute), at_us=minute * MINUTE_US, text="internet mati", author="budi"),))
            if self._left == UNFORESEEN:
                raise ValueError("https://forum.example/?key=s3cr3t is no address")
            if self._left < 0:
                raise RefusedInput("The token ran out; give a new one.")
            if self._left:
                self._left -= 1
                raise Later("Too many requests.", 0.0)

    async def close(self) -> None:
        pass


KIND = SourceKind(
    name="past",
    settings=PastSettings,
    open=PastSource,
    says="Tells the past.",
    verified="nothing; not verified against the vendor",
    extra="past",
    past=True,
)
