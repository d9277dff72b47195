"""A real SMTP server on this machine that keeps what it is given, and answers as a test tells it to."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mail(msgspec.Struct):
    """One mail that was taken over: by which connection it came, to whom, and its bytes."""

    peer: object
    to: str
    content: bytes

    def read(self) -> EmailMessage:
        found = message_from_bytes(self.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found


class Sink:
    """Answers as `mail`, `receiver` and `data` say (an address in, an answer out), and keeps mail in `mails`."""

    def __init__(self) -> None:
        self.mails: list[Mail] = []
        self.mail: Callable[[str], str] = lambda _: "250 OK"
        self.receiver: Callable[[str], str] = lambda _: "250 OK"
        self.data: Callable[[str], str] = lambda _: "250 Taken"
        self.taken = threading.Condition()

    # aiosmtpd calls these by name, with these arguments in this order.
    async def handle_MAIL(  # noqa: N802, PLR0917
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.mail(address)

    async def handle_RCPT(  # noqa: N802, PLR0917
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.receiver(address)
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.data(envelope.rcpt_tos[0])
        if answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            with self.taken:
                self.mails.append(Mail(session.peer, envelope.rcpt_tos[0], envelope.content))
                self.taken.notify_all()
        return answer

    def wait_for(self, count: int, *, within_s: float = 30) -> None:
        """Wait until so many mails are there."""
        with self.taken:
            assert self.taken.wait_for(lambda: len(self.mails) >= count, within_s), f"{len(self.mails)} of {count}"

    def by_reader(self) -> Counter[str]:
        """Return how many mails each address got."""
        return Counter(mail.to for mail in self.mails)


@contextmanager
def mail_server(sink: Sink, **settings: Any) -> Iterator[int]:
    """Serve a sink, and give its port; `settings` are those of aiosmtpd's SMTP."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def begin() -> asyncio.Server:
        return await loop.create_server(lambda: SMTP(sink, hostname="localhost", loop=loop, **settings), "127.0.0.1", 0)

    async def end() -> None:
        server.close()
        others = [one for one in asyncio.all_tasks() if one is not asyncio.current_task()]
        for one in others:
            one.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    server = asyncio.run_coroutine_threadsafe(begin(), loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
