"""Events: what listeners are told of a resource, as the specifications shape it.

Source: TMF630 Part 4 (hub and notifications), the event definitions of TMF621, TMF642 and TMF656 v4.
"""

from __future__ import annotations

from pulih.interchange.kinds import TICKET, Kind
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document


def event(kind: Kind, named: str, document: Document, *, at_us: int, number: str) -> Document:
    """Return one event.

    Args:
        kind: of the resource; `document` the resource as it is now.
        named: which event it is.
        at_us: when it was, microseconds since 1970 UTC.
        number: an id of the event, the same however often it is told.
    """
    return {
        "eventId": number,
        "eventTime": written(at_us),
        "eventType": named,
        "correlationId": f"{kind.name}:{document.get('id', '')}",
        "domain": kind.type,
        "title": named,
        "timeOcurred": written(at_us),
        "event": {kind.name: document},
    }


def changes(kind: Kind, before: Document, after: Document) -> tuple[str, ...]:
    """Return which events a change of a resource is.

    >>> from pulih.interchange.kinds import ALARM
    >>> changes(ALARM, {"state": "raised"}, {"state": "cleared"})
    ('AlarmAttributeValueChangeEvent', 'AlarmStateChangeEvent')
    """
    names = [f"{kind.type}AttributeValueChangeEvent"]
    if kind.state and before.get(kind.state) != after.get(kind.state):
        names.append(kind.turned)
        if kind is TICKET and after.get("status") == "resolved":
            names.append("TroubleTicketResolvedEvent")
    return tuple(names)
