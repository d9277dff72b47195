"""What a peer answers over HTTP is unpacked within bounds and read within a time, whoever asks (issue H)."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import time
from collections.abc import AsyncIterator, Awaitable, Callable

import httpx
import pytest
from platform_peer import Answered, Asked, PlatformPeer

from pulih.adapters.sources import reach
from pulih.adapters.sources.answering import Bounded, BoundedClient, whole
from pulih.adapters.sources.contract import tried_means
from pulih.adapters.sources.measurements._polling import Asking
from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._platform import Platform, lines
from pulih.model.errors import OutsideFailed

MEANS = tried_means("feed")
TOO_LARGE = "has more than 16,777,216 bytes"
# 40 MB each, of which 40 KB go over the wire.
ZEROS, LINES = gzip.compress(bytes(40 << 20), 9), gzip.compress(b"\n" * (40 << 20), 9)


async def by_client(address: str) -> bytes:
    """Ask as a stranger's source does."""
    async with reach.client(MEANS) as client:
        return (await client.get(address)).content


async def by_peer(address: str) -> bytes:
    peer = Peer(MEANS, "the feed")
    try:
        return (await peer.get(address)).body
    finally:
        await peer.close()


async def by_platform(address: str) -> bytes:
    platform = Platform(MEANS, "Forum", address)
    try:
        return (await platform.ask("GET", "/")).body
    finally:
        await platform.close()


async def by_asking(address: str) -> bytes:
    asking = Asking(MEANS, address, per_s=0)
    try:
        return await asking.get("/", {}, {}) or b""
    finally:
        await asking.close()


WAYS = (by_client, by_peer, by_platform, by_asking)


def answered(answer: Answered, work: Callable[[str], Awaitable[bytes]]) -> bytes:
    """Return what a way of asking reads of one answer."""

    async def run() -> bytes:
        async def give(_: Asked) -> Answered:
            return answer

        peer = PlatformPeer(give)
        await peer.start()
        try:
            return await work(peer.address)
        finally:
            await peer.stop()

    return asyncio.run(asyncio.wait_for(run(), 30))


def packed(body: bytes, coding: str = "gzip") -> Answered:
    return Answered(headers={"Content-Encoding": coding}, body=body)


async def dripping(piece: bytes, every_s: float) -> AsyncIterator[bytes]:
    while True:
        yield piece
        await asyncio.sleep(every_s)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_packed_once_is_read(way: Callable[[str], Awaitable[bytes]]) -> None:
    body = b'{"said": "mati"}' * 10_000
    assert answered(packed(gzip.compress(body)), way) == body
    assert answered(packed(body, "identity"), way) == body


@pytest.mark.parametrize("way", WAYS)
def test_a_small_answer_that_unpacks_to_a_large_one_is_not_read_to_its_end(
    way: Callable[[str], Awaitable[bytes]],
) -> None:
    assert len(ZEROS) < 50_000
    with pytest.raises(OutsideFailed, match=TOO_LARGE):
        answered(packed(ZEROS), way)


@pytest.mark.parametrize("coding", ["gzip, gzip", "br", "zstd", "deflate", "gzip,br"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_packed_twice_or_in_a_way_that_nobody_asked_for_is_not_unpacked(
    way: Callable[[str], Awaitable[bytes]], coding: str
) -> None:
    with pytest.raises(OutsideFailed, match="packed in a way that was not asked for"):
        answered(packed(gzip.compress(ZEROS), coding), way)


@pytest.mark.parametrize("way", WAYS)
def test_what_says_that_it_is_packed_and_is_not_is_told(way: Callable[[str], Awaitable[bytes]]) -> None:
    with pytest.raises(OutsideFailed, match="it says gzip and is none"):
        answered(packed(b"not at all"), way)


@pytest.mark.parametrize("way", WAYS)
def test_half_of_what_is_packed_is_not_taken_for_all_of_it(way: Callable[[str], Awaitable[bytes]]) -> None:
    whole_body = gzip.compress(b'{"said": "mati"}' * 10_000)
    with pytest.raises(OutsideFailed, match="it ends in the middle"):
        answered(packed(whole_body[: len(whole_body) // 2]), way)
    assert answered(packed(b""), way) == b""


@pytest.mark.parametrize("way", WAYS)
def test_an_answer_without_end_is_read_up_to_a_bound(way: Callable[[str], Awaitable[bytes]]) -> None:
    with pytest.raises(OutsideFailed, match=TOO_LARGE):
        answered(Answered(chunks=dripping(b"m" * (1 << 20), 0.0)), way)


def test_a_stream_is_unpacked_a_piece_at_a_time() -> None:
    async def pieces(address: str) -> bytes:
        async with reach.client(MEANS) as client, client.stream("GET", address) as answer:
            sizes = [len(piece) async for piece in answer.aiter_bytes()]
        assert (max(sizes) <= 64 << 10, sum(sizes)) == (True, 40 << 20)
        return b""

    answered(packed(LINES), pieces)


def test_an_answer_that_only_drips_is_given_up() -> None:
    async def not_streamed(address: str) -> bytes:
        transport = Bounded(httpx.AsyncHTTPTransport(), "feed", whole_s=0.3)
        async with BoundedClient(transport=transport) as client:
            return (await client.get(address)).content

    async def streamed(address: str) -> bytes:
        async with reach.client(MEANS) as client, client.stream("GET", address) as answer:
            return await whole(answer, "feed", "the feed", whole_s=0.3)

    for way in (not_streamed, streamed):
        began_s = time.monotonic()
        with pytest.raises(OutsideFailed, match="does not answer to the end, it only drips"):
            answered(Answered(chunks=dripping(b"m", 0.05)), way)
        assert time.monotonic() - began_s < 5


def test_headers_that_only_drip_are_given_up_though_each_of_them_is_in_time() -> None:
    gone = asyncio.Event()

    async def drip(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 So\r\n")
        with contextlib.suppress(OSError):
            while not writer.is_closing():
                writer.write(b"X-More: 1\r\n")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()
        gone.set()

    async def run() -> None:
        server = await asyncio.start_server(drip, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        began_s = time.monotonic()
        async with reach.client(MEANS, timeout_s=0.2) as client:
            with pytest.raises(httpx.ReadTimeout):
                await client.get(f"http://127.0.0.1:{port}/")
        # Two steps of 0.2 s, and what the machine is busy with.
        assert 0.3 < time.monotonic() - began_s < 5
        await gone.wait()
        server.close()
        await server.wait_closed()

    asyncio.run(asyncio.wait_for(run(), 30))


def test_a_line_that_goes_on_for_ever_is_given_up_also_when_it_is_unpacked() -> None:
    async def read(address: str) -> bytes:
        async with reach.client(MEANS) as client, client.stream("GET", address) as answer:
            return b"".join([line async for line in lines(answer, "feed", "the stream")])

    with pytest.raises(OutsideFailed, match="has more than 1,048,576 bytes"):
        answered(packed(ZEROS), read)
