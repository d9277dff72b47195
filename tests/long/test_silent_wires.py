"""A wire that carries nothing any more and never ends is noticed, and nothing that was said meanwhile is lost."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage
from typing import Any

from cut_wire import CutWire, cut_wire
from direct_sources import means, opened
from dovecot_server import dovecot
from message_centre import MessageCentre, messages

from pulih.adapters.sources.contract import Trial, listening
from pulih.adapters.sources.people import email, sms


def trial(kind: Any, secrets: dict[str, str], **keys: Any) -> Trial:
    return Trial(open=lambda: opened(kind, means(secrets=secrets), **keys), peer=None, wait_s=200)  # type: ignore[arg-type]


def letter(text: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Message-ID"] = "sari@example.id", f"<{text}@example.id>"
    mail.set_content(text)
    return mail.as_bytes()


def test_a_mail_server_behind_a_silent_wire_is_given_up_and_asked_again() -> None:
    async def run(wire: CutWire, deliver: Any) -> None:
        given = {
            "host": "127.0.0.1",
            "port": wire.port,
            "user": "care",
            "password_file": "p",
            "tls": "none",
            "wait_s": 5,
        }
        async with listening(trial(email.KIND, {"p": "sandi"}, **given), "0:0:0") as ear:
            await ear.until(lambda: ear.cursor != "0:0:0", "the mailbox is open")
            wire.freeze()
            deliver(letter("gelap"))
            await ear.until(lambda: bool(ear.errors), "the silence is noticed")
            wire.heal()
            await ear.until(lambda: list(ear.heard.values()) == ["gelap"], "it is heard")

    with dovecot() as server, cut_wire(server.port) as wire:
        asyncio.run(run(wire, server.deliver))


def test_a_message_centre_behind_a_silent_wire_is_given_up_and_nothing_it_keeps_is_lost() -> None:
    async def run() -> None:
        centre = MessageCentre()
        await centre.begin()
        with cut_wire(centre.port) as wire:
            given = {"host": "127.0.0.1", "port": wire.port, "system_id": "a", "password_file": "p", "tls": False}
            async with listening(trial(sms.KIND, {"p": "sandi"}, **given, enquire_s=2), "0") as ear:
                await ear.until(lambda: centre.bound == 1, "the session begins")
                wire.freeze()
                centre.give(*messages("gelap"))
                await ear.until(lambda: bool(ear.errors), "the silence is noticed")
                wire.heal()
                await ear.until(lambda: list(ear.heard.values()) == ["gelap"], "it is heard")
                await ear.until(lambda: not centre.unanswered(), "it is acknowledged")
        await centre.end()

    asyncio.run(run())
