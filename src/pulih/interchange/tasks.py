"""Tasks: a recovery task of an incident as a TMF621 trouble ticket, for the party outside that works on it, and back.

Source: TMF621 Trouble Ticket v4; docs/tmforum.md has the table of states.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulih.interchange.kinds import PROBLEM, TICKET
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document, moment_of
from pulih.model.clock import to_micros
from pulih.model.entry import Entry, Fact, Noted, TaskAdded, TaskDone, TaskSet
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident, Task, TaskState

TASK_TICKET: Final = "recoveryTask"
_STATUSES: Final[Mapping[TaskState, str]] = {
    "open": "acknowledged",
    "under_way": "inProgress",
    "held": "held",
    "dropped": "cancelled",
}
# What a partner's change of status makes of a task; what says that it is done makes it done.
_STATES: Final[Mapping[str, TaskState]] = {
    "acknowledged": "open",
    "pending": "held",
    "held": "held",
    "inProgress": "under_way",
    "cancelled": "dropped",
    "rejected": "dropped",
}
_DONE: Final = frozenset({"resolved", "closed"})
# Attributes of a task's ticket that a partner may change; the rest says what the desk decided.
_MAY_CHANGE: Final = frozenset({"status", "statusChangeReason", "note", "expectedResolutionDate", "resolutionDate"})
_REASON_MAX: Final = 1_900


def name_of(incident: Incident, task: Task) -> str:
    """Return the id of the ticket of a task."""
    return f"{incident.id}.{task.id}"


def status_of(task: Task) -> str:
    """Return the TMF621 status of a task.

    >>> status_of(Task(id="t1", what="Genset")), status_of(Task(id="t1", what="Genset", done_us=5))
    ('acknowledged', 'resolved')
    """
    return _STATUSES[task.state] if task.done_us is None else "resolved"


def ticket_of(incident: Incident, task: Task, entries: Sequence[Entry]) -> Document:
    """Return a task as a trouble ticket, with its id and the path of its address.

    Args:
        incident: whose task it is; `entries` its timeline.
        task: one of its tasks.
    """
    mine = [entry for entry in entries if _about(entry) == task.id]
    begun_us = mine[0].at_us if mine else incident.opened_us
    document: Document = {
        "id": name_of(incident, task),
        "href": f"{TICKET.path}/{name_of(incident, task)}",
        "name": task.what,
        "description": f"{task.what} (incident {incident.id})",
        "severity": incident.severity,
        "priority": {"critical": "Critical", "major": "High", "minor": "Medium"}[incident.severity],
        "ticketType": TASK_TICKET,
        "status": status_of(task),
        "creationDate": written(begun_us),
        "lastUpdate": written(mine[-1].at_us if mine else begun_us),
        "statusChange": [
            {"changeDate": written(entry.at_us), "status": status, "changeReason": entry.reason or status}
            for entry, status in _turns(mine)
        ],
        "relatedParty": [*_parties(task)],
        "relatedEntity": [{"id": incident.id, "role": "parent", "@referredType": PROBLEM.type}],
        "troubleTicketRelationship": [
            {
                "id": f"{incident.id}.{one}",
                "href": f"{TICKET.path}/{incident.id}.{one}",
                "relationshipType": "dependsOn",
            }
            for one in task.after
        ],
        "@type": TICKET.type,
    }
    document["statusChangeDate"] = document["statusChange"][-1]["changeDate"] if mine else document["creationDate"]
    if task.due_us is not None:
        document["requestedResolutionDate"] = written(task.due_us)
    if task.done_us is not None:
        document["resolutionDate"] = written(task.done_us)
    return {name: value for name, value in document.items() if value != []}


def events_of(task: str, entries: Sequence[Entry], entry: Entry) -> tuple[str, ...]:
    """Return which events about the ticket of a task an entry is; none where it says nothing of that task.

    Args:
        task: id of the task.
        entries: timeline of its incident, the entry among them.
        entry: one of them.
    """
    mine = [one for one in entries if _about(one) == task and one.number <= entry.number]
    if not mine or mine[-1].number != entry.number:
        return ()
    if isinstance(entry.fact, TaskAdded):
        return (f"{TICKET.type}CreateEvent",)
    turned = any(one.number == entry.number for one, _ in _turns(mine))
    resolved = (f"{TICKET.type}ResolvedEvent",) if isinstance(entry.fact, TaskDone) else ()
    return (f"{TICKET.type}AttributeValueChangeEvent", *([TICKET.turned] if turned else []), *resolved)


def facts_of(task: Task, change: Document) -> Iterator[tuple[Fact, str]]:
    """Yield what a partner's change of a task's ticket does, each with its reason.

    Args:
        task: as it is.
        change: the attributes that change.

    Raises: ForbiddenMove when the change is of what the desk decides.
    """
    strange = sorted(name for name in set(change) - _MAY_CHANGE if not name.startswith("@"))
    if strange:
        raise ForbiddenMove(
            f"{strange[0]} of a recovery task is for the desk; a partner changes {', '.join(sorted(_MAY_CHANGE))}"
        )
    reason = str(change.get("statusChangeReason", ""))[:_REASON_MAX]
    due_us = task.due_us
    if "expectedResolutionDate" in change:
        at = moment_of(change["expectedResolutionDate"])
        due_us = due_us if at is None else to_micros(at)
    status = change.get("status", status_of(task))
    if status in _DONE:
        if task.done_us is None:
            yield TaskDone(task=task.id), reason
    elif status != status_of(task) or due_us != task.due_us:
        state = _STATES[status]
        yield (
            TaskSet(task=task.id, state=state, owner=task.owner, due_us=due_us, outside=task.outside, after=task.after),
            reason,
        )
    for note in change.get("note", []):
        yield Noted(), f"{task.id}: {note.get('text', '')}"[:_REASON_MAX]


def _about(entry: Entry) -> str:
    fact = entry.fact
    return fact.task if isinstance(fact, TaskAdded | TaskSet | TaskDone) else ""


def _turns(entries: Sequence[Entry]) -> Iterator[tuple[Entry, str]]:
    """Yield the entries by which the status of a task changed, each with the status after it."""
    before = ""
    for entry in entries:
        fact = entry.fact
        status = _STATUSES[fact.state] if isinstance(fact, TaskSet) else "acknowledged"
        status = "resolved" if isinstance(fact, TaskDone) else status
        if status != before:
            yield entry, status
        before = status


def _parties(task: Task) -> Iterator[Document]:
    if task.owner:
        yield {"id": task.owner, "name": task.owner, "role": "owner", "@referredType": "Individual"}
    if task.outside or task.party != "own":
        name = task.outside or task.party
        yield {"id": name, "name": name, "role": task.party, "@referredType": "Organization"}
