"""A peer that answers a byte now and then is given up within a minute and a half, by each way in which peers are asked.

No step of such an answer is late, so that no time limit of a step ends it (issue H).
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable

import msgspec
import pytest

from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.kinds import kind_of
from pulih.model.errors import OutsideFailed

# Asked by `Peer`, by `Platform`, by `Asking`; each with what must be given of its settings.
KINDS = {
    "rss": ("address", {}),
    "mastodon": ("address", {"tags": ("biznet",)}),
    "ioda": ("address", {"watch": ({"country": "ID"},)}),
}
NOTICED_S = 100.0
EVERY_S = 5.0


async def dripping(writer: asyncio.StreamWriter, first: bytes, piece: bytes) -> None:
    """Write something, and then a piece now and then until the other side has enough."""
    writer.write(first)
    try:
        while not writer.is_closing():
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(EVERY_S)
    except OSError:
        pass
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def drips_headers(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await dripping(writer, b"HTTP/1.1 200 So\r\n", b"X-More: 1\r\n")


async def drips_a_body(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await dripping(writer, b"HTTP/1.1 200 So\r\nContent-Length: 100000\r\n\r\n", b"[")


Answer = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


async def given_up_s(kind: str, address: str) -> float:
    """Return after how many seconds a source of a kind gives such a peer up."""
    key, more = KINDS[kind]
    known = kind_of(kind)
    means = tried_means(kind, filters=("Biznet",))
    source = known.open(msgspec.convert({key: address, **more}, known.settings), means)
    began_s = time.monotonic()
    try:
        async with asyncio.timeout(NOTICED_S):
            with pytest.raises(OutsideFailed, match="does not answer"):
                async for _ in source.listen(""):
                    pass
        return time.monotonic() - began_s
    finally:
        await source.close()


@pytest.mark.parametrize("answer", [drips_headers, drips_a_body])
def test_an_answer_that_drips_is_given_up_by_each_way_of_asking(answer: Answer) -> None:
    async def run() -> list[float]:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        address = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            return await asyncio.gather(*(given_up_s(kind, address) for kind in KINDS))
        finally:
            server.close()
            # Those that drip look whether anybody is there when they next write.
            await asyncio.sleep(2 * EVERY_S)

    took_s = asyncio.run(run())
    # No step was late, or this would try nothing.
    assert min(took_s) > 31
