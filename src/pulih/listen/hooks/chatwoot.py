"""Chatwoot: one report for each message that a customer writes, from the event `message_created`.

Answers of agents, private notes, activities and templates give no report, nor do other events.

Source: Chatwoot user guide, webhooks; developer documentation, message payload.
"""

from __future__ import annotations

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked, moment, read
from pulih.listen.hooks.plain import plain

_EVENT = "message_created"
# The word in payloads of today, the number in older ones.
_INCOMING = ("incoming", 0)


class _Sender(msgspec.Struct, frozen=True):
    id: int | None = None


class _Event(msgspec.Struct, frozen=True):
    event: str


class Message(msgspec.Struct, frozen=True):
    """A message, in an event and in answers of the interface."""

    id: int | str
    content: str | None = None
    created_at: str | int | None = None
    message_type: str | int | None = None
    private: bool | None = None
    sender: _Sender | None = None
    contact: _Sender | None = None


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return the report of a customer's message, or none for anything else.

    Args:
        body: the event.
        delivery: where it came to.

    Raises: RefusedInput when it is no event of Chatwoot.

    >>> body = b'{"event": "message_created", "id": "1", "content": "wifi mati", "message_type": "incoming",'
    >>> body += b'"created_at": "2025-10-03 01:48:57 UTC", "sender": {"id": 7}}'
    >>> [one] = reports(body, Delivery(source="chat"))
    >>> one.id, one.at, one.author
    ('message:1', '2025-10-03T01:48:57Z', 'chat:7')
    """
    if read(body, _Event, "an event of Chatwoot").event != _EVENT:
        return []
    one = said(read(body, Message, "an event message_created of Chatwoot"), delivery.source)
    return [one] if one is not None else []


def said(message: Message, source: str) -> Hooked | None:
    """Return the report of a message, however it was learnt of; None where no customer wrote it, or no words.

    Args:
        message: of a conversation.
        source: under which it is heard.
    """
    text = plain(message.content or "")
    if message.message_type not in _INCOMING or message.private or not text:
        return None
    writer = message.sender or message.contact
    return Hooked(
        id=f"message:{message.id}",
        source=source,
        at=moment(str(message.created_at or "")),
        text=text,
        author=f"{source}:{writer.id}" if writer and writer.id else "",
    )
