"""A firehose on this machine: a real WebSocket server that numbers and keeps its frames, with posts in blocks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jetstream_peer import DID
from stream_server import StreamServer
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

from pulih.adapters.sources.people._dag_cbor import Link


def packed(value: Any) -> bytes:
    """Return a value as DAG-CBOR."""
    if isinstance(value, bool) or value is None:
        return {False: b"\xf4", True: b"\xf5", None: b"\xf6"}[value]
    if isinstance(value, int):
        return _head(0, value) if value >= 0 else _head(1, -1 - value)
    if isinstance(value, Link):
        return _head(6, 42) + _head(2, len(value) + 1) + b"\0" + value
    if isinstance(value, bytes):
        return _head(2, len(value)) + value
    if isinstance(value, str):
        return _head(3, len(value.encode())) + value.encode()
    if isinstance(value, list):
        return _head(4, len(value)) + b"".join(packed(one) for one in value)
    return _head(5, len(value)) + b"".join(packed(name) + packed(one) for name, one in value.items())


def link_of(block: bytes) -> Link:
    """Return the link of a block: a CID of version 1, of DAG-CBOR, by SHA-256."""
    return Link(b"\x01\x71\x12\x20" + sha256(block).digest())


def car(*blocks: bytes) -> bytes:
    """Return a file of blocks."""
    header = packed({"roots": [], "version": 1})
    sections = [header, *(link_of(one) + one for one in blocks)]
    return b"".join(_varint(len(one)) + one for one in sections)


def commit(number: int, key: str, text: str = "", *, action: str = "create", created: str = "2030-01-01") -> bytes:
    """Return the frame of a commit that writes one post, or takes it back."""
    block = packed({"$type": "app.bsky.feed.post", "text": text, "createdAt": f"{created}T00:00:00Z"})
    gone = action == "delete"
    op = {"action": action, "path": f"app.bsky.feed.post/{key}", "cid": None if gone else link_of(block)}
    body = {"seq": number, "repo": DID, "time": "2025-10-03T01:48:00.000Z", "ops": [op]}
    return packed({"op": 1, "t": "#commit"}) + packed(body | {"blocks": car(*(() if gone else (block,)))})


class FirehosePeer(StreamServer):
    """Keeps frames by their number, plays them behind a cursor, then goes on live.

    Attributes:
        log: frames in their order; the first has the number 1.
        first: the number of the first that it keeps.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log: list[bytes] = []
        self.first = 1

    @property
    def address(self) -> str:
        """Return where it is."""
        return f"ws://127.0.0.1:{self.port}/xrpc/com.atproto.sync.subscribeRepos"

    def add(self, frame: bytes) -> None:
        """Have a frame come in."""
        self.log.append(frame)
        self.came_in()

    async def say(self, text: str) -> None:
        self.add(commit(len(self.log) + 1, text, f"Biznet {text}"))

    async def say_late(self, text: str) -> None:
        self.add(commit(len(self.log) + 1, text, f"Biznet {text}", created="2025-10-02"))

    async def garble(self) -> None:
        self.add(b"\xa2\x62op")

    async def delete(self, text: str) -> None:
        self.add(commit(len(self.log) + 1, text, action="delete"))

    async def play(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        at = int(query["cursor"][0]) if "cursor" in query else len(self.log)
        try:
            if at > len(self.log):
                await connection.send(
                    packed({"op": -1}) + packed({"error": "FutureCursor", "message": "in the future"})
                )
                return
            if at < self.first - 1:
                at = self.first - 1
                await connection.send(packed({"op": 1, "t": "#info"}) + packed({"name": "OutdatedCursor"}))
            gone = asyncio.ensure_future(connection.wait_closed())
            while not gone.done():
                more = self.more
                while at < len(self.log):
                    at += 1
                    await connection.send(self.log[at - 1])
                waits = asyncio.ensure_future(more.wait())
                await asyncio.wait([waits, gone], return_when=asyncio.FIRST_COMPLETED)
                waits.cancel()
        except ConnectionClosed:
            return


@asynccontextmanager
async def firehose() -> AsyncIterator[FirehosePeer]:
    """Yield a firehose that runs."""
    peer = FirehosePeer()
    await peer.heal()
    try:
        yield peer
    finally:
        await peer.cut()


def _head(major: int, number: int) -> bytes:
    if number < 24:
        return bytes([major << 5 | number])
    width = next(one for one in (1, 2, 4, 8) if number < 1 << 8 * one)
    return bytes([major << 5 | 23 + width.bit_length()]) + number.to_bytes(width, "big")


def _varint(number: int) -> bytes:
    low, number = number & 127, number >> 7
    return bytes([low | 128]) + _varint(number) if number else bytes([low])
