"""E-mail over SMTP: a few connections that stay open, and "sent" only after the server took the message over.

The server takes over with its answer to the dot that ends a message, and only the dot cannot be taken back: all else
goes before, so that a desk that is cut off knows of nearly every message whether it is out. A connection that is lost
after the dot leaves that open; the message is then tried again under the same Message-ID, as RFC 5321 asks.
Source: RFC 5321, 4.2.1 (reply codes), 4.5.2 (dots), 4.5.3.2 (timeouts); RFC 1047.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Final, Literal

import aiosmtplib
import msgspec

from pulih.adapters.channels.mail_text import Sender, mail_of
from pulih.ports.channels import ChannelKind, Message, Outcome
from pulih.ports.clock import Clock

Security = Literal["starttls", "tls", "none"]
_TIMEOUT_S: Final = 30.0
# A server may think for long about a whole message (RFC 5321: ten minutes); we wait for two.
_DOT_S: Final = 120.0
# Some servers take so many messages on a connection and no more.
_MAILS_MAX: Final = 500
_ADDRESS: Final = re.compile(r"[^\s<>@]+@[^\s<>@]+")
_DOT_FIRST: Final = re.compile(rb"(?m)^\.")
_GOES_ON: Final = 354
_TAKEN: Final = 250


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """Where mail is handed over: a server, how the line is secured, and as whom the desk signs in, "" as nobody."""

    host: str
    port: int = 587
    security: Security = "starttls"
    user: str = ""
    password: str = ""


class EmailChannel:
    """Implements `ports.channels.CarefulChannel` for e-mail; for one event loop.

    Args:
        server: where mail is handed over.
        sender: as whom the desk writes.
        clock: the desk's.
    """

    def __init__(self, server: MailServer, sender: Sender, clock: Clock) -> None:
        self._server, self._sender, self._clock = server, sender, clock
        self._idle: list[_Line] = []

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "email"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        return await self.hand_over(message, _at_once)

    async def hand_over(self, message: Message, ready: Callable[[], Awaitable[None]]) -> Outcome:
        """Try once to hand over a message; waits for `ready` right before the dot that ends it."""
        try:
            content = mail_of(message, self._sender, self._clock.now_us())
        except ValueError:
            return Outcome("refused", "No mail can be written to that address.")
        try:
            line = await self._line()
        except (aiosmtplib.SMTPException, OSError) as problem:
            return Outcome("later", f"The mail server cannot be used: {_plain(problem)}")
        try:
            outcome = await _transfer(line.smtp, (self._sender.address, message.address, content), ready)
        except (aiosmtplib.SMTPException, OSError) as problem:
            line.smtp.close()
            return Outcome("later", f"The connection to the mail server was lost: {_plain(problem)}")
        except BaseException:
            # What it was told by now must not become part of the next message.
            line.smtp.close()
            raise
        line.mails += 1
        await self._keep(line)
        return outcome

    async def close(self) -> None:
        """Give connections back."""
        while self._idle:
            await _leave(self._idle.pop().smtp)

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if line.smtp.is_connected:
                return line
        return _Line(await self._connected())

    async def _keep(self, line: _Line) -> None:
        if not line.smtp.is_connected:
            return
        if line.mails >= _MAILS_MAX:
            await _leave(line.smtp)
            return
        self._idle.append(line)

    async def _connected(self) -> aiosmtplib.SMTP:
        server = self._server
        smtp = aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            timeout=_TIMEOUT_S,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
        )
        await smtp.connect()
        try:
            if server.user:
                await smtp.login(server.user, server.password)
        except BaseException:
            smtp.close()
            raise
        return smtp


class _Line(msgspec.Struct):
    """A connection, and how many mails went over it."""

    smtp: aiosmtplib.SMTP
    mails: int = 0


async def _transfer(
    smtp: aiosmtplib.SMTP, envelope: tuple[str, str, bytes], ready: Callable[[], Awaitable[None]]
) -> Outcome:
    """Hand one mail over on an open connection.

    Raises: SMTPException or OSError when the connection is lost, or can be used no more.
    """
    sender, receiver, content = envelope
    try:
        await smtp.mail(sender)
        await smtp.rcpt(receiver)
        told = await smtp.execute_command(b"DATA")
    except aiosmtplib.SMTPRecipientRefused as refusal:
        await smtp.rset()
        return _answered(refusal.code, refusal.message)
    except aiosmtplib.SMTPSenderRefused as refusal:
        # Not the reader's fault, so nobody is given up for it.
        await smtp.rset()
        return Outcome("later", f"The mail server does not take mail from this desk: {_said(refusal)}")
    if told.code != _GOES_ON:
        await smtp.rset()
        return _answered(told.code, told.message)
    if smtp.protocol is None:
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    smtp.protocol.write(_DOT_FIRST.sub(b"..", content))
    await ready()
    told = await smtp.execute_command(b".", timeout=_DOT_S)
    return Outcome("sent") if told.code == _TAKEN else _answered(told.code, told.message)


def _answered(code: int, words: str) -> Outcome:
    """Return what an answer of a server means: 5 at its beginning is for good, all else may change."""
    said = f"The mail server said {code}: {_plain(words)}"
    return Outcome("refused" if 500 <= code < 600 else "later", said)


def _said(answer: aiosmtplib.SMTPResponseException) -> str:
    return f"{answer.code} {_plain(answer.message)}"


def _plain(words: object) -> str:
    """Return what was said without addresses and on one line.

    >>> _plain("5.1.1 <ayu@example.id>: unknown")
    '5.1.1 <...>: unknown'
    """
    return _ADDRESS.sub("...", " ".join(str(words).split()))[:200]


async def _leave(smtp: aiosmtplib.SMTP) -> None:
    """Say goodbye; whoever is gone already is gone."""
    try:
        await smtp.quit()
    except (aiosmtplib.SMTPException, OSError):
        smtp.close()


async def _at_once() -> None:
    """Wait for nothing."""
