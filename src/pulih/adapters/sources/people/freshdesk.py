"""Tickets of Freshdesk, asked for as they change.

Freshdesk calls a webhook from a rule that somebody writes and signs nothing, so asking is the surer way; where a rule
is wanted all the same, the hook `standard` takes its body. A ticket is one report, of the moment it was opened; what is
said in it later is the work of agents and answers to them.

Source: Freshdesk API v2, list all tickets, rate limits.
"""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, Operator, SecretFile
from pulih.adapters.sources.people._polled import Page, Polled, Rhythm
from pulih.adapters.sources.people._tickets import item_of, moment_us, ticket_pages
from pulih.listen.hooks.hooked import Hooked, moment
from pulih.listen.hooks.plain import joined, plain
from pulih.model.clock import MICROS, iso
from pulih.ports.sources import Item, Means, SourceKind

_PAGE: Final = 100
_OVERLAP_S: Final = 120.0


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of the help desk, such as "https://care-example.freshdesk.com".
        key_file: the key of an agent for the interface.
        operator: whose customers write there, as an id of the catalogue.
        every_s: seconds between two times that Freshdesk is asked.
    """

    address: Address
    key_file: SecretFile
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=10, le=86_400, description="seconds from 10 to 86400")] = 60.0


class _Ticket(msgspec.Struct, frozen=True):
    id: int
    updated_at: str
    created_at: str = ""
    subject: str | None = None
    description_text: str | None = None
    description: str | None = None
    requester_id: int | None = None
    spam: bool | None = None


def page_of(tickets: list[msgspec.Raw], name: str, operator: str) -> Page:
    """Return what some tickets say; those that Freshdesk takes for spam say nothing.

    Args:
        tickets: as they were answered.
        name: of the source.
        operator: whose customers they are of.
    """
    items: list[Item] = []
    refused: list[str] = []
    latest_us = 0
    for number, raw in enumerate(tickets, 1):
        try:
            ticket = msgspec.json.decode(raw, type=_Ticket)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"Ticket {number} of a page of Freshdesk: {problem}.")
            continue
        latest_us = max(latest_us, moment_us(ticket.updated_at))
        text = joined(plain(ticket.subject or ""), plain(ticket.description_text or ticket.description or ""))
        if text and not ticket.spam:
            author = f"{name}:{ticket.requester_id}" if ticket.requester_id else ""
            told = Hooked(id=f"ticket:{ticket.id}", source=name, at=moment(ticket.created_at), text=text, author=author)
            items.append(item_of(told, operator=operator))
    return Page(items=tuple(items), refused=tuple(refused), latest_us=latest_us)


class _Tickets:
    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self.peer = Peer(means, "Freshdesk", self._shown)

    def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield pages of tickets that changed since then, those that changed first before the others."""
        asked = {
            "updated_since": iso(since_us // MICROS * MICROS),
            "order_by": "updated_at",
            "order_type": "asc",
            "include": "description",
            "per_page": str(_PAGE),
        }
        return ticket_pages(
            self.peer,
            f"{self._settings.address.rstrip('/')}/api/v2/tickets",
            lambda number: {**asked, "page": str(number + 1)},
            read=lambda tickets: page_of(tickets, self._means.name, self._settings.operator),
            since_us=since_us,
            size=_PAGE,
        )

    async def _shown(self, _: bool) -> Mapping[str, str]:
        key = self._means.secret(self._settings.key_file).strip()
        return {"Authorization": f"Basic {base64.b64encode(f'{key}:X'.encode()).decode()}"}


def _opened(settings: Settings, means: Means) -> Polled:
    tickets = _Tickets(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=_OVERLAP_S)
    return Polled(means, tickets.pages, rhythm, close=tickets.peer.close)


KIND: Final = SourceKind(
    name="freshdesk",
    settings=Settings,
    open=_opened,
    says="Tickets that customers open at Freshdesk.",
    verified="written answers, shaped as Freshdesk documents them; not verified against the vendor",
    away="all tickets that were opened meanwhile",
    past=True,
)
