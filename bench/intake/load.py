"""Load: posts to a server from connections that stay open, as fast as they are answered or at a given pace.

Requests are made beforehand and answers looked at no more than needed, so that the sender takes little of the machine.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import time
from collections.abc import Iterator
from typing import cast

import msgspec
import uvloop

TEXTS = (
    "internet mati total dari pagi di Setiabudi, tolong segera diperbaiki min",
    "sinyal penuh tapi tidak bisa buka apa-apa, sudah restart hp berkali-kali",
    "gangguan lagi ya? dari jam 8 tidak bisa kerja",
    "lemot banget sejak semalam, meeting putus terus",
)


class Loaded(msgspec.Struct):
    """What a run gave: answers of success, others, seconds, and how long each answer took in seconds."""

    good: int
    bad: int
    took_s: float
    latencies_s: list[float]

    def latency_ms(self, share: float) -> float:
        """Return the latency that `share` of the answers did not exceed."""
        ordered = sorted(self.latencies_s)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report_lines(start: int) -> Iterator[bytes]:
    """Yield reports without end, ids from `start`."""
    for number in itertools.count(start):
        text = TEXTS[number % len(TEXTS)]
        yield b'{"id":"%d","source":"form","text":"%s","operator":"smartfren","author":"u%d"}' % (
            number, text.encode(), number % 5000,
        )  # fmt: skip


def request(body: bytes, token: str, *, kind: str = "application/json", zipped: bool = False) -> bytes:
    """Return the bytes of one POST."""
    sent = gzip.compress(body, 1) if zipped else body
    head = (
        f"POST /v1/reports HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {token}\r\nContent-Type: {kind}\r\n"
        f"Content-Length: {len(sent)}\r\n" + ("Content-Encoding: gzip\r\n" if zipped else "") + "\r\n"
    )
    return head.encode() + sent


class _Sender(asyncio.Protocol):
    """One connection: sends a request when told to and notes how long the answer took."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded
        self._answered: asyncio.Future[None] | None = None
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._read += data
        head, found, body = self._read.partition(b"\r\n\r\n")
        if not found:
            return
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        if len(body) < length or self._answered is None:
            return
        if head.startswith(b"HTTP/1.1 202"):
            self._loaded.good += 1
        else:
            self._loaded.bad += 1
        self._read = b""
        self._answered.set_result(None)

    def connection_lost(self, _: Exception | None) -> None:
        if self._answered is not None and not self._answered.done():
            self._loaded.bad += 1
            self._answered.set_result(None)

    async def post(self, sent: bytes) -> None:
        self._answered = asyncio.get_running_loop().create_future()
        begun = time.perf_counter()
        self._transport.write(sent)
        await self._answered
        self._loaded.latencies_s.append(time.perf_counter() - begun)


async def _closed(port: int, requests: Iterator[bytes], connections: int) -> Loaded:
    loaded = Loaded(0, 0, 0.0, [])
    loop = asyncio.get_running_loop()
    senders = [
        (await loop.create_connection(lambda: _Sender(loaded), "127.0.0.1", port))[1] for _ in range(connections)
    ]

    async def keep_posting(sender: _Sender) -> None:
        for sent in requests:
            await sender.post(sent)

    begun = time.perf_counter()
    await asyncio.gather(*map(keep_posting, senders))
    loaded.took_s = time.perf_counter() - begun
    return loaded


async def _paced(port: int, requests: list[bytes], *, connections: int, per_s: float) -> Loaded:
    loaded = Loaded(0, 0, 0.0, [])
    loop = asyncio.get_running_loop()
    free: asyncio.Queue[_Sender] = asyncio.Queue()
    for _ in range(connections):
        free.put_nowait((await loop.create_connection(lambda: _Sender(loaded), "127.0.0.1", port))[1])

    async def post(sent: bytes, due: float) -> None:
        sender = await free.get()
        await sender.post(sent)
        # A request that had to wait for a connection began when it was due.
        loaded.latencies_s[-1] = time.perf_counter() - due
        free.put_nowait(sender)

    begun = time.perf_counter()
    running: set[asyncio.Task[None]] = set()
    for number, sent in enumerate(requests):
        due = begun + number / per_s
        if (ahead := due - time.perf_counter()) > 0.001:
            await asyncio.sleep(ahead)
        task = loop.create_task(post(sent, due))
        running.add(task)
        task.add_done_callback(running.discard)
    await asyncio.gather(*running)
    loaded.took_s = time.perf_counter() - begun
    return loaded


def flat_out(port: int, requests: list[bytes], connections: int) -> Loaded:
    """Post all `requests`, each connection the next as soon as it was answered."""
    return uvloop.run(_closed(port, iter(requests), connections))


def paced(port: int, requests: list[bytes], *, connections: int, per_s: float) -> Loaded:
    """Post all `requests` at an even pace whether or not answers come; latencies count from when each was due."""
    return uvloop.run(_paced(port, requests, connections=connections, per_s=per_s))
