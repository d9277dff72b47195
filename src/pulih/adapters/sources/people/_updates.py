"""Updates: what people wrote to a bot of Telegram, one by one, so that one that cannot be read stops no other.

Source: Telegram Bot API, Update, Message.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pulih.adapters.sources.troubles import UNREADABLE
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


class _Pressed(msgspec.Struct, frozen=True):
    id: str
    sender: _User = msgspec.field(name="from")
    message: _Message | None = None
    data: str = ""


class _Update(msgspec.Struct, frozen=True):
    message: _Message | None = None
    edited_message: _Message | None = None
    callback_query: _Pressed | None = None


class Pressed(msgspec.Struct, frozen=True):
    """Which button somebody pressed: its data, what Telegram calls the pressing, and the message under which it is."""

    data: str
    call: str
    message: int


class Answer(msgspec.Struct, frozen=True):
    """What getUpdates answers."""

    result: list[msgspec.Raw]


class Said(msgspec.Struct, frozen=True):
    """What somebody wrote, or which button they pressed.

    Attributes:
        id: unique for the bot.
        chat, private: where it was written, and whether to the bot alone.
        author: who wrote it.
        language: of the answer.
        at_us: when, microseconds.
        text: of the message, or what stands under its picture.
        edited: whether it stands in the place of other words, under the same id.
        pressed: the button, None of a message; nobody tells when it was pressed.
    """

    id: str
    chat: str
    private: bool
    author: str
    language: Language
    at_us: int
    text: str
    edited: bool = False
    pressed: Pressed | None = None


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
            update = msgspec.json.decode(raw, type=_Update)
        except UNREADABLE as problem:
            refused.append(f"a message of Telegram that cannot be read: {problem}")
            continue
        if update.callback_query is not None and (button := _button(update.callback_query)) is not None:
            told.append(button)
        message = update.message or update.edited_message
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
                language=_language(sender),
                at_us=message.date * MICROS,
                text=message.text or message.caption,
                edited=update.message is None,
            )
        )
    return told, refused, onward


def _button(pressed: _Pressed) -> Said | None:
    """Return the button that somebody pressed, None where its message is gone."""
    if pressed.message is None or not pressed.data:
        return None
    chat = pressed.message.chat
    return Said(
        id=f"{chat.id}/{pressed.id}",
        chat=str(chat.id),
        private=chat.type == "private",
        author=str(pressed.sender.id),
        language=_language(pressed.sender),
        at_us=0,
        text="",
        pressed=Pressed(pressed.data, pressed.id, pressed.message.message_id),
    )


def _language(sender: _User | None) -> Language:
    return "en" if sender and sender.language_code.startswith("en") else "id"
