"""Sends all that an outbox holds, as a desk does, and tells how long it took. Arguments: database, port."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path
from zoneinfo import ZoneInfo

from pulih.adapters.channels.email import EmailChannel, MailServer
from pulih.adapters.channels.mail_text import Sender
from pulih.adapters.handover_marks import HandoverMarks
from pulih.adapters.machine_time import this_machine
from pulih.adapters.sql.engine import open_engine
from pulih.adapters.sql.outbox_store import SqlOutbox
from pulih.communicate.speech import Speech
from pulih.serve.clocks import WorldClock
from pulih.service.messages import Messages
from pulih.service.sending import Lane, Sending
from pulih.service.subscription_tokens import token_of

KEY = b"k" * 32


async def send_all(url: str, port: int) -> None:
    """Send until nothing waits."""
    outbox, clock = SqlOutbox(open_engine(url, "desk")), WorldClock()
    sender = Sender(name="Meja", address="kabar@meja.example.id")
    channel = EmailChannel(MailServer(host="127.0.0.1", port=port, security="none"), sender, clock)
    messages = Messages(
        "Meja",
        "https://meja.example.id",
        Speech(zone=ZoneInfo("Asia/Jakarta")),
        manage=lambda one: token_of(KEY, "manage", one),
        confirm=lambda one: token_of(KEY, "confirm", one),
        code=lambda _: "012345",
        secret=lambda _: "",
    )
    marks = HandoverMarks(Path(url.removeprefix("sqlite:///")).with_name("handovers"), this_machine().boot)
    sending = Sending(outbox, {"email": Lane(channel=channel)}, messages=messages.message, handovers=marks, clock=clock)
    begun, cpu_s = time.perf_counter(), time.process_time()
    running = asyncio.create_task(sending.run())
    while (await asyncio.to_thread(outbox.waiting)) and not running.done():
        await asyncio.sleep(0.5)
    sending.stop()
    await running
    took_s, sent = time.perf_counter() - begun, sending.now()[0].sent
    each_ms = 1e3 * (time.process_time() - cpu_s) / max(sent, 1)
    sys.stdout.write(f"{sent:,} sent in {took_s:.1f} s, {sent / took_s:,.0f}/s, {each_ms:.2f} ms of CPU each\n")


if __name__ == "__main__":
    asyncio.run(send_all(sys.argv[1], int(sys.argv[2])))
