"""Answering: what a peer answers over HTTP comes in small pieces, packed as was asked for, and within a time.

A peer need not be hostile to answer without end, and one that is has cheaper ways: a kilobyte that unpacks to a
gigabyte, a body that is packed twice, a byte each half minute, which no time limit of a single step notices. So each
answer begins within the time that its steps may take together, is unpacked a piece at a time, and where it is read
whole, that has a bound of bytes and of seconds.

Source: RFC 9110, 8.4 (Content-Encoding) and 12.5.3 (Accept-Encoding); RFC 1952 (gzip).
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any, Final

import httpx

from pulih.adapters.sources import troubles
from pulih.model.errors import OutsideFailed

# What is asked for; an answer that is packed otherwise, or twice, is not unpacked.
ACCEPTED: Final = "gzip"
WHOLE_BYTES_MAX: Final = 16 << 20
# 16 MB come in so long over two Mbit/s; what is slower drips. With the patience of a step that is a minute and a half,
# in which a wire that has fallen silent is noticed too.
WHOLE_S: Final = 60.0
_PIECE_BYTES_MAX: Final = 64 << 10
_PLAIN: Final = frozenset({"", "identity"})
_PACKED: Final = frozenset({"gzip", "x-gzip"})
# Set by `BoundedClient` on a request whose answer is read whole, for `Bounded`.
_WHOLE: Final = "pulih.whole"


class Bounded(httpx.AsyncBaseTransport):
    """Hands requests on, and answers back within bounds.

    Args:
        inner: does the work.
        name: of the source.
        whole_s: seconds in which an answer that is read whole must have come in.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, name: str, whole_s: float = WHOLE_S) -> None:
        self._inner, self._name, self._whole_s = inner, name, whole_s

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Return the answer. Raises: as the inner one; OutsideFailed when it is packed as nobody asked for."""
        try:
            async with asyncio.timeout(_together_s(request)):
                answer = await self._inner.handle_async_request(request)
        except TimeoutError:
            # Each step was in time, and all of them together were not.
            raise httpx.ReadTimeout("the answer does not begin", request=request) from None
        packed = [one.strip().lower() for one in answer.headers.get_list("content-encoding", split_commas=True)]
        packed = [one for one in packed if one not in _PLAIN]
        if packed and (len(packed) > 1 or packed[0] not in _PACKED):
            await answer.aclose()
            why = "it is packed in a way that was not asked for"
            raise troubles.unreadable(self._name, request.url.host, why)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        taken_out = _TAKEN_OUT if packed else ()
        return httpx.Response(
            answer.status_code,
            headers=[(name, value) for name, value in answer.headers.raw if name.lower() not in taken_out],
            stream=_Pieces(
                answer.stream,
                name=self._name,
                peer=request.url.host,
                packed=bool(packed),
                whole_s=self._whole_s if request.extensions.get(_WHOLE) else None,
            ),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        """Give connections back."""
        await self._inner.aclose()


class BoundedClient(httpx.AsyncClient):
    """A client whose answers, where they are not streamed, are read within bounds."""

    async def send(self, request: httpx.Request, *, stream: bool = False, **given: Any) -> httpx.Response:
        """Send a request. Raises: as any client; OutsideFailed when the answer goes on beyond its bounds."""
        if not stream:
            request.extensions = {**request.extensions, _WHOLE: True}
        return await super().send(request, stream=stream, **given)


async def whole(
    answer: httpx.Response, name: str, peer: str, *, bytes_max: int = WHOLE_BYTES_MAX, whole_s: float = WHOLE_S
) -> bytes:
    """Return the body of an answer that is streamed.

    Args:
        answer: whose body was not read yet.
        name: of the source.
        peer: what the peer is called in a sentence.
        bytes_max: that it may have, unpacked.
        whole_s: seconds in which it must have come in.

    Raises: OutsideFailed when it goes on beyond that; httpx.HTTPError.
    """
    body = bytearray()
    bounds = _Bounds(name, peer, bytes_max, whole_s)
    async for piece in answer.aiter_bytes():
        bounds.see(len(piece))
        body += piece
    return bytes(body)


class _Bounds:
    """Of one answer: raises when more came, or came later, than may."""

    def __init__(self, name: str, peer: str, bytes_max: int, whole_s: float) -> None:
        self._name, self._peer = name, peer
        self._bytes_max, self._left = bytes_max, bytes_max
        self._ends_s = asyncio.get_running_loop().time() + whole_s

    def see(self, size: int) -> None:
        """Note that so many bytes came. Raises OutsideFailed."""
        self._left -= size
        if self._left < 0:
            raise troubles.too_large(self._name, self._peer, self._bytes_max)
        if asyncio.get_running_loop().time() > self._ends_s:
            raise OutsideFailed(
                f"{self._name}: {self._peer} does not answer to the end, it only drips.",
                key="source.silent",
                name=self._name,
                why="slow",
            )


class _Pieces(httpx.AsyncByteStream):
    """The body of an answer, unpacked, in small pieces; `whole_s` is given where all of it will be read."""

    def __init__(
        self, inner: httpx.AsyncByteStream, *, name: str, peer: str, packed: bool, whole_s: float | None
    ) -> None:
        self._inner, self._name, self._peer, self._packed = inner, name, peer, packed
        self._whole_s = whole_s

    async def __aiter__(self) -> AsyncIterator[bytes]:
        bounds = None if self._whole_s is None else _Bounds(self._name, self._peer, WHOLE_BYTES_MAX, self._whole_s)
        pieces = self._unpacked() if self._packed else self._inner
        async for piece in pieces:
            if bounds is not None:
                bounds.see(len(piece))
            yield piece

    async def _unpacked(self) -> AsyncIterator[bytes]:
        unpacker, begun = zlib.decompressobj(16 + zlib.MAX_WBITS), False
        async for packed in self._inner:
            left, begun = packed, begun or bool(packed)
            while left and not unpacker.eof:
                piece = self._piece(partial(unpacker.decompress, left, _PIECE_BYTES_MAX))
                left = unpacker.unconsumed_tail
                if piece:
                    yield piece
        # What zlib held back of a bounded piece is less than it reaches back.
        if rest := self._piece(unpacker.flush):
            yield rest
        if begun and not unpacker.eof:
            # Half of a feed would pass for the whole of it.
            raise self._broken("it ends in the middle of what is packed")

    def _piece(self, unpack: Callable[[], bytes]) -> bytes:
        try:
            return unpack()
        except zlib.error:
            raise self._broken("it says gzip and is none") from None

    def _broken(self, why: str) -> OutsideFailed:
        return troubles.unreadable(self._name, self._peer, why)

    async def aclose(self) -> None:
        """Give the connection back."""
        await self._inner.aclose()


# The body is no more what these say of it.
_TAKEN_OUT: Final = frozenset({b"content-encoding", b"content-length"})


def _together_s(request: httpx.Request) -> float | None:
    """Return how long it may take to connect and to be answered together, None without limits."""
    limits = request.extensions.get("timeout", {})
    to_connect, to_read = limits.get("connect"), limits.get("read")
    return None if to_connect is None or to_read is None else to_connect + to_read
