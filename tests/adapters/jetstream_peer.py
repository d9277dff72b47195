"""A Jetstream on this machine: a real WebSocket server that keeps its events, speaks its frames and can be cut off."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

from stream_server import StreamServer
from websockets.asyncio.server import ServerConnection
from websockets.exceptions import ConnectionClosed

DID = "did:plc:eygmaihciaxprqvxpfvl6flk"


def now_us() -> int:
    """Return the time of this machine."""
    return time.time_ns() // 1000


def commit(key: str, text: str = "", *, at_us: int, operation: str = "create", created: str | None = None) -> bytes:
    """Return a frame, shaped as the README of Jetstream shows one."""
    post = {
        "$type": "app.bsky.feed.post",
        "createdAt": created or "2030-01-01T00:00:00Z",
        "langs": ["id"],
        "text": text,
    }
    told: dict[str, object] = {"rev": "3l3qo2vutsw2b", "operation": operation, "collection": "app.bsky.feed.post"}
    told |= {"rkey": key} | (
        {"record": post, "cid": "bafyreidwaivazkwu67xztlmuobx35hs2"} if operation != "delete" else {}
    )
    return json.dumps({"did": DID, "time_us": at_us, "kind": "commit", "commit": told}).encode()


class JetstreamPeer(StreamServer):
    """Keeps events by their moment, plays them from a cursor on, then goes on live.

    Attributes:
        log: moments and frames, in the order in which they came in.
        queries: what each who came asked for.
    """

    def __init__(self) -> None:
        super().__init__()
        self.log: list[tuple[int, bytes]] = []
        self.queries: list[dict[str, list[str]]] = []

    @property
    def address(self) -> str:
        """Return where it is."""
        return f"ws://127.0.0.1:{self.port}/subscribe"

    def add(self, frame: bytes, at_us: int | None = None) -> None:
        """Have an event come in."""
        self.log.append((now_us() if at_us is None else at_us, frame))
        self.came_in()

    async def say(self, text: str) -> None:
        at_us = now_us()
        self.add(commit(text, f"Biznet {text}", at_us=at_us), at_us)

    async def say_late(self, text: str) -> None:
        # Less than what a cursor is wound back by.
        at_us = now_us() - 2_000_000
        self.add(commit(text, f"Biznet {text}", at_us=at_us), at_us)

    async def garble(self) -> None:
        self.add(b'{"did":"did:plc:x","time_us":')

    async def delete(self, text: str) -> None:
        at_us = now_us()
        self.add(commit(text, at_us=at_us, operation="delete"), at_us)

    async def play(self, connection: ServerConnection) -> None:
        assert connection.request is not None
        query = parse_qs(urlsplit(connection.request.path).query)
        self.queries.append(query)
        from_us = int(query.get("cursor", ["0"])[0]) or now_us()
        at = 0
        try:
            while True:
                more = self.more
                while at < len(self.log):
                    moment_us, frame = self.log[at]
                    at += 1
                    if moment_us >= from_us:
                        await connection.send(frame, text=True)
                waits = [asyncio.ensure_future(more.wait()), asyncio.ensure_future(connection.wait_closed())]
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
                for one in waits:
                    one.cancel()
                if connection.close_code is not None:
                    return
        except ConnectionClosed:
            return


@asynccontextmanager
async def jetstream() -> AsyncIterator[JetstreamPeer]:
    """Yield a Jetstream that runs."""
    peer = JetstreamPeer()
    await peer.heal()
    try:
        yield peer
    finally:
        await peer.cut()
