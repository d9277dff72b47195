"""A small real HTTP server for sources: answers as a test says, streams without end, and can be cut off or restarted.

It lives in the event loop of the test, beside the source, as the contract of sources wants its peers to.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from urllib.parse import parse_qs, urlsplit

import msgspec


class Asked(msgspec.Struct, frozen=True):
    """One request: method, path, what stood behind the question mark, headers in small letters, body."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def token(self) -> str:
        """Return the bearer token, "" without one."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""


class Answered(msgspec.Struct, frozen=True):
    """One answer: a body, or chunks as they come."""

    status: int = 200
    headers: Mapping[str, str] = {}
    body: bytes = b""
    chunks: AsyncIterator[bytes] | None = None


def said(answer: object, status: int = 200, **headers: str) -> Answered:
    """Return an answer in JSON."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answered(
        status=status, headers={"Content-Type": "application/json", **named}, body=json.dumps(answer).encode()
    )


class PlatformPeer:
    """Serves `answer` on a port of this machine that stays the same over restarts.

    Args:
        answer: what to say to a request.

    Attributes:
        seen: every request, in order.
    """

    def __init__(self, answer: Callable[[Asked], Awaitable[Answered]]) -> None:
        self._answer = answer
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()
        self._port = 0
        self.seen: list[Asked] = []

    @property
    def address(self) -> str:
        """Return where it is."""
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        """End all connections, and take none."""
        if self._server is None:
            return
        self._server.close()
        for task in list(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)
        await self._server.wait_closed()
        self._server = None

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        try:
            while (asked := await _asked(reader)) is not None:
                self.seen.append(asked)
                await _write(writer, await self._answer(asked))
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.transport.abort()
        finally:
            self._open.discard(task)
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()


async def _asked(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line.strip():
        return None
    method, target, _ = line.decode("latin-1").split()
    headers = dict[str, str]()
    while (row := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = row.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length") or 0))
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
    return Asked(method, parts.path, query, headers, body)


async def _write(writer: asyncio.StreamWriter, answer: Answered) -> None:
    length = {"Transfer-Encoding": "chunked"} if answer.chunks else {"Content-Length": str(len(answer.body))}
    head = "".join(f"{name}: {value}\r\n" for name, value in {**answer.headers, **length}.items())
    writer.write(f"HTTP/1.1 {answer.status} So\r\n{head}\r\n".encode() + answer.body)
    await writer.drain()
    if answer.chunks is not None:
        async for chunk in answer.chunks:
            writer.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            await writer.drain()
        writer.write(b"0\r\n\r\n")


class Channel:
    """Chunks for open streams: whoever follows gets what is sent from then on."""

    def __init__(self) -> None:
        self._followers: list[asyncio.Queue[bytes]] = []

    def send(self, chunk: bytes) -> None:
        """Send to all who follow."""
        for queue in self._followers:
            queue.put_nowait(chunk)

    async def follow(self, first: bytes = b"\n") -> AsyncIterator[bytes]:
        """Yield chunks until cancelled; the first tells the other side that it is followed."""
        queue = asyncio.Queue[bytes]()
        self._followers.append(queue)
        try:
            yield first
            while True:
                yield await queue.get()
        finally:
            self._followers.remove(queue)
