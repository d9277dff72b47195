"""What customers write in tickets of Zammad, asked for as tickets change.

A webhook tells it sooner, and gives up after some tries; asking finds what was written while the desk or the way to it
was down. Both give the same ids, so a source and a hook may have one name. Tickets are asked for by when they changed,
those that changed first before the others, each page from the last of the page before: a ticket that changes meanwhile
moves to the end and pushes nothing out of sight.

Source: Zammad documentation, API: introduction (access tokens, pagination), ticket articles; Zammad's own code
(tickets_controller, can_search) for a search by a condition, which asks the database and needs no search index.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile
from pulih.adapters.sources.people._polled import PAGES_MAX, Page, Polled, Rhythm
from pulih.adapters.sources.people._tickets import deleted, item_of, moment_us
from pulih.listen.hooks import zammad
from pulih.model.clock import MICROS, iso
from pulih.model.errors import RefusedInput
from pulih.ports.sources import Item, Means, SourceKind

_PAGE: Final = 100
# The database shows a change as soon as it is committed; each ticket of these seconds is a request, every time.
_OVERLAP_S: Final = 30.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of the help desk, such as "https://care.example.id".
        token_file: an access token of an agent who may read tickets.
        operator: whose customers write there, as an id of the catalogue.
        every_s: seconds between two times that Zammad is asked.
    """

    address: Address
    token_file: SecretFile
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=10, le=86_400, description="seconds from 10 to 86400")] = 60.0


class _Ticket(zammad.Ticket, frozen=True):
    updated_at: str = ""


class _Tickets:
    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self._address = settings.address.rstrip("/") + "/api/v1"
        self.peer = Peer(means, "Zammad", self._shown)

    async def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield what customers wrote since then, ticket by ticket, those that changed first before the others."""
        from_us, number = since_us, 1
        for _ in range(PAGES_MAX):
            answer = await self.peer.get(f"{self._address}/tickets/search", _question(from_us, number))
            tickets = self.peer.read(answer.body, list[msgspec.Raw], "list of tickets")
            refused, changed_us = list[str](), from_us
            for raw in tickets:
                try:
                    ticket = msgspec.json.decode(raw, type=_Ticket)
                except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
                    refused.append(f"A ticket of Zammad: {problem}.")
                    continue
                changed_us = max(changed_us, moment_us(ticket.updated_at))
                yield await self._written_in(ticket, since_us)
            yield Page(refused=tuple(refused), latest_us=changed_us)
            if len(tickets) < _PAGE:
                return
            # More tickets of one second than a page holds are turned over; else the next page begins where this ended.
            ended_us = changed_us // MICROS * MICROS
            from_us, number = (ended_us, 1) if ended_us > from_us else (from_us, number + 1)

    async def _written_in(self, ticket: _Ticket, since_us: int) -> Page:
        try:
            answer = await self.peer.get(f"{self._address}/ticket_articles/by_ticket/{ticket.id}")
        except RefusedInput as problem:
            if deleted(problem):
                return Page()
            raise
        articles = self.peer.read(answer.body, list[msgspec.Raw], "list of articles")
        return page_of(ticket, articles, self._means.name, operator=self._settings.operator, since_us=since_us)

    async def _shown(self, _: bool) -> Mapping[str, str]:
        return {"Authorization": f"Token token={self._means.secret(self._settings.token_file).strip()}"}


def page_of(ticket: zammad.Ticket, articles: list[msgspec.Raw], name: str, *, operator: str, since_us: int) -> Page:
    """Return what customers wrote in a ticket since a moment.

    Args:
        ticket: whose articles these are.
        articles: as they were answered, the first before the others.
        name: of the source.
        operator: whose customers they are of.
        since_us: what was written before is left out, microseconds since 1970 UTC.
    """
    items, refused = list[Item](), list[str]()
    for number, raw in enumerate(articles, 1):
        try:
            article = msgspec.json.decode(raw, type=zammad.Article)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"Article {number} of a ticket of Zammad: {problem}.")
            continue
        told = zammad.said(msgspec.structs.replace(ticket, article_count=number), article, name)
        item = item_of(told, operator=operator) if told is not None and told.text else None
        if item is not None and (item.at_us is None or item.at_us >= since_us):
            items.append(item)
    return Page(items=tuple(items), refused=tuple(refused))


def _question(from_us: int, number: int) -> Mapping[str, str]:
    return {
        "condition[ticket.updated_at][operator]": "after (absolute)",
        # A second early, since "after" may leave out the moment itself.
        "condition[ticket.updated_at][value]": iso(from_us // MICROS * MICROS - MICROS),
        "sort_by": "updated_at",
        "order_by": "asc",
        "expand": "true",
        "page": str(number),
        "per_page": str(_PAGE),
    }


def _opened(settings: Settings, means: Means) -> Polled:
    tickets = _Tickets(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=_OVERLAP_S)
    return Polled(means, tickets.pages, rhythm, close=tickets.peer.close)


KIND: Final = SourceKind(
    name="zammad",
    settings=Settings,
    open=_opened,
    says="What customers write in tickets of Zammad.",
    verified="written answers, shaped as Zammad's documentation and code have them; not verified against the vendor",
    away="all that customers wrote meanwhile",
)
