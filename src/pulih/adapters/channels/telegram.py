"""Telegram: a message to a chat that asked for it, through the desk's own bot (requirement T4).

Telegram knows no id of ours: a desk that is killed between Telegram's answer and its own note of it cannot tell whether
the message is there. So the outbox, and not this channel, decides whether it is tried again.

Source: Telegram Bot API, sendMessage and its errors (docs/channels.md).
"""

from __future__ import annotations

import re
from types import ModuleType
from typing import TYPE_CHECKING, Final

from pulih.adapters.channels.missing import missing
from pulih.adapters.channels.text import with_link
from pulih.model.errors import RefusedInput
from pulih.ports.channels import ChannelKind, Message, Outcome

if TYPE_CHECKING:
    from aiogram import Bot

API: Final = "https://api.telegram.org"
TEXT_MAX: Final = 4096
_CHAT: Final = re.compile(r"-?[0-9]{1,19}|@[A-Za-z][A-Za-z0-9_]{3,31}")
_TIMEOUT_S: Final = 15.0


def telegram_bot(token: str, api: str) -> tuple[Bot, ModuleType]:
    """Return a bot, and the errors that it may raise.

    Args:
        token: as BotFather gave it.
        api: where its interface is reached.

    Raises: OutsideFailed when the package is missing; RefusedInput when the token is none.
    """
    try:
        from aiogram import Bot, exceptions  # noqa: PLC0415 -- optional
        from aiogram.client.session.aiohttp import AiohttpSession  # noqa: PLC0415 -- optional
        from aiogram.client.telegram import TelegramAPIServer  # noqa: PLC0415 -- optional
        from aiogram.utils.token import TokenValidationError  # noqa: PLC0415 -- optional
    except ImportError:
        raise missing("Telegram", "telegram") from None
    session = AiohttpSession(api=TelegramAPIServer.from_base(api), timeout=_TIMEOUT_S)
    try:
        return Bot(token, session=session), exceptions
    except TokenValidationError:
        raise RefusedInput(
            "the token of the Telegram bot is none; right would be what BotFather gave, digits:letters"
        ) from None


class Telegram:
    """Sends as one bot.

    Args:
        token: of the bot, as BotFather gave it.
        api: where its interface is reached; an own Bot API server, or Telegram's.

    Raises: OutsideFailed when the package is missing; RefusedInput when the token is none.
    """

    def __init__(self, token: str, *, api: str = API) -> None:
        self._bot, self._errors = telegram_bot(token, api)

    @property
    def kind(self) -> ChannelKind:
        """Return what it carries."""
        return "telegram"

    async def send(self, message: Message) -> Outcome:
        """Try once to hand over a message."""
        if _CHAT.fullmatch(message.address) is None:
            return Outcome("refused", "its address is no chat; right would be a number, or @ and a channel's name")
        text = with_link(message)
        if len(text) > TEXT_MAX:
            return Outcome("refused", f"it has {len(text):,} letters, and Telegram takes {TEXT_MAX:,}")
        errors = self._errors
        try:
            # Only when Telegram has answered with the message that it keeps does this return.
            await self._bot.send_message(message.address, text)
        except errors.TelegramRetryAfter as error:
            return Outcome("later", "Telegram asks to wait", float(error.retry_after))
        except (errors.TelegramForbiddenError, errors.TelegramBadRequest, errors.TelegramMigrateToChat) as error:
            # Blocked, which ends it; no such chat, or a group with another id since.
            blocked = isinstance(error, errors.TelegramForbiddenError)
            return Outcome("refused", f"Telegram refuses it ({type(error).__name__})", gone=blocked)
        except errors.AiogramError as error:
            return Outcome("later", f"Telegram did not take it ({type(error).__name__})")
        return Outcome("sent")

    async def close(self) -> None:
        """Give connections back."""
        await self._bot.session.close()
