"""Tickets: TMF621 trouble tickets: a customer's is heard as a complaint; recovery tasks are tickets for who does them.

What a customer wrote is sealed with the key of its day, as complaints are, and gone when they are. Tasks are read off
the timelines of incidents, and a change of one is an entry there. Source: TMF621 Trouble Ticket v4.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from itertools import chain
from typing import Final

from pulih.interchange.asking import Asked, part
from pulih.interchange.kinds import TICKET
from pulih.interchange.merging import merged, refuse_fixed
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document, check
from pulih.interchange.tasks import TASK_TICKET, facts_of, ticket_of
from pulih.interchange.ticket_shapes import TICKET_SENT
from pulih.listen.hooks.tmf621 import report_of
from pulih.model.errors import ForbiddenMove, StaleVersion
from pulih.model.incident import Incident, Task
from pulih.service.incidents import Incidents
from pulih.service.interchange.alarms import key_of, refuse_foreign
from pulih.service.interchange.hearing import Hearing
from pulih.service.interchange.shelf import Found, Held, Sender, Shelf, not_there, without_address

# Incidents whose tasks are listed.
_LOOKED_AT: Final = 500
_RESOLVED: Final = frozenset({"resolved", "closed"})


class Tickets:
    """The tickets of a desk.

    Args:
        shelf: where documents are kept.
        hearing: the way to the intake.
        incidents: the desk's; their tasks are tickets.
        operator: whose customers tickets are of where they do not say; "" where nobody can tell.
    """

    def __init__(self, shelf: Shelf, hearing: Hearing, incidents: Incidents, *, operator: str = "") -> None:
        self._shelf, self._hearing, self._incidents, self._operator = shelf, hearing, incidents, operator

    def found(self, asked: Asked) -> Found:
        """Return the part of the list that is asked for: recovery tasks first, then what was sent."""
        ours = [*self._tasks()]
        if not asked.is_plain:
            sent = (one.document for one in self._shelf.all(TICKET))
            return Found(*part(chain(ours, sent), asked))
        begin = ours[asked.offset : asked.offset + asked.limit]
        rest = Asked(offset=max(asked.offset - len(ours), 0), limit=asked.limit - len(begin))
        theirs = self._shelf.found(TICKET, rest)
        return Found([*begin, *theirs.documents], len(ours) + theirs.total)

    def get(self, number: str) -> Document:
        """Return one ticket. Raises NotThere."""
        task = self._task(number)
        if task is not None:
            return ticket_of(*task, self._incidents.timeline(task[0].id))
        return self._shelf.get(TICKET, number).document

    def known_as(self, theirs: str, sender: Sender) -> str | None:
        """Return the id here of a ticket that another system told of, None for one that is not known."""
        held = self._shelf.with_key(TICKET, key_of(sender, theirs))
        return None if held is None else str(held.kept.number)

    def create(self, sent: Document, sender: Sender, *, theirs: str = "") -> Document:
        """Take a ticket in, and return it; one that is sent again with the same external id is the one that is there.

        Args:
            sent: as it was sent, checked.
            sender: who sent it.
            theirs: its id in another system that tells of it, "" where it was sent to be kept here.

        Raises: ForbiddenMove when another ticket has its external id, or it calls itself a recovery task; RefusedInput;
            OutsideFailed.
        """
        if sent.get("ticketType") == TASK_TICKET:
            raise ForbiddenMove(f"A ticket of the type {TASK_TICKET} is made by the desk; right would be another type.")
        now = written(self._shelf.clock.now_us())
        ticket: Document = {
            "status": "acknowledged",
            "creationDate": now,
            "statusChangeDate": now,
            "@type": TICKET.type,
            **({"externalId": theirs} if theirs else {}),
            **without_address(sent),
            "lastUpdate": now,
        }
        ticket.setdefault("statusChange", [_turn(ticket, now)])
        given = theirs or sent.get("externalId", "")
        key = key_of(sender, given) if given else ""
        report = report_of(ticket, secrets.token_hex(8), source=sender.source, operator=self._operator)
        if report.text:
            # A ticket in which nothing is said is kept, and is no complaint.
            self._hearing.hear(report)
        try:
            return self._shelf.keep(TICKET, ticket, sender, key=key).document
        except StaleVersion:
            held = self._shelf.with_key(TICKET, key)
            if held is None or held.document.get("description") != sent["description"]:
                raise ForbiddenMove(
                    "There is another ticket with this externalId; right would be a change of that one, or another id."
                ) from None
            return held.document

    def change(self, number: str, change: Document, sender: Sender) -> Document:
        """Change a ticket, and return it.

        Raises: NotThere; ForbiddenMove; RefusedInput; OutsideFailed.
        """
        task = self._task(number)
        if task is not None:
            return self._work(*task, change, sender=sender)
        held = self._shelf.get(TICKET, number)
        refuse_foreign(held, sender)

        def changing(there: Held) -> Document:
            refuse_fixed(there.document, change, TICKET.fixed)
            return self._turned(there.document, merged(there.document, change))

        return self._shelf.change(TICKET, held, changing).document

    def remove(self, number: str, sender: Sender) -> None:
        """Take a ticket away; what was heard of it stays counted.

        Raises: NotThere; ForbiddenMove when it is a recovery task, or another source's; OutsideFailed.
        """
        if self._task(number) is not None:
            raise ForbiddenMove("A recovery task stays on its timeline; right would be the status cancelled.")
        held = self._shelf.get(TICKET, number)
        refuse_foreign(held, sender)
        self._shelf.remove(TICKET, held)

    def _turned(self, before: Document, after: Document) -> Document:
        now = written(self._shelf.clock.now_us())
        after = {**without_address(after), "lastUpdate": now}
        if after.get("status") != before.get("status"):
            after["statusChangeDate"] = now
            after["statusChange"] = [*after.get("statusChange", []), _turn(after, now)]
            if after.get("status") in _RESOLVED:
                after.setdefault("resolutionDate", now)
            elif before.get("status") in _RESOLVED and after.get("resolutionDate") == before.get("resolutionDate"):
                # It is open again, so it was not resolved then.
                after.pop("resolutionDate", None)
        return check(after, TICKET_SENT)

    def _work(self, incident: Incident, task: Task, change: Document, *, sender: Sender) -> Document:
        if sender.actor is None:
            raise ForbiddenMove("Recovery tasks are for tokens of the role duty; this one is of a source.")
        refuse_fixed(ticket_of(incident, task, self._incidents.timeline(incident.id)), change, TICKET.fixed)
        wanted = {name: value for name, value in change.items() if name not in TICKET.fixed}
        for fact, reason in facts_of(task, wanted):
            incident = self._incidents.act(
                incident.id, fact, actor=sender.actor, version=incident.version, reason=reason
            )
        return self.get(f"{incident.id}.{task.id}")

    def _tasks(self) -> Iterator[Document]:
        for incident in (*self._incidents.current(_LOOKED_AT), *self._incidents.past(_LOOKED_AT)):
            if incident.tasks:
                entries = self._incidents.timeline(incident.id)
                yield from (ticket_of(incident, task, entries) for task in incident.tasks)

    def _task(self, number: str) -> tuple[Incident, Task] | None:
        """Return the task of a ticket, None for a ticket that was sent. Raises NotThere."""
        name, dot, of = number.partition(".")
        if not dot:
            return None
        incident = self._incidents.get(name)
        found = [] if incident is None else [one for one in incident.tasks if one.id == of]
        if incident is None or not found:
            raise not_there(TICKET, number)
        return incident, found[0]


def _turn(ticket: Document, now: str) -> Document:
    return {
        "changeDate": now,
        "status": ticket["status"],
        "changeReason": ticket.get("statusChangeReason", ticket["status"]),
    }
