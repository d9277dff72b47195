"""What a desk is compared with: applications that take the same body, make it durable, answer 202, and nothing else.

`gathered` writes what has gathered and syncs once for all of it, as the desk does; `each` writes and syncs for every
request by itself. Neither looks at what it was sent.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
_HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"2")]


async def _answer(send: Send) -> None:
    await send({"type": "http.response.start", "status": 202, "headers": _HEADERS})
    await send({"type": "http.response.body", "body": b"{}"})


class _Gathering:
    """Writes what requests hand in, in one thread, and wakes their loop once a sync."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
        self._waiting: deque[tuple[bytes, asyncio.Future[None]]] = deque()
        self._ready = threading.Event()
        threading.Thread(target=self._run, daemon=True).start()

    def hand_in(self, body: bytes) -> asyncio.Future[None]:
        self._loop = asyncio.get_running_loop()
        future = self._loop.create_future()
        self._waiting.append((body, future))
        self._ready.set()
        return future

    def _run(self) -> None:
        while True:
            self._ready.wait()
            self._ready.clear()
            group = [self._waiting.popleft() for _ in range(len(self._waiting))]
            if group:
                os.write(self._file, b"\n".join(body for body, _ in group))
                os.fsync(self._file)
                self._loop.call_soon_threadsafe(_settle, [future for _, future in group])


def _settle(futures: list[asyncio.Future[None]]) -> None:
    for future in futures:
        if not future.done():
            future.set_result(None)


def _built(path: Path) -> tuple[Any, Any]:
    gathering = _Gathering(path)
    file = os.open(path.with_suffix(".each"), os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)

    async def gathered(_scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer when the body was synced with those of others."""
        await gathering.hand_in((await receive())["body"])
        await _answer(send)

    async def each(_scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        """Answer when the body was synced by itself."""
        os.write(file, (await receive())["body"])
        os.fsync(file)
        await _answer(send)

    return gathered, each


if folder := os.environ.get("PULIH_BENCH"):
    gathered, each = _built(Path(folder) / "bare.log")
