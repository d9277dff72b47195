"""Zendesk: one report for what a customer wrote, from ticket events or from the JSON that a trigger is told to send.

A webhook of Zendesk is either subscribed to events, whose payload Zendesk lays down, or connected to a trigger, whose
body an administrator writes; for that, docs/api.md gives a body with the fields of a report. Where events of tickets
and of comments are both subscribed, the first comment comes twice: as a description and as a comment. Both get the id
of the ticket, and the second is a repeat.

Source: Zendesk developer documentation, webhook event types, ticket events.
"""

from __future__ import annotations

import msgspec

from pulih.listen.hooks import standard
from pulih.listen.hooks.hooked import Delivery, Hooked, moment, read
from pulih.listen.hooks.plain import joined, plain

_EVENT = "zen:event-type:"
_CREATED = _EVENT + "ticket.created"
_COMMENTED = _EVENT + "ticket.comment_added"


class Author(msgspec.Struct, frozen=True):
    """Who wrote a comment."""

    id: str | int = ""
    is_staff: bool | None = None


class Comment(msgspec.Struct, frozen=True):
    """What somebody wrote in a ticket."""

    id: str | int
    body: str = ""
    author: Author = Author()
    is_public: bool = True


class _Event(msgspec.Struct, frozen=True):
    comment: Comment | None = None


class Detail(msgspec.Struct, frozen=True):
    """A ticket, in an event and in answers of the interface."""

    id: str | int = ""
    description: str | None = None
    subject: str | None = None
    requester_id: str | int | None = None
    created_at: str | None = None


class _Kind(msgspec.Struct, frozen=True):
    type: str = ""


class _Payload(msgspec.Struct, frozen=True):
    detail: Detail
    event: _Event = _Event()
    time: str = ""


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return the report of a new ticket or of a customer's comment, or none for any other event.

    Args:
        body: the event, or the JSON of a trigger with the fields of a report.
        delivery: where it came to.

    Raises: RefusedInput when it is neither.

    >>> body = b'{"type": "zen:event-type:ticket.created", "time": "2025-10-03T01:48:10Z",'
    >>> body += b'"detail": {"id": "5158", "subject": "Internet mati", "description": "sejak pagi"}}'
    >>> [one] = reports(body, Delivery(source="care"))
    >>> one.id, one.at, one.text
    ('ticket:5158', '2025-10-03T01:48:10Z', 'Internet mati. sejak pagi')
    """
    kind = read(body, _Kind, "a JSON object of a Zendesk webhook").type
    if not kind.startswith(_EVENT):
        return standard.reports(body, delivery)
    if kind not in (_CREATED, _COMMENTED):
        return []
    told = read(body, _Payload, "a ticket event of Zendesk")
    comment = told.event.comment
    if kind == _CREATED or (comment is not None and is_first(comment, told.detail)):
        return [opened(told.detail, delivery.source, at=told.time)]
    one = commented(comment, delivery.source, at=told.time) if comment is not None else None
    return [one] if one is not None else []


def opened(detail: Detail, source: str, *, at: str = "") -> Hooked:
    """Return the report of a ticket that was opened, however it was learnt of.

    Args:
        detail: of the ticket.
        source: under which it is heard.
        at: when that was told, for a ticket that does not say when it was opened.
    """
    return Hooked(
        id=f"ticket:{detail.id}",
        source=source,
        at=moment(detail.created_at or "") or moment(at),
        text=joined(plain(detail.subject or ""), plain(detail.description or "")),
        author=_author(source, detail.requester_id),
    )


def commented(comment: Comment, source: str, *, at: str) -> Hooked | None:
    """Return the report of a comment, however it was learnt of; None for what staff wrote, or only staff may read.

    Args:
        comment: that is not the description of the ticket.
        source: under which it is heard.
        at: when it was written.
    """
    if not comment.is_public or comment.author.is_staff:
        return None
    return Hooked(
        id=f"comment:{comment.id}",
        source=source,
        at=moment(at),
        text=plain(comment.body),
        author=_author(source, comment.author.id),
    )


def is_first(comment: Comment, detail: Detail) -> bool:
    """Return whether `comment` is the description of the ticket said again."""
    return bool(comment.body) and plain(comment.body) == plain(detail.description or "")


def _author(source: str, account: str | int | None) -> str:
    return f"{source}:{account}" if account else ""
