"""A kind of source that costs money and asks for secrets, for tests of settings; it never says anything."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from msgspec import Meta

from pulih.ports.sources import Batch, Item, Means, SourceKind


class PaidSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Keys of the kind."""

    token_file: Annotated[str, Meta(description="a file with the token")]
    every_s: Annotated[int, Meta(ge=10, description="a number of seconds from 10 on")] = 60
    price: float = 0.5


class PaidSource:
    """Pays for each request, and hears of one thing in each."""

    def __init__(self, settings: PaidSettings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._token = means.secret(settings.token_file)

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:
        number = int(cursor or 0)
        while True:
            await self._means.spend(int(self._settings.price * 1e6))
            number += 1
            yield Batch(
                cursor=str(number),
                items=(Item(id=str(number), text=f"dengan {len(self._token)} tanda"),),
                filters=("xl",),
            )
            await asyncio.sleep(0)

    async def close(self) -> None:
        pass


KIND = SourceKind(
    name="paid",
    settings=PaidSettings,
    open=PaidSource,
    says="Something that costs.",
    verified="nothing; not verified against the vendor",
    paid=True,
)
