"""Updates: what people wrote to a bot of Telegram, one by one, so that one that cannot be read stops no other.

Source: Telegram Bot API, Update, Message.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.model.clock import MICROS
from pulih.model.subscription import Language


class _User(msgspec.Struct, frozen=True):
    id: int
    is_bot: bool = False
    language_code: str = ""


class _Chat(msgspec.Struct, frozen=True):
    id: int
    type: str = "private"


class _Message(msgspec.Struct, frozen=True):
    message_id: int
    date: int
    chat: _Chat
    sender: _User | None = msgspec.field(name="from", default=None)
    text: str = ""
    caption: str = ""


class _Number(msgspec.Struct, frozen=True):
    update_id: int


class _Update(msgspec.Struct, frozen=True):
    message: _Message | None = None


class Answer(msgspec.Struct, frozen=True):
    """What getUpdates answers."""

    result: list[msgspec.Raw]


class Said(msgspec.Struct, frozen=True):
    """What somebody wrote.

    Attributes:
        id: unique for the bot.
        chat, private: where it was written, and whether to the bot alone.
        author: who wrote it.
        language: of the answer.
        at_us: when, microseconds.
        text: of the message, or what stands under its picture.
    """

    id: str
    chat: str
    private: bool
    author: str
    language: Language
    at_us: int
    text: str


def updates_read(updates: Sequence[msgspec.Raw]) -> tuple[list[Said], list[str], int]:
    """Return what was written, a sentence for each update that cannot be read, and the number to go on from.

    >>> update = b'{"update_id": 5, "message": {"message_id": 2, "date": 9, "chat": {"id": 3}, "text": "mati"}}'
    >>> told, refused, onward = updates_read([msgspec.Raw(update), msgspec.Raw(b'{"update_id": 6, "message": 1}')])
    >>> told[0].id, told[0].text, len(refused), onward
    ('3/2', 'mati', 1, 7)
    """
    told, refused, onward = list[Said](), list[str](), 0
    for raw in updates:
        try:
            onward = max(onward, msgspec.json.decode(raw, type=_Number).update_id + 1)
            message = msgspec.json.decode(raw, type=_Update).message
        except (msgspec.DecodeError, UnicodeDecodeError) as problem:
            refused.append(f"a message of Telegram that cannot be read: {problem}")
            continue
        if message is None or not (message.text or message.caption).strip():
            continue
        sender = message.sender
        if sender is not None and sender.is_bot:
            continue
        chat = str(message.chat.id)
        told.append(
            Said(
                id=f"{chat}/{message.message_id}",
                chat=chat,
                private=message.chat.type == "private",
                author=str(sender.id) if sender else chat,
                language="en" if sender and sender.language_code.startswith("en") else "id",
                at_us=message.date * MICROS,
                text=message.text or message.caption,
            )
        )
    return told, refused, onward
