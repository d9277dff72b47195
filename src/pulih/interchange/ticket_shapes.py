"""Shapes of TMF621 Trouble Ticket v4.

Source: TMF621-TroubleTicket-v4.0.0.swagger.json, tmforum-apis/TMF621_TroubleTicket (Apache-2.0).
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from pulih.interchange.common_shapes import BASE, ENTITY, NOTE, PARTY, PLAIN_REF, WHERE, plain
from pulih.interchange.shapes import Shape, names

STATUSES: Final = names("acknowledged rejected pending held inProgress cancelled closed resolved")
_ATTACHMENT: Final = Shape(
    texts=names("id href attachmentType content description mimeType name url @referredType") | BASE,
    uris=WHERE,
    one={
        "size": Shape(texts=names("units"), numbers=names("amount")),
        "validFor": Shape(moments=names("startDateTime endDateTime")),
    },
)
TICKET: Final = Shape(
    texts=names(
        "description externalId name priority severity statusChangeReason ticketType",
    )
    | BASE,
    uris=WHERE,
    moments=names("expectedResolutionDate requestedResolutionDate resolutionDate"),
    choices={"status": STATUSES},
    one={"channel": PLAIN_REF},
    many={
        "attachment": _ATTACHMENT,
        "note": NOTE,
        "relatedEntity": ENTITY,
        "relatedParty": PARTY,
        "troubleTicketRelationship": plain("id href name relationshipType"),
    },
)
TICKET_SENT: Final = replace(
    TICKET,
    moments=TICKET.moments | names("creationDate lastUpdate statusChangeDate"),
    many={**TICKET.many, "statusChange": plain("changeReason status", moments="changeDate")},
    needed=("description", "severity", "ticketType"),
)
