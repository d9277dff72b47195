"""Problems: an incident as a TMF656 service problem, and what a partner's service problem means as an incident.

A problem that comes in is a suspicion with a source, whatever status its sender gives it: people of the desk confirm
it, and nothing of it is published. Attributes that the desk has no place for stay in the document and are told again.
Source: TMF656 Service Problem Management v4; docs/tmforum.md has the table of states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulih.interchange.kinds import PROBLEM, TICKET
from pulih.interchange.moments import micros_of, written
from pulih.interchange.problem_scopes import WHERE, Names, operator_of, scopes_of, where_of
from pulih.interchange.shapes import Document
from pulih.model.clock import DAY_S, MICROS
from pulih.model.entry import (
    DESK,
    ClaimedFixed,
    Confirmed,
    Entry,
    MergedInto,
    Noted,
    Opened,
    Rejected,
    Relapsed,
    Restored,
)
from pulih.model.incident import Incident, Severity, State

STATUSES: Final[Mapping[State, str]] = {
    "suspected": "acknowledged",
    "confirmed": "inProgress",
    "claimed_fixed": "resolved",
    "restored": "closed",
    "rejected": "rejected",
}
# What a partner's change of status does to an incident, for each state that it may be in.
_Move = Confirmed | Relapsed | ClaimedFixed | Restored | Rejected
MOVES: Final[Mapping[str, Mapping[State, type[_Move]]]] = {
    "inProgress": {"suspected": Confirmed, "claimed_fixed": Relapsed, "restored": Relapsed},
    "resolved": {"confirmed": ClaimedFixed},
    "closed": {"claimed_fixed": Restored},
    "rejected": {"suspected": Rejected, "confirmed": Rejected},
    "cancelled": {"suspected": Rejected, "confirmed": Rejected},
}
_TURNS: Final = (Opened, Confirmed, Rejected, ClaimedFixed, Restored, Relapsed, MergedInto)
_PRIORITIES: Final[Mapping[Severity, int]] = {"critical": 1, "major": 3, "minor": 6}
_ONSET_US_MAX: Final = 29 * DAY_S * MICROS
_REASON_MAX: Final = 1_900


def severity_of(priority: object) -> Severity:
    """Return the severity that a priority from 1 (highest) to 10 stands for.

    >>> severity_of(1), severity_of(4), severity_of(9)
    ('critical', 'major', 'minor')
    """
    if not isinstance(priority, int | float):
        return "major"
    return "critical" if priority <= 2 else "major" if priority <= 5 else "minor"


def status_of(incident: Incident) -> str:
    """Return the TMF656 status of an incident."""
    return "cancelled" if incident.merged_into else STATUSES[incident.state]


def opening_of(problem: Document, names: Names, now_us: int) -> Opened:
    """Return the opening of an incident that a partner's problem means.

    Args:
        problem: as it came, checked.
        names: of operators and regions.
        now_us: the present.
    """
    operator = operator_of(problem, names)
    scopes = scopes_of(problem, operator, names)
    onset_us = micros_of(problem.get("creationDate"), now_us=now_us)
    return Opened(
        operator=operator,
        onset_us=max(onset_us, now_us - _ONSET_US_MAX),
        scopes=tuple(scopes),
    )


def reason_of(problem: Document) -> str:
    """Return why an incident is opened for a partner's problem: who says so, and what.

    >>> reason_of({"originatorParty": {"id": "noc"}, "description": "Core down", "reason": "unknown"})
    'TMF656 service problem from noc: Core down (unknown)'
    """
    party = problem.get("originatorParty", {})
    who = party.get("name") or party.get("id") or problem.get("originatingSystem") or "?"
    said = f"TMF656 service problem from {who}: {problem.get('description', '')} ({problem.get('reason', '')})"
    return said[:_REASON_MAX]


def move_of(incident: Incident, status: str) -> type[_Move] | None:
    """Return the kind of move that takes an incident to a status, None where no move does."""
    return MOVES.get(status, {}).get(incident.state)


def problem_of(incident: Incident, entries: Sequence[Entry], sent: Document, *, names: Names) -> Document:
    """Return an incident as a service problem, without its id and address.

    Args:
        incident: as it is now; `entries` its timeline.
        sent: what a partner sent of it, empty where it is the desk's own.
        names: of operators and regions.
    """
    turn = [entry for entry in entries if isinstance(entry.fact, _TURNS)][-1]
    document: Document = {
        "category": "system.originated" if entries[0].actor == DESK else "serviceProvider.declared",
        "description": entries[0].reason or _name_of(incident, names),
        "name": _name_of(incident, names),
        "originatingSystem": "pulih",
        "originatorParty": _party(entries[0].actor, "originator"),
        # Until somebody takes it up, the desk itself looks after it.
        "responsibleParty": _party(DESK, "responsible"),
        **{name: value for name, value in sent.items() if name not in WHERE},
        **where_of(incident, sent, names),
        "affectedNumberOfServices": len({one.scope.service for one in incident.scopes}),
        "creationDate": sent.get("creationDate") or written(incident.opened_us),
        "lastUpdate": written(entries[-1].at_us),
        "note": [*sent.get("note", []), *_notes(entries)],
        "priority": _priority(incident, sent),
        "reason": incident.cause_en or sent.get("reason") or "unknown",
        "status": status_of(incident),
        "statusChangeDate": written(turn.at_us),
        "statusChangeReason": turn.reason or sent.get("statusChangeReason") or "opened",
        # What release 18 called `creationDate` and `lastUpdate`; TM Forum's conformance kit looks for these.
        "timeRaised": sent.get("creationDate") or written(incident.opened_us),
        "timeChanged": written(entries[-1].at_us),
        "trackingRecord": [*sent.get("trackingRecord", []), *map(_tracked, entries)],
        "@type": sent.get("@type", PROBLEM.type),
    }
    if incident.ended_us is not None:
        document["resolutionDate"] = written(incident.ended_us)
    if incident.owner:
        document["responsibleParty"] = _party(incident.owner, "responsible")
    if incident.merged_into:
        document["parentProblem"] = [{"id": incident.merged_into, "@referredType": PROBLEM.type}]
    if incident.took_over:
        document["underlyingProblem"] = [{"id": one, "@referredType": PROBLEM.type} for one in incident.took_over]
    if incident.tasks:
        ours = [{"id": f"{incident.id}.{one.id}", "@referredType": TICKET.type} for one in incident.tasks]
        document["troubleTicket"] = [*sent.get("troubleTicket", []), *ours]
    return document


def record_of(entry: Entry) -> Document:
    """Return an entry of a timeline as a TMF656 event record, without its id and address."""
    return {
        "eventTime": written(entry.at_us),
        "eventType": event_of(entry),
        "recordTime": written(entry.at_us),
        "serviceProblem": {"id": entry.incident, "@referredType": PROBLEM.type},
    }


def event_of(entry: Entry) -> str:
    """Return which event of TMF656 an entry is."""
    if isinstance(entry.fact, Opened):
        return "ServiceProblemCreateEvent"
    if isinstance(entry.fact, _TURNS):
        return PROBLEM.turned
    return "ServiceProblemAttributeValueChangeEvent"


def _priority(incident: Incident, sent: Document) -> int:
    told = sent.get("priority")
    if isinstance(told, int | float) and severity_of(told) == incident.severity:
        return int(told)
    return _PRIORITIES[incident.severity]


def _name_of(incident: Incident, names: Names) -> str:
    operator = names.operators.get(incident.operator, incident.operator) or "unknown operator"
    services = sorted({one.scope.service or "any service" for one in incident.scopes})
    regions = sorted({names.regions.get(one.scope.region or "", "") or "everywhere" for one in incident.scopes})
    return f"{operator}: {', '.join(services)} in {', '.join(regions[:5])}"


def _notes(entries: Sequence[Entry]) -> Iterator[Document]:
    for entry in entries:
        if isinstance(entry.fact, Noted):
            yield {"id": str(entry.number), "author": entry.actor, "date": written(entry.at_us), "text": entry.reason}


def _tracked(entry: Entry) -> Document:
    did = str(type(entry.fact).__struct_config__.tag)
    return {
        "id": str(entry.number),
        "description": f"{did}: {entry.reason}" if entry.reason else did,
        "systemId": "pulih",
        "time": written(entry.at_us),
        "user": entry.actor,
    }


def _party(name: str, role: str) -> Document:
    return {"id": name, "name": name, "role": role, "@referredType": "Individual"}
