"""TMF621: the report that a trouble ticket of a customer makes.

Name and description are what the customer says; the party who plays the role of customer or originator is the author.
Notes, attachments and changes of status are the work of agents and make no report.

Source: TMF621 Trouble Ticket v4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from pulih.listen.hooks.hooked import Hooked, moment
from pulih.listen.hooks.plain import joined, plain
from pulih.listen.payload import TEXT_CHARS_MAX
from pulih.model.reading import Service

SOURCE: Final = "tmf621"
_SERVICES: Final = frozenset(get_args(Service))
_NAME_MAX: Final = 200
_CUSTOMERS: Final = frozenset({"customer", "originator", "reporter", "complainant", "subscriber"})
_PLACES: Final = ("place", "location", "address", "site")


def report_of(ticket: Mapping[str, Any], number: str, *, source: str, operator: str = "") -> Hooked:
    """Return the report of a ticket.

    Args:
        ticket: document of the interface, checked.
        number: an id of it, for where its sender gives none.
        source: the source that its sender may send for; "" is that of the interface.
        operator: whose customer it is, where the ticket does not say.

    >>> one = report_of({"description": "Internet mati dari pagi", "severity": "major", "ticketType": "complaint",
    ...     "relatedParty": [{"id": "c-7", "role": "customer"}]}, "5", source="care")
    >>> one.id, one.text, one.author
    ('ticket:5', 'Internet mati dari pagi', 'care:c-7')
    """
    source = source or SOURCE
    given = str(ticket.get("externalId", ""))
    own = 0 < len(given) <= 150 and given.isprintable()
    name, said = plain(str(ticket.get("name", ""))), plain(str(ticket.get("description", "")))
    return Hooked(
        id=f"ticket:{given if own else number}",
        source=source,
        at=moment(str(ticket.get("creationDate", ""))),
        text=joined(name if name not in said else "", said)[:TEXT_CHARS_MAX],
        operator=_related(ticket, ("operator", "brand", "organization"))[:_NAME_MAX] or operator,
        service=_service(ticket),
        place=_related(ticket, _PLACES)[:_NAME_MAX],
        author=_author(ticket, source),
    )


def _author(ticket: Mapping[str, Any], source: str) -> str:
    for party in ticket.get("relatedParty", []):
        if str(party.get("role", "")).lower() in _CUSTOMERS and party.get("id"):
            return f"{source}:{party['id']}"[:_NAME_MAX]
    return ""


def _service(ticket: Mapping[str, Any]) -> str:
    told = [str(one.get(key, "")) for one in ticket.get("relatedEntity", []) for key in ("name", "id")]
    return next((one for one in told if one in _SERVICES), "")


def _related(ticket: Mapping[str, Any], kinds: tuple[str, ...]) -> str:
    """Return the name of the first entity whose type or role is one of some kinds."""
    for one in ticket.get("relatedEntity", []):
        about = f"{one.get('@referredType', '')} {one.get('role', '')}".lower()
        if any(kind in about for kind in kinds):
            return str(one.get("name") or one.get("id") or "")
    return ""
