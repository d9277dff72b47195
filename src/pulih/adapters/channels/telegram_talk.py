"""Telegram talk: what people write to the desk's bot, asked for by the desk itself, so that no address need be public.

Telegram keeps what was written until it is asked for what comes after it. So a message is answered before the next is
asked for, and one that came while the desk was away is answered when it is back.

Source: Telegram Bot API, getUpdates.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from pulih.adapters.channels.telegram import API, telegram_bot
from pulih.model.errors import PulihError
from pulih.ports.channels import Language

if TYPE_CHECKING:
    from aiogram.types import Message

# Address of the chat, what was written, the writer's language; returns the answer, "" for none.
Answer = Callable[[str, str, Language], Awaitable[str]]
# So long Telegram holds a question for which nothing was written yet.
_HELD_S: Final = 25
_AGAIN_S: Final = 5.0


class TelegramTalk:
    """Listens to one bot.

    Args:
        token: of the bot.
        api: where its interface is reached.
        held_s: seconds for which a question is held.
        again_s: seconds after which it is asked again when that failed.

    Raises: OutsideFailed when the package is missing; RefusedInput when the token is none.
    """

    def __init__(self, token: str, *, api: str = API, held_s: int = _HELD_S, again_s: float = _AGAIN_S) -> None:
        self._bot, self._errors = telegram_bot(token, api)
        self._held_s, self._again_s = held_s, again_s
        self._next: int | None = None

    async def run(self, answer: Answer) -> None:
        """Answer what is written until cancelled."""
        try:
            while True:
                try:
                    await self._turn(answer)
                except (self._errors.AiogramError, PulihError):
                    # Telegram is away, or the desk's own store is; what was written waits at Telegram.
                    await asyncio.sleep(self._again_s)
        finally:
            await self._bot.session.close()

    async def _turn(self, answer: Answer) -> None:
        updates = await self._bot.get_updates(
            offset=self._next,
            timeout=self._held_s,
            allowed_updates=["message"],
            request_timeout=self._held_s + 15,
        )
        for update in updates:
            if update.message is not None and update.message.text:
                await self._answered(update.message, answer)
            self._next = update.update_id + 1

    async def _answered(self, message: Message, answer: Answer) -> None:
        writer = message.from_user.language_code if message.from_user else None
        language: Language = "en" if (writer or "id").startswith("en") else "id"
        said = await answer(str(message.chat.id), message.text or "", language)
        if not said:
            return
        try:
            await self._bot.send_message(message.chat.id, said)
        except (self._errors.TelegramForbiddenError, self._errors.TelegramBadRequest):
            # Whoever wrote has blocked the bot since; what was asked is done.
            return
