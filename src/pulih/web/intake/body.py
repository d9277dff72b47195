"""Body: the bytes of a request, bounded in size, in time and in how many are read at once.

A small request comes whole and costs nothing here. What comes in pieces is counted while it comes, since a sender may
promise one length and send another, or send for ever.
"""

from __future__ import annotations

import asyncio
import zlib
from typing import Final

from pulih.model.errors import OutsideFailed
from pulih.web.intake.answers import Barred, Receive

BODY_BYTES_MAX: Final = 8 << 20
READING_BYTES_MAX: Final = 64 << 20
READING_S_MAX: Final = 30
# Files of a day that are packed by the hour are sent behind each other; nobody needs more.
GZIP_STREAMS_MAX: Final = 64


class Departed(Exception):
    """The sender hung up before all of its body was here."""


class Bodies:
    """Reads bodies, several at once but not without end.

    Args:
        body_bytes_max: of one body, as sent.
        reading_bytes_max: of all that are being read.
    """

    def __init__(self, body_bytes_max: int = BODY_BYTES_MAX, reading_bytes_max: int = READING_BYTES_MAX) -> None:
        self._each_max = body_bytes_max
        self._all_max = reading_bytes_max
        self._held = 0

    async def read(self, receive: Receive, declared: bytes) -> bytes:
        """Return the whole body.

        Args:
            receive: of the request.
            declared: value of its Content-Length, b"" without one.

        Raises: Barred when it is too large or too slow; OutsideFailed when too many are being read; Departed.
        """
        expected = int(declared) if declared.isdigit() and len(declared) < 16 else 0
        if expected > self._each_max or len(declared) >= 16:
            raise self._too_large()
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Departed
        first: bytes = message.get("body", b"")
        if not message.get("more_body", False):
            if len(first) > self._each_max:
                raise self._too_large()
            return first
        return await self._read_rest(receive, first, expected or self._each_max)

    async def _read_rest(self, receive: Receive, first: bytes, room: int) -> bytes:
        if self._held and self._held + room > self._all_max:
            raise OutsideFailed("Too many large bodies are being read; send the same again in a second.")
        self._held += room
        try:
            async with asyncio.timeout(READING_S_MAX):
                return await self._joined(receive, first)
        except TimeoutError:
            right = f"all of it within {READING_S_MAX} seconds"
            raise Barred(408, "the body came too slowly", where="body", right=right) from None
        finally:
            self._held -= room

    async def _joined(self, receive: Receive, first: bytes) -> bytes:
        pieces, size, more = [first], len(first), True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                raise Departed
            pieces.append(message.get("body", b""))
            size += len(pieces[-1])
            if size > self._each_max:
                raise self._too_large()
            more = message.get("more_body", False)
        return b"".join(pieces)

    def _too_large(self) -> Barred:
        right = f"at most {self._each_max:,} bytes, the rest in further calls"
        return Barred(413, "the body is too large", where="body", right=right)


def unzipped(body: bytes, bytes_max: int = BODY_BYTES_MAX) -> bytes:
    """Return what a gzip body holds, without unpacking more than may be; streams behind each other are one (RFC 1952).

    Raises: Barred when it is no gzip, broken off, of too many streams, or holds too much.

    >>> import gzip
    >>> unzipped(gzip.compress(b"mati"))
    b'mati'
    """
    held, left = b"", body
    for _ in range(GZIP_STREAMS_MAX):
        unpacking = zlib.decompressobj(wbits=31)
        try:
            held += unpacking.decompress(left, bytes_max + 1 - len(held))
        except zlib.error as problem:
            raise _no_gzip(problem, first=left is body) from None
        if len(held) > bytes_max:
            right = f"at most {bytes_max:,} bytes when unpacked, the rest in further calls"
            raise Barred(413, "the body is too large", where="body", right=right)
        left = unpacking.unused_data
        if not unpacking.eof:
            break
        if not left:
            return held
    raise _broken()


def _no_gzip(problem: zlib.error, *, first: bool) -> Barred:
    """Return the refusal of a body that does not begin as gzip, or of what stands behind its end."""
    if not first:
        return _broken()
    return Barred(400, f"the body is no gzip ({problem})", where="body", right="gzip, or no Content-Encoding")


def _broken() -> Barred:
    right = "gzip from its beginning to its end"
    return Barred(400, "the gzip body is broken off or goes on behind its end", where="body", right=right)
