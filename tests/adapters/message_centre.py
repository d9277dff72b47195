"""A message centre of the tests' own: it keeps what is not acknowledged, brings it again, and hangs up."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct

from smpp34 import DeliverSm

from pulih.communicate.sms_alphabet import sms_parts

_HEAD = struct.Struct(">IIII")
_BIND, _UNBIND, _DELIVER, _ENQUIRE, _ANSWER = 0x01, 0x06, 0x05, 0x15, 0x8000_0000
_LATER = 0x64
# A deliver_sm with nothing that one has.
GARBLED = _HEAD.pack(20, _DELIVER, 0, 0) + b"\xff\xff\xff\xff"


class MessageCentre:
    """Takes one session; delivers what it was given until each is acknowledged.

    Args:
        window: how many messages may wait for their answers.
        again_s: after how many seconds a message that was put off is brought again.
        tls: with what it shows who it is; None = a connection in clear.

    Attributes:
        answers: statuses by which messages were answered, in order.
        refuses: the status of a bind; 0 lets in.
        numb: takes answers and forgets them, as one that falls just then.
    """

    def __init__(self, *, window: int = 10, again_s: float = 0.1, tls: ssl.SSLContext | None = None) -> None:
        self._window, self._again_s, self._tls = window, again_s, tls
        self.answers: list[int] = []
        self.refuses = 0
        self.numb = False
        self.bound = 0
        self._kept: list[bytes] = []
        self._under_way: dict[int, bytes] = {}
        self._number = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.enquiries = 0

    async def begin(self) -> None:
        """Listen, under the same port as before."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port, ssl=self._tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def end(self) -> None:
        """End, all sessions with it; what was not acknowledged is kept."""
        if self._server is not None:
            self._server.close()
            for writer in tuple(self._writers):
                writer.close()
            await self._server.wait_closed()
            self._server = None
        await asyncio.sleep(0)

    def give(self, *pdus: bytes) -> None:
        """Have messages delivered."""
        self._kept.extend(pdus)
        self._deliver()

    def unanswered(self) -> int:
        """Return how many messages are not acknowledged."""
        return len(self._kept) + len(self._under_way)

    def _deliver(self) -> None:
        for writer in self._writers:
            while self._kept and len(self._under_way) < self._window:
                self._number += 1
                pdu = self._kept.pop(0)
                self._under_way[self._number] = pdu
                writer.write(pdu[:12] + struct.pack(">I", self._number) + pdu[16:])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError):
            while True:
                length, command, status, number = _HEAD.unpack(await reader.readexactly(_HEAD.size))
                await reader.readexactly(length - _HEAD.size)
                if command == _BIND:
                    writer.write(_HEAD.pack(17, command | _ANSWER, self.refuses, number) + b"\0")
                    if not self.refuses:
                        self.bound += 1
                        self._writers.add(writer)
                        self._deliver()
                elif command == _DELIVER | _ANSWER:
                    self._answered(status, number)
                elif command in (_ENQUIRE, _UNBIND):
                    self.enquiries += command == _ENQUIRE
                    writer.write(_HEAD.pack(16, command | _ANSWER, 0, number))
        self._writers.discard(writer)
        self._kept[:0] = self._under_way.values()
        self._under_way.clear()
        writer.close()

    def _answered(self, status: int, number: int) -> None:
        if self.numb:
            return
        self.answers.append(status)
        pdu = self._under_way.pop(number, None)
        if status == _LATER and pdu is not None:
            asyncio.get_running_loop().call_later(self._again_s, self.give, pdu)
        self._deliver()


def messages(text: str, *, sender: str = "+6281200000001", to: str = "9123", shared: int = 7) -> list[bytes]:
    """Return a text as deliver_sm, one for each part of it."""
    cut = sms_parts(text)
    coding = 0 if cut.coding == "gsm7" else 8
    several = len(cut.parts) > 1
    return [
        message(
            (bytes([5, 0, 3, shared, len(cut.parts), number]) if several else b"") + part,
            sender=sender,
            to=to,
            esm_class=0x40 if several else 0,
            data_coding=coding,
        )
        for number, part in enumerate(cut.parts, 1)
    ]


def message(data: bytes, *, sender: str = "+6281200000001", to: str = "9123", **more: object) -> bytes:
    """Return one deliver_sm."""
    given = {"source_addr_ton": 1, "source_addr_npi": 1, **more}
    return bytes(DeliverSm(sender, to, data, **given).encode())  # type: ignore[arg-type]
