"""WhatsApp talk: who writes MULAI or BERHENTI to the desk's number is subscribed or told no more, and is answered.

What is written comes through the signed hook, among the complaints; what is no command goes on as a complaint. Whoever
writes has opened the window of 24 hours in which plain words may be answered, so the answer needs no template. An
answer that WhatsApp does not take is tried twice more and then left: what was asked for is done, and asking again
tells it.

Source: Meta for developers, WhatsApp Business Platform, customer service windows.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence
from typing import Final

import msgspec

from pulih.adapters.channels.whatsapp import Account, WhatsApp
from pulih.communicate.chat_commands import language_of
from pulih.listen.hooks.hooked import Hooked
from pulih.ports.channels import Message
from pulih.service.chat_subscribing import ChatSubscribing

_WAITING_MAX: Final = 1_000
_WAITS_S: Final = (0.0, 2.0, 10.0)


class WhatsAppTalk:
    """Listens to one number.

    Args:
        chat: does what is asked for.
        account: of the number; its template is not used.
    """

    def __init__(self, chat: ChatSubscribing, account: Account) -> None:
        self._chat, self._account = chat, msgspec.structs.replace(account, template="")
        self._answers: deque[Message] = deque(maxlen=_WAITING_MAX)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._changed = asyncio.Event()

    def hear(self, told: Sequence[Hooked]) -> list[Hooked]:
        """Do what is asked for, and return what may be a complaint; any thread may call it.

        Raises: OutsideFailed when the store cannot be written; Meta delivers again then, and doing it twice is no harm.
        """
        return [one for one in told if self._is_complaint(one)]

    async def run(self) -> None:
        """Answer until cancelled."""
        self._loop, self._changed = asyncio.get_running_loop(), asyncio.Event()
        channel = WhatsApp(self._account)
        try:
            while True:
                self._changed.clear()
                while self._answers:
                    await _answer(channel, self._answers.popleft())
                await self._changed.wait()
        finally:
            self._loop = None
            await channel.close()

    def _is_complaint(self, said: Hooked) -> bool:
        if not (said.author.isascii() and said.author.isdecimal()):
            return True
        address, language = f"+{said.author}", language_of(said.text)
        heard = self._chat.hear("whatsapp", address, said.text, language)
        if heard.answer:
            self._answers.append(Message(id=said.id, address=address, language=language, text=heard.answer))
            loop = self._loop
            if loop is not None:
                # A loop that ended meanwhile answers when it begins again.
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._changed.set)
        return heard.complaint


async def _answer(channel: WhatsApp, message: Message) -> None:
    for wait_s in _WAITS_S:
        await asyncio.sleep(wait_s)
        if (await channel.send(message)).fate != "later":
            return
