"""Shapes of TMF656 Service Problem Management v4, and of its tasks that acknowledge and group problems.

Source: TMF656-ServiceProblem-v4.0.0.swagger.json, tmforum-apis/TMF656_ServiceProblemManagement (Apache-2.0).
"""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from pulih.interchange.common_shapes import BASE, NOTE, REF, URI_ENTITY, URI_PARTY, WHERE, plain
from pulih.interchange.shapes import Shape, names
from pulih.interchange.ticket_shapes import STATUSES

_CHARACTERISTIC: Final = Shape(
    texts=names("id name valueType") | BASE,
    uris=WHERE,
    many={"characteristicRelationship": plain("id relationshipType", uris="href")},
    needed=("name", "value"),
)
_TRACKING: Final = Shape(
    texts=names("id description systemId user") | BASE,
    uris=WHERE,
    moments=names("time"),
    many={"characteristic": _CHARACTERISTIC},
)
_PATTERN: Final = Shape(
    texts=names("id description") | BASE, uris=WHERE | names("href"), many={"characteristic": _CHARACTERISTIC}
)
_ALARM_REF: Final = Shape(
    texts=names("id href @referredType") | BASE, uris=WHERE, one={"changeRequest": REF}, needed=("id",)
)
PROBLEM: Final = Shape(
    texts=names(
        "category description impactImportanceFactor name problemEscalation reason statusChangeReason",
    )
    | BASE,
    uris=WHERE,
    moments=names("creationDate lastUpdate resolutionDate statusChangeDate"),
    wholes=names("affectedNumberOfServices priority"),
    choices={"status": STATUSES},
    one={"impactPattern": _PATTERN, "originatorParty": URI_PARTY, "responsibleParty": URI_PARTY},
    many={
        "affectedLocation": plain("id href name role @referredType"),
        "affectedResource": REF,
        "affectedService": REF,
        "characteristic": _CHARACTERISTIC,
        "externalIdentifier": plain("id externalIdentifierType owner", uris="href", needed="id"),
        "note": NOTE,
        "parentProblem": REF,
        "relatedEntity": URI_ENTITY,
        "relatedEvent": replace(REF, moments=names("eventTime")),
        "relatedParty": URI_PARTY,
        "rootCauseResource": REF,
        "rootCauseService": REF,
        "slaViolation": REF,
        "troubleTicket": REF,
        "underlyingAlarm": _ALARM_REF,
        "underlyingProblem": REF,
    },
)
PROBLEM_SENT: Final = replace(
    PROBLEM,
    texts=PROBLEM.texts | names("originatingSystem"),
    one={**PROBLEM.one, "firstAlert": URI_ENTITY},
    many={**PROBLEM.many, "trackingRecord": _TRACKING},
    needed=("category", "priority", "description", "reason", "originatorParty"),
)


def _task(one: dict[str, Shape], many: dict[str, Shape], needed: str) -> Shape:
    return Shape(texts=BASE, uris=WHERE, one=one, many=many, needed=tuple(needed.split()))


ACKNOWLEDGEMENT: Final = _task({"trackingRecord": _TRACKING}, {"problem": REF, "ackProblem": REF}, "problem")
UNACKNOWLEDGEMENT: Final = _task({"trackingRecord": _TRACKING}, {"problem": REF, "unackProblem": REF}, "problem")
GROUPING: Final = _task({"parentProblem": REF}, {"childProblem": REF}, "parentProblem childProblem")
