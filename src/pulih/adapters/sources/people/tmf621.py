"""Trouble tickets of another system, asked for over TMF621 as they change.

Where that system can post to a listener, its tickets come sooner through the desk's own interface or a hook; this is
for one that cannot reach the desk. What a ticket says is read as there (listen/hooks/tmf621).

Source: TMF621 Trouble Ticket v4; TMF630 REST API Design Guidelines 4.0, Part 1 (filtering, sorting, pagination).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._keys import Address, MaybeFile, Operator
from pulih.adapters.sources.people._polled import Page, Polled, Rhythm
from pulih.adapters.sources.people._tickets import item_of, moment_us, ticket_pages
from pulih.listen.hooks.tmf621 import report_of
from pulih.model.clock import MICROS, iso
from pulih.ports.sources import Item, Means, SourceKind

_PAGE: Final = 100
_OVERLAP_S: Final = 120.0
# Work that is done about an outage, and no word of a customer (docs/tmforum.md).
_TASK: Final = "recoveryTask"


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys of a [[source]] of this kind.

    Attributes:
        address: of the interface, up to its version, such as "https://care.example.id/tmf-api/troubleTicket/v4".
        token_file: the bearer token; "" for a system that asks for none.
        operator: whose customers' tickets these are, where a ticket does not say.
        every_s: seconds between two times that the system is asked.
    """

    address: Address
    token_file: MaybeFile = ""
    operator: Operator = ""
    every_s: Annotated[float, Meta(ge=5, le=86_400, description="seconds from 5 to 86400")] = 60.0


class _Head(msgspec.Struct, frozen=True, rename="camel"):
    id: Annotated[str, Meta(min_length=1, max_length=150)]
    last_update: str | None = None
    creation_date: str | None = None
    ticket_type: str | None = None


def page_of(tickets: list[msgspec.Raw], name: str, operator: str) -> Page:
    """Return what some tickets say; recovery tasks say nothing.

    Args:
        tickets: as they were answered.
        name: of the source.
        operator: whose customers they are of, where a ticket does not say.
    """
    items: list[Item] = []
    refused: list[str] = []
    latest_us = 0
    for number, raw in enumerate(tickets, 1):
        try:
            head = msgspec.json.decode(raw, type=_Head)
            told = report_of(msgspec.json.decode(raw, type=dict[str, Any]), head.id, source=name)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
            refused.append(f"Ticket {number} of a page of TMF621: {problem}.")
            continue
        except (AttributeError, TypeError):
            refused.append(f"Ticket {number} of a page of TMF621: relatedParty or relatedEntity is no list of objects.")
            continue
        latest_us = max(latest_us, moment_us(head.last_update or head.creation_date or ""))
        if told.text and head.ticket_type != _TASK:
            items.append(item_of(told, operator=operator))
    return Page(items=tuple(items), refused=tuple(refused), latest_us=latest_us)


class _Tickets:
    def __init__(self, settings: Settings, means: Means) -> None:
        self._settings, self._means = settings, means
        self.peer = Peer(means, "the system of tickets", self._shown)

    def pages(self, since_us: int) -> AsyncIterator[Page]:
        """Yield pages of tickets that changed since then."""
        asked = {"lastUpdate.gte": iso(since_us // MICROS * MICROS), "sort": "lastUpdate", "limit": str(_PAGE)}
        return ticket_pages(
            self.peer,
            f"{self._settings.address.rstrip('/')}/troubleTicket",
            lambda number: {**asked, "offset": str(number * _PAGE)},
            read=lambda tickets: page_of(tickets, self._means.name, self._settings.operator),
            since_us=since_us,
            size=_PAGE,
        )

    async def _shown(self, _: bool) -> Mapping[str, str]:
        if not self._settings.token_file:
            return {}
        return {"Authorization": f"Bearer {self._means.secret(self._settings.token_file).strip()}"}


def _opened(settings: Settings, means: Means) -> Polled:
    tickets = _Tickets(settings, means)
    rhythm = Rhythm(every_s=settings.every_s, overlap_s=_OVERLAP_S)
    return Polled(means, tickets.pages, rhythm, close=tickets.peer.close)


KIND: Final = SourceKind(
    name="tmf621",
    settings=Settings,
    open=_opened,
    says="Trouble tickets of another system over TMF621.",
    verified="Pulih's own TMF621 interface, which is held to the specification; no other maker's system",
    away="all tickets that changed meanwhile",
    past=True,
)
