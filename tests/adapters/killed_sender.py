"""Sends what an outbox holds, in a process of its own, and kills itself at a stage of one delivery when told to.

Arguments: the database's address, the port of the mail server, a stage, and the number of the delivery. Stages:
`leased` (before anything was told to the server), `handing` (it is on the disk that it is handed over, and the dot was
not sent), `taken` (the server took it, and nothing was written), `never`.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from zoneinfo import ZoneInfo

from pulih.adapters.channels.email import EmailChannel, MailServer
from pulih.adapters.channels.mail_text import Sender
from pulih.adapters.handover_marks import HandoverMarks
from pulih.adapters.machine_time import this_machine
from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.communicate.speech import Speech
from pulih.ports.channels import Message, Outcome
from pulih.serve.clocks import WorldClock
from pulih.service.messages import Messages
from pulih.service.sending import Lane, Sending


class KilledChannel(EmailChannel):
    """E-mail that dies at a stage of the delivery of that number."""

    def __init__(self, port: int, stage: str, number: int) -> None:
        sender = Sender(name="Meja", address="kabar@meja.example.id")
        super().__init__(MailServer(host="127.0.0.1", port=port, security="none"), sender, WorldClock())
        self._stage, self._left = stage, number

    async def hand_over(self, message: Message, ready: Callable[[], Awaitable[None]]) -> Outcome:
        self._left -= 1
        mine = self._left == 0

        async def watched() -> None:
            await ready()
            if mine and self._stage == "handing":
                die()

        if mine and self._stage == "leased":
            die()
        outcome = await super().hand_over(message, watched)
        if mine and self._stage == "taken":
            die()
        return outcome


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def send_all(url: str, channel: KilledChannel) -> None:
    outbox = SqlOutbox(open_engine(url, "desk"))
    made = Messages(
        "Meja",
        "https://meja.example.id",
        Speech(zone=ZoneInfo("Asia/Jakarta")),
        manage=lambda one: f"{one}.m",
        confirm=lambda one: f"{one}.c",
        code=lambda _: "012345",
        secret=lambda _: "",
    )
    marks = HandoverMarks(Path(url.removeprefix("sqlite:///")).with_name("handovers"), this_machine().boot)
    sending = Sending(
        outbox,
        {"email": Lane(channel=channel, at_once=8)},
        messages=made.message,
        handovers=marks,
        clock=WorldClock(),
    )
    running = asyncio.create_task(sending.run())
    while outbox.waiting() and not running.done():
        await asyncio.sleep(0.05)
    sending.stop()
    await running


if __name__ == "__main__":
    asyncio.run(send_all(sys.argv[1], KilledChannel(int(sys.argv[2]), sys.argv[3], int(sys.argv[4]))))
