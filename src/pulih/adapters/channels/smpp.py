"""A session with a message centre: bound once, many messages at once, each answer found by its number (SMPP 3.4).

smpp34 writes the messages; the session is our own. That of smpp34 runs in threads beside Python's, and in version 1.5.0
brings down the process now and then when it ends (measured: docs/channels.md), which a desk must not.

Source: SMPP 3.4, 4.1 (bind), 4.2 (unbind), 4.11 (enquire_link), 5.1.2 (command_id).
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
import struct
from collections.abc import Callable
from typing import Final

import msgspec

from pulih.model.errors import OutsideFailed

_HEADER: Final = struct.Struct(">IIII")
_BIND, _BIND_TO_RECEIVE, _UNBIND, _DELIVER, _ENQUIRE, _NACK = 0x02, 0x01, 0x06, 0x05, 0x15, 0x8000_0000
_ANSWER: Final = 0x8000_0000
_VERSION: Final = 0x34
_UNKNOWN: Final = 0x03
# A message centre sends nothing longer: a text has 64 kB at most, where it stands in a parameter of its own.
_PDU_BYTES_MAX: Final = 1 << 17
# Messages that wait for their answers at the same time; more are asked to wait by many centres.
_WINDOW: Final = 10
_UNBIND_S: Final = 2.0


class MessageCentre(msgspec.Struct, frozen=True, kw_only=True):
    """Where the message centre is, as whom the desk comes to it, and from whom messages come.

    Attributes:
        sender: a name of at most 11 letters, or a number.
        trust: what its certificate is held against; None for a connection that is not encrypted.
    """

    host: str
    port: int
    system_id: str
    password: str
    sender: str
    system_type: str = ""
    trust: ssl.SSLContext | None = None


class NotLetIn(OutsideFailed):
    """The centre refuses the session, with a status."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Session:
    """One bound session; made by `bound`.

    Args:
        reader, writer: the connection.
        delivered: is given each message that the centre delivers, with its number, by a session that receives;
            `acknowledge` answers it. None for one that sends.
    """

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        delivered: Callable[[int, bytes], None] | None = None,
    ) -> None:
        self._reader, self._writer, self._delivered = reader, writer, delivered
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[int]] = {}
        self._window = asyncio.Semaphore(_WINDOW)
        self._listening = asyncio.get_running_loop().create_task(self._listen())

    @property
    def open(self) -> bool:
        """Whether the centre still listens, as far as this side knows."""
        return not self._listening.done()

    async def submit(self, written: Callable[[int], bytes]) -> int:
        """Send a message and return the status that the centre answered.

        Args:
            written: gives the message, once it is told its number.

        Raises: OutsideFailed when the session ends before the answer.
        """
        async with self._window:
            return await self._ask(written)

    def acknowledge(self, number: int, status: int) -> None:
        """Answer a message that was delivered: 0 = it is kept, and the centre may forget it."""
        self._writer.write(_pdu(_DELIVER | _ANSWER, status, number, b"\0"))

    async def enquire(self) -> None:
        """Ask whether the centre lives. Raises: OutsideFailed when it ends the session instead."""
        await self._ask(lambda number: _pdu(_ENQUIRE, 0, number))

    async def ended(self) -> None:
        """Return when the session has ended."""
        await asyncio.wait([self._listening])

    async def close(self) -> None:
        """Say good-bye, and end the connection whatever the answer."""
        with contextlib.suppress(OutsideFailed, TimeoutError):
            async with asyncio.timeout(_UNBIND_S):
                await self._ask(lambda number: _pdu(_UNBIND, 0, number))
        self._listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._listening
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()

    async def bind(self, centre: MessageCentre) -> None:
        """Come in. Raises OutsideFailed when the centre refuses."""
        names = b"".join(one.encode() + b"\0" for one in (centre.system_id, centre.password, centre.system_type))
        body = names + bytes([_VERSION, 0, 0]) + b"\0"
        command = _BIND if self._delivered is None else _BIND_TO_RECEIVE
        status = await self._ask(lambda number: _pdu(command, 0, number, body))
        if status:
            raise NotLetIn(f"the message centre does not let the desk in (status 0x{status:02x})", status)

    async def _ask(self, written: Callable[[int], bytes]) -> int:
        if not self.open:
            raise OutsideFailed("the message centre ended the session")
        number = next(self._numbers)
        answer: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._asked[number] = answer
        try:
            self._writer.write(written(number))
            await self._writer.drain()
            status = await answer
        except OSError:
            raise OutsideFailed("the message centre ended the session") from None
        finally:
            self._asked.pop(number, None)
        return status

    async def _listen(self) -> None:
        """Read what the centre says until it ends, and give each answer to whoever waits for it."""
        try:
            while True:
                length, command, status, number = _HEADER.unpack(await self._reader.readexactly(_HEADER.size))
                if not _HEADER.size <= length <= _PDU_BYTES_MAX:
                    return
                body = await self._reader.readexactly(length - _HEADER.size)
                if command & _ANSWER:
                    self._answered(number, status)
                elif command == _DELIVER and self._delivered is not None:
                    self._delivered(number, _HEADER.pack(length, command, status, number) + body)
                else:
                    self._writer.write(_reply(command, number))
                    if command == _UNBIND:
                        return
        except (OSError, EOFError):
            return
        finally:
            for waiting in self._asked.values():
                if not waiting.done():
                    waiting.set_exception(OutsideFailed("the message centre ended the session"))

    def _answered(self, number: int, status: int) -> None:
        waiting = self._asked.get(number)
        if waiting is not None and not waiting.done():
            waiting.set_result(status)


async def bound(centre: MessageCentre) -> Session:
    """Return a session that the centre let in.

    Raises: OutsideFailed when it does not, or cannot be reached.
    """
    try:
        reader, writer = await asyncio.open_connection(centre.host, centre.port, ssl=centre.trust)
    except OSError as error:
        raise OutsideFailed(f"the message centre cannot be reached ({type(error).__name__})") from None
    return await begun(Session(reader, writer), centre)


async def begun(session: Session, centre: MessageCentre) -> Session:
    """Return a session once the centre let it in. Raises: NotLetIn; OutsideFailed; then it is closed."""
    try:
        await session.bind(centre)
    except BaseException:
        await session.close()
        raise
    return session


def _pdu(command: int, status: int, number: int, body: bytes = b"") -> bytes:
    return _HEADER.pack(_HEADER.size + len(body), command, status, number) + body


def _reply(command: int, number: int) -> bytes:
    """Return the answer to what a centre asks of one that only sends."""
    if command in {_ENQUIRE, _UNBIND}:
        return _pdu(command | _ANSWER, 0, number)
    # A receipt is taken and not looked at: its id of the message is empty, as 4.6.2 asks.
    return _pdu(command | _ANSWER, 0, number, b"\0") if command == _DELIVER else _pdu(_NACK, _UNKNOWN, number)
