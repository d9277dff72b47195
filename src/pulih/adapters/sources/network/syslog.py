"""Syslog: what routers, switches and servers write of themselves, over TCP, TLS and UDP (RFC 5424, 6587, 5425, 5426).

Syslog acknowledges nothing: what a sender has sent and the desk has not yet kept is gone with either of them, and no
receiver can mend that. Over TCP a sender waits when the desk is behind, so that its own queue holds the rest; over UDP
what comes faster than it can be kept is counted as a gap.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.network import _tls
from pulih.adapters.sources.network._alarms import Origin, alarm, digest, origin_of, said_at
from pulih.adapters.sources.network._door import Bind, Door, Port, Senders
from pulih.adapters.sources.network._inbox import Inbox, Message
from pulih.adapters.sources.network._phrases import Rule, first_match, names_of_rules
from pulih.adapters.sources.network._syslog_text import Frames, line_of
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Batch, Means, SourceKind

_CHUNK_BYTES: Final = 64 << 10
_CONNECTIONS_MAX: Final = 500


class SyslogSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a table [[source]] of kind "syslog"; docs/sources/network.md describes each."""

    senders: Senders
    rule: Annotated[tuple[Rule, ...], Meta(min_length=1, max_length=200, description="tables [[source.rule]]")]
    host: Annotated[tuple[Origin, ...], Meta(max_length=10_000, description="tables [[source.host]]")] = ()
    bind: Bind = "127.0.0.1"
    tcp_port: Port | None = None
    udp_port: Port | None = None
    operator: str = ""
    place: str = ""
    certificate_file: str = ""
    key_file: str = ""
    clients_file: str = ""


class Meaning(msgspec.Struct, frozen=True):
    """What a source makes of messages: its rules, its hosts, and whom all others belong to."""

    rules: tuple[Rule, ...]
    hosts: tuple[Origin, ...] = ()
    others: Origin = Origin(name="*")


def message_of(raw: bytes, meaning: Meaning, *, sender: str, now_us: int) -> Message | None:
    """Return what a message says to the desk, None when it says nothing that counts.

    Args:
        raw: as it came, without its frame.
        meaning: of messages.
        sender: address that it came from; stands for a host that names itself not.
        now_us: the desk's clock.

    >>> meaning = Meaning((Rule(name="link down", words=("link*down",)),))
    >>> message_of(b"<187>1 - core-1 lnk - - - Link 7 is down", meaning, sender="10.0.0.1", now_us=0).items[0].text
    'firing (Link 7 is down): link down. core-1'
    """
    try:
        line = line_of(raw)
    except RefusedInput as problem:
        return Message(refused=f"{sender}: {problem}")
    match = first_match(meaning.rules, line.text, severity=line.severity, app=line.app)
    if match is None:
        return None
    host = line.host or sender
    # A line without year and zone is the same on the same day only; one without any time, in the same minute.
    span_us = DAY_S * MICROS if line.host else 60 * MICROS
    when = b"" if line.at_us is not None else str(now_us // span_us).encode()
    item = alarm(
        match,
        origin_of(meaning.hosts, host, sender) or meaning.others,
        id=digest(raw, when),
        sender=host,
        detail=line.text,
        at_us=said_at(line.at_us, now_us),
    )
    return Message(items=(item,), filters=(match.rule.name,))


class Syslog:
    """Listens on one port of TCP, one of UDP, or both.

    Args:
        settings: of the table.
        means: of the source.

    Raises: RefusedInput when they cannot be meant.
    """

    def __init__(self, settings: SyslogSettings, means: Means) -> None:
        if settings.tcp_port is None and settings.udp_port is None:
            raise RefusedInput(f"{means.name}: no port; right would be tcp_port = 6514, udp_port = 5514, or both.")
        self._settings, self._means = settings, means
        self._door = Door(means.name, settings.senders)
        others = Origin(name="*", operator=settings.operator, place=settings.place)
        self._meaning = Meaning(settings.rule, settings.host, others)
        self._inbox = Inbox()
        self._connections: dict[asyncio.StreamWriter, asyncio.Task[Any] | None] = {}
        self._open: list[asyncio.Server | asyncio.DatagramTransport] = []

    async def listen(self, cursor: str) -> AsyncIterator[Batch]:  # noqa: ARG002 -- it has none
        """Yield what counts; a cursor means nothing to syslog. Raises OutsideFailed; RefusedInput."""
        self._inbox = Inbox()
        await self.close()
        try:
            await self._open_doors()
            async with contextlib.aclosing(self._inbox.batches()) as batches:
                async for batch in batches:
                    yield batch
        finally:
            await self.close()

    async def close(self) -> None:
        """Listen no more."""
        while self._open:
            self._open.pop().close()
        while self._connections:
            writer, task = self._connections.popitem()
            writer.close()
            # One that waits for room would wait for ever, since nobody takes anything out any more.
            if task is not None:
                task.cancel()

    async def _open_doors(self) -> None:
        told = self._settings
        loop = asyncio.get_running_loop()
        trust = self._trust()
        try:
            if told.tcp_port is not None:
                # A limit of the stream's own; a message is as long as its frame allows.
                self._open.append(await asyncio.start_server(self._connected, told.bind, told.tcp_port, ssl=trust))
            if told.udp_port is not None:
                made: Any = lambda: _Datagrams(self._datagram)  # noqa: E731 -- asyncio asks for a class of its own
                transport, _ = await loop.create_datagram_endpoint(made, local_addr=(told.bind, told.udp_port))
                self._open.append(transport)
        except OSError as problem:
            ports = " or ".join(str(one) for one in (told.tcp_port, told.udp_port) if one is not None)
            raise self._door.shut(f"{told.bind}, port {ports}", problem) from None

    def _trust(self) -> ssl.SSLContext | None:
        told = self._settings
        if not told.certificate_file:
            return None
        return _tls.of_server(self._means, told.certificate_file, told.key_file, told.clients_file)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sender = str(writer.get_extra_info("peername")[0])
        if not self._let_in(sender) or len(self._connections) >= _CONNECTIONS_MAX:
            writer.close()
            return
        self._connections[writer] = asyncio.current_task()
        frames = Frames()
        try:
            while brought := await reader.read(_CHUNK_BYTES):
                for raw in frames.take(brought):
                    if (message := self._heard(raw, sender)) is not None:
                        await self._inbox.put(message)
        except RefusedInput as problem:
            await self._inbox.put(Message(refused=f"{sender}: {problem} The connection was closed."))
        except (OSError, asyncio.CancelledError):
            # Cut, and the sender comes again; or the source closes, and asyncio would write an error down for it.
            return
        finally:
            self._connections.pop(writer, None)
            writer.close()

    def _datagram(self, raw: bytes, sender: str) -> None:
        if self._let_in(sender) and (message := self._heard(raw, sender)) is not None:
            self._inbox.offer(message)

    def _heard(self, raw: bytes, sender: str) -> Message | None:
        message = message_of(raw, self._meaning, sender=sender, now_us=self._means.clock.now_us())
        if message is None:
            self._inbox.lives()
        return message

    def _let_in(self, sender: str) -> bool:
        if self._door.lets_in(sender):
            return True
        if told := self._door.strange(sender):
            self._inbox.offer(Message(refused=told))
        return False


class _Datagrams:
    """Hands each datagram on; asyncio calls these by their names."""

    def __init__(self, heard: Callable[[bytes, str], None]) -> None:
        self._heard = heard

    def connection_made(self, transport: object) -> None:
        """Begin."""

    def connection_lost(self, problem: Exception | None) -> None:
        """End."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Take one."""
        self._heard(data, addr[0])

    def error_received(self, problem: OSError) -> None:
        """Go on: nothing is sent, so nothing of ours failed."""


KIND = SourceKind(
    name="syslog",
    settings=SyslogSettings,
    open=Syslog,
    says="Hears what routers, switches and servers write of themselves.",
    verified="rsyslog 8.2302 and logger over TCP and UDP; over TLS a client of OpenSSL",
    away="what a sender's own queue holds, over TCP; over UDP nothing",
    machines=True,
    filters=names_of_rules,
)
