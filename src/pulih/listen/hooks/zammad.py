"""Zammad: one report for what a customer wrote in a ticket, from the default payload of a Zammad webhook.

A trigger posts the ticket and the article that set it off. Articles of agents, of the system and internal ones are no
complaints and give no report. The title of a ticket is said once, with its first article.

Source: Zammad admin documentation, webhooks, default JSON payload.
"""

from __future__ import annotations

import msgspec

from pulih.listen.hooks.hooked import Delivery, Hooked, moment, read
from pulih.listen.hooks.plain import joined, plain


class Ticket(msgspec.Struct, frozen=True):
    """A ticket, in a payload and in answers of the interface."""

    id: int
    title: str | None = None
    article_count: int | None = None
    customer_id: int | None = None


class Article(msgspec.Struct, frozen=True):
    """What somebody wrote in a ticket."""

    id: int
    body: str | None = None
    created_at: str | None = None
    internal: bool | None = None
    sender: str | None = None
    origin_by_id: int | None = None


class _Payload(msgspec.Struct, frozen=True):
    ticket: Ticket
    article: Article | None = None


def reports(body: bytes, delivery: Delivery) -> list[Hooked]:
    """Return the report of a customer's article, or none where nobody of them wrote.

    Args:
        body: the payload.
        delivery: where it came to.

    Raises: RefusedInput when it is no default payload of Zammad.

    >>> body = b'{"ticket": {"id": 81, "title": "Internet mati", "article_count": 1, "customer_id": 8},'
    >>> body += b'"article": {"id": 104, "sender": "Customer", "body": "<p>dari pagi</p>"}}'
    >>> [one] = reports(body, Delivery(source="care"))
    >>> one.id, one.text, one.author
    ('article:104', 'Internet mati. dari pagi', 'care:8')
    """
    told = read(body, _Payload, "a default payload of a Zammad webhook")
    one = said(told.ticket, told.article, delivery.source) if told.article is not None else None
    return [one] if one is not None else []


def said(ticket: Ticket, article: Article, source: str) -> Hooked | None:
    """Return the report of an article, however it was learnt of; None where no customer wrote it.

    Args:
        ticket: with the number of articles up to this one; its title is said with the first.
        article: of it.
        source: under which it is heard.
    """
    if article.internal or article.sender != "Customer":
        return None
    writer = article.origin_by_id or ticket.customer_id
    # Counted where the first article is the only one, or the number of articles is not told.
    title = (ticket.title or "") if (ticket.article_count or 1) == 1 else ""
    return Hooked(
        id=f"article:{article.id}",
        source=source,
        at=moment(article.created_at or ""),
        text=joined(plain(title), plain(article.body or "")),
        author=f"{source}:{writer}" if writer else "",
    )
