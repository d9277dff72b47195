"""A door before a broker of Kafka's protocol that asks who comes, by SASL PLAIN (KIP-43, KIP-152), then carries on.

tansu keeps its users in its memory and lets nobody make one before somebody is let in, so it cannot be asked itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct

from kafka_broker import BrokerPeer
from network_peers import HERE, Relay

_VERSIONS, _HANDSHAKE, _AUTHENTICATE = 18, 17, 36
_NOT_LET_IN = 58
SECRET = "rahasia-kafka"


class LockedRelay(Relay):
    """Lets in who shows the user and the password, and anybody while it has none."""

    user, password = "desk", ""

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            if not self._is_cut and (not self.password or await self._let_in(reader, writer)):
                await super()._pass_on(reader, writer)
                return
        writer.close()

    async def _let_in(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Return whether it was shown what it asks for; answers all that comes before."""
        while True:
            frame = await _frame(reader)
            key, version = struct.unpack_from(">hh", frame)
            if key == _VERSIONS:
                writer.write(await self._asked(frame))
            elif key == _HANDSHAKE:
                writer.write(_answer(frame, struct.pack(">hi", 0, 1) + _text(b"PLAIN")))
            elif key == _AUTHENTICATE:
                good = frame.endswith(f"\0{self.user}\0{self.password}".encode())
                said = struct.pack(">h", 0 if good else _NOT_LET_IN) + _text(b"" if good else b"no") + b"\0\0\0\0"
                writer.write(_answer(frame, said + (b"\0" * 8 if version else b"")))
                await writer.drain()
                return good
            else:
                return False

    async def _asked(self, frame: bytes) -> bytes:
        """Return what the broker answers to a question that anybody may ask."""
        back, forth = await asyncio.open_connection(HERE, self._target)
        try:
            forth.write(struct.pack(">i", len(frame)) + frame)
            told = await _frame(back)
            return struct.pack(">i", len(told)) + told
        finally:
            forth.close()


class LockedBrokerPeer(BrokerPeer):
    """A broker whose door takes another password from one moment on, and ends who came by the old one."""

    relay: LockedRelay

    async def expire(self) -> None:
        self.relay.password = "another"
        await self.restart()

    async def renew(self) -> str:
        self.relay.password = SECRET
        return ""


async def _frame(reader: asyncio.StreamReader) -> bytes:
    (length,) = struct.unpack(">i", await reader.readexactly(4))
    return await reader.readexactly(length)


def _answer(frame: bytes, said: bytes) -> bytes:
    """Return an answer to a request: its length, the request's number, and what is said."""
    body = frame[4:8] + said
    return struct.pack(">i", len(body)) + body


def _text(said: bytes) -> bytes:
    return struct.pack(">h", len(said)) + said
