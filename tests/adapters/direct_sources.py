"""What tests of sources share: means with secrets in memory, listening for a while, a web server told what to say."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import aclosing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Item, Means, SourceKind

NOW_US = 1_759_456_080_000_000
SECRET = "rahasia-yang-tidak-boleh-tampak"
# Seconds within which a peer on this machine answers, however busy that is.
PATIENCE_S = 20.0


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, now_us: int = NOW_US) -> None:
        self.us = now_us

    def now_us(self) -> int:
        """Return the moment it was set to."""
        return self.us


def means(clock: SetClock | None = None, *, secrets: Mapping[str, str] | None = None, **more: Any) -> Means:
    """Return means that reach this machine; the secrets are a mapping that a test may change."""
    held = {"token": SECRET} if secrets is None else secrets

    def secret(path: str) -> str:
        if path not in held:
            raise RefusedInput(f"There is no file {path}.")
        return held[path]

    async def spend(_: int) -> None:
        raise AssertionError("no source of these costs money")

    given = {"name": "here", "allow_networks": ("127.0.0.0/8",), **more}
    return Means(clock=clock or SetClock(), secret=secret, spend=spend, **given)


def opened(kind: SourceKind, with_means: Means, **keys: Any) -> Any:
    """Return a source with these keys in its settings; seconds may be shorter than a user may write."""
    return kind.open(kind.settings(**keys), with_means)


def hears(
    source: Any,
    cursor: str = "",
    *,
    enough: Callable[[list[Batch]], bool] | int = 1,
    between: Callable[[list[Batch]], Awaitable[None] | None] | None = None,
) -> list[Batch]:
    """Return what a source yields until it is enough, and stop listening as the desk does.

    Args:
        source: any.
        cursor: where to begin.
        enough: says so of the batches so far; a number = that many items.
        between: called with the batches so far before the next is asked for, and awaited where it can be.
    """

    async def run() -> list[Batch]:
        batches: list[Batch] = []
        try:
            async with asyncio.timeout(PATIENCE_S), aclosing(source.listen(cursor)) as listening:
                async for batch in listening:
                    batches.append(batch)
                    if between is not None and (waits := between(batches)) is not None:
                        await waits
                    if enough(batches) if callable(enough) else len(items(batches)) >= enough:
                        break
        finally:
            await source.close()
        return batches

    return asyncio.run(run())


def told_between(source: Any, since_us: int, until_us: int) -> list[Batch]:
    """Return all that a source still tells of a time."""

    async def run() -> list[Batch]:
        try:
            async with asyncio.timeout(PATIENCE_S):
                return [batch async for batch in source.between(since_us, until_us)]
        finally:
            await source.close()

    return asyncio.run(run())


def items(batches: list[Batch]) -> list[Item]:
    """Return the items of batches, in order."""
    return [one for batch in batches for one in batch.items]


def texts(batches: list[Batch]) -> list[str]:
    """Return what items say, in order."""
    return [one.text for one in items(batches)]


def refusals(batches: list[Batch]) -> list[str]:
    """Return what could not be read."""
    return [one for batch in batches for one in batch.refused]


def gaps(batches: list[Batch]) -> list[str]:
    """Return why something may be missing."""
    return [one.gap for one in batches if one.gap]


def last_cursor(batches: list[Batch]) -> str:
    """Return where the desk would go on."""
    return next((one.cursor for one in reversed(batches) if one.cursor), "")


class Asked(msgspec.Struct):
    """One request: way, path, query, headers with names in small letters, body."""

    way: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes


# What to answer: a status, an object of JSON or bytes, headers.
Answers = Callable[[Asked], tuple[int, Any, Mapping[str, str]]]


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are written one after the other; the second must not wait for an answer to the first.
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        server: AnsweringServer = self.server  # type: ignore[assignment]
        length = int(self.headers.get("Content-Length") or 0)
        path, query = urlsplit(self.path)[2:4]
        headers = {name.lower(): value for name, value in self.headers.items()}
        asked = Asked(self.command, path, dict(parse_qsl(query)), headers, self.rfile.read(length))
        server.asked.append(asked)
        status, said, more = server.answers(asked)
        if status == 0:
            # The connection is cut in the middle of an answer.
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[")
            self.close_connection = True
            return
        body = said if isinstance(said, bytes) else msgspec.json.encode(said)
        self.send_response(status)
        for name, value in more.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


class AnsweringServer(ThreadingHTTPServer):
    """A web server: `answers` says what is answered, `asked` keeps the requests."""

    daemon_threads = True

    def __init__(self, answers: Answers) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked = answers, list[Asked]()
        self.address = f"http://127.0.0.1:{self.server_address[1]}"


@contextmanager
def answering(answers: Answers) -> Iterator[AnsweringServer]:
    """A web server on this machine."""
    server = AnsweringServer(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
