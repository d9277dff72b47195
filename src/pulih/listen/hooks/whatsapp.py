"""WhatsApp: one report for each message with words, from the field `messages` of the WhatsApp Business Cloud API.

People may hide their number behind a name; then an id that they have with this business alone says who wrote.
Words are a text, an answer to a button or a list, or what stands under a picture, a film or a document. Receipts of
what the business sent, and other fields, give no report.

Source: Meta for developers, WhatsApp Business Platform, webhooks reference, messages.
"""

from __future__ import annotations

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked, each, moment, read
from pulih.listen.hooks.plain import plain
from pulih.model.errors import RefusedInput

OBJECT = "whatsapp_business_account"
_FIELD = "messages"


class _Words(msgspec.Struct, frozen=True):
    """Any part of a message that may hold words: each kind names them differently."""

    body: str = ""
    text: str = ""
    caption: str = ""
    title: str = ""

    def said(self) -> str:
        return self.body or self.text or self.caption or self.title


_SILENT = _Words()


class _Interactive(msgspec.Struct, frozen=True):
    button_reply: _Words = _SILENT
    list_reply: _Words = _SILENT


class _Message(msgspec.Struct, frozen=True):
    id: str
    sender: str = msgspec.field(name="from", default="")
    # Of people who show a name and not their number, the only thing that is told.
    from_user_id: str = ""
    timestamp: str = ""
    text: _Words = _SILENT
    button: _Words = _SILENT
    image: _Words = _SILENT
    video: _Words = _SILENT
    document: _Words = _SILENT
    interactive: _Interactive = _Interactive()

    def said(self) -> str:
        parts = (self.text, self.button, self.image, self.video, self.document)
        chosen = (self.interactive.button_reply, self.interactive.list_reply)
        return next((part.said() for part in (*parts, *chosen) if part.said()), "")


class _Value(msgspec.Struct, frozen=True):
    messages: list[msgspec.Raw] = []


class _Change(msgspec.Struct, frozen=True):
    field: str
    value: msgspec.Raw


class _Entry(msgspec.Struct, frozen=True):
    changes: list[_Change] = []


class _Payload(msgspec.Struct, frozen=True):
    object: str
    entry: list[_Entry] = []


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return one report for each message with words.

    Args:
        body: the notification.
        delivery: where it came to.

    Raises: RefusedInput when it is no notification of a WhatsApp business account.

    >>> message = b'{"from": "6281200000001", "id": "wamid.A", "timestamp": "1759456080", "text": {"body": "mati"}}'
    >>> change = b'{"field": "messages", "value": {"messages": [' + message + b']}}'
    >>> body = b'{"object": "whatsapp_business_account", "entry": [{"changes": [' + change + b']}]}'
    >>> [one] = reports(body, Delivery(source="wa"))
    >>> one.id, one.at, one.text
    ('wamid.A', '2025-10-03T01:48:00Z', 'mati')
    """
    told = read(body, _Payload, "a notification of WhatsApp")
    if told.object != OBJECT:
        raise RefusedInput(f'The notification is of "{told.object[:40]}"; right would be "{OBJECT}".')
    values = [
        read(bytes(change.value), _Value, "the field messages of a notification of WhatsApp")
        for entry in told.entry
        for change in entry.changes
        if change.field == _FIELD
    ]
    messages = [message for value in values for message in value.messages]
    return each(messages, _Message, "a message of WhatsApp", lambda _, one: _report(one, delivery.source))


def _report(message: _Message, source: str) -> Hooked | None:
    """Return the report of a message, None where it has no words."""
    if not message.said().strip():
        return None
    return Hooked(
        id=message.id,
        source=source,
        at=moment(message.timestamp),
        text=plain(message.said()),
        author=message.sender or message.from_user_id,
    )
