"""Tickets: what a system of tickets tells, as items; the readers of webhooks of such systems read them here too."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from datetime import datetime
from typing import get_args

import msgspec

from pulih.adapters.sources.people._answers import Peer
from pulih.adapters.sources.people._polled import PAGES_MAX, Page
from pulih.listen.hooks.hooked import Hooked
from pulih.listen.payload import NAME_CHARS_MAX, TEXT_CHARS_MAX
from pulih.model.clock import to_micros
from pulih.model.errors import RefusedInput
from pulih.model.reading import Service
from pulih.ports.sources import Item

_SERVICES = {str(one): one for one in get_args(Service)}


async def ticket_pages(
    peer: Peer,
    address: str,
    question: Callable[[int], Mapping[str, str]],
    *,
    read: Callable[[list[msgspec.Raw]], Page],
    since_us: int,
    size: int,
) -> AsyncIterator[Page]:
    """Yield pages of a list of tickets, until one is not full.

    Args:
        peer: who is asked.
        address: of the list.
        question: what page number 0, 1, ... is asked for with.
        read: what the tickets of a page say.
        since_us: tickets that were written before are left out: one of long ago that an agent touched today is no
            report of today.
        size: tickets of a full page.
    """
    for number in range(PAGES_MAX):
        answer = await peer.get(address, question(number))
        tickets = peer.read(answer.body, list[msgspec.Raw], "list of tickets")
        page = read(tickets)
        new = tuple(one for one in page.items if one.at_us is None or one.at_us >= since_us)
        yield msgspec.structs.replace(page, items=new)
        if len(tickets) < size:
            return


def item_of(told: Hooked, *, operator: str = "") -> Item:
    """Return a report as a webhook would have told it, as an item.

    Args:
        told: with an id of at least a letter.
        operator: whose customer it is, where the report does not say.

    >>> item_of(Hooked(id="ticket:5", source="care", at="1970-01-01T00:00:01Z", text="mati")).at_us
    1000000
    """
    return Item(
        id=told.id,
        at_us=to_micros(datetime.fromisoformat(told.at)) if told.at else None,
        text=told.text[:TEXT_CHARS_MAX],
        author=told.author[:NAME_CHARS_MAX],
        operator=(told.operator or operator)[:NAME_CHARS_MAX],
        service=_SERVICES.get(told.service),
        place=told.place[:NAME_CHARS_MAX],
    )


def deleted(problem: RefusedInput) -> bool:
    """Return whether a ticket is gone that was listed a moment ago, which is no wrong setting."""
    return problem.values.get("status") == "404"


def moment_us(written: str) -> int:
    """Return a moment with a zone, microseconds since 1970 UTC; 0 for what is none.

    >>> moment_us("2025-10-03T08:48:00+07:00"), moment_us("soon")
    (1759456080000000, 0)
    """
    try:
        said = datetime.fromisoformat(written)
        return max(0, to_micros(said)) if said.tzinfo else 0
    except (ValueError, OverflowError):
        return 0
