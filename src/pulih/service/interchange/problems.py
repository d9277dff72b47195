"""Problems: incidents as TMF656 service problems, in and out, by the same rules as everybody acts by.

A problem that comes in opens a suspected incident with its source; its status moves only by the table of moves, and
nothing is published by it. Source: TMF656 Service Problem Management v4.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from pulih.interchange.asking import Asked, part
from pulih.interchange.kinds import PROBLEM, RECORD
from pulih.interchange.merging import merged, refuse_fixed
from pulih.interchange.problem_scopes import WHERE, Names, scopes_after
from pulih.interchange.problem_shapes import PROBLEM_SENT
from pulih.interchange.problems import (
    move_of,
    opening_of,
    problem_of,
    reason_of,
    record_of,
    severity_of,
    status_of,
)
from pulih.interchange.shapes import Document, check
from pulih.model.actor import Actor
from pulih.model.entry import Noted, Rejected, ScopesSet, SeveritySet
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.service.incidents import Incidents
from pulih.service.interchange.alarms import key_of
from pulih.service.interchange.shelf import Found, Held, Sender, Shelf, not_there, without_address

_LOOKED_AT: Final = 1_000
# What of a partner's document is told by the timeline, and not by it.
_OURS: Final = frozenset(
    {"status", "statusChangeReason", "statusChangeDate", "lastUpdate", "resolutionDate", "timeRaised", "timeChanged"}
)
_REASON_MAX: Final = 1_900


class Problems:
    """The service problems of a desk.

    Args:
        shelf: where documents are kept.
        incidents: the desk's.
        names: of operators and regions.
    """

    def __init__(self, shelf: Shelf, incidents: Incidents, names: Names) -> None:
        self._shelf, self._incidents, self._names = shelf, incidents, names

    def found(self, asked: Asked) -> Found:
        """Return the part of the list that is asked for, those that go on first."""
        if not asked.is_plain:
            return Found(*part(self._all(self._shown()), asked))
        shown = self._shown()
        return Found([*self._all(shown[asked.offset : asked.offset + asked.limit])], len(shown))

    def get(self, number: str) -> Document:
        """Return one problem. Raises NotThere."""
        incident = self._incident(number)
        held = self._shelf.named(PROBLEM, number)
        return self._told(incident, held.document if held else {})

    def known_as(self, theirs: str, sender: Sender) -> str | None:
        """Return the incident of a problem that another system told of, None for one that is not known."""
        held = self._shelf.with_key(PROBLEM, key_of(sender, theirs))
        return None if held is None else held.kept.name

    def create(self, sent: Document, sender: Sender, *, theirs: str = "") -> Document:
        """Open a suspected incident for a problem, and return it; the same one sent again is the one that is there.

        Args:
            sent: as it was sent, checked.
            sender: who sent it.
            theirs: its id in another system that tells of it, "" where it was sent to be kept here.

        Raises: ForbiddenMove when the sender may not; RefusedInput; OutsideFailed.
        """
        actor = _actor(sender)
        if theirs and "externalIdentifier" not in sent:
            sent = {**sent, "externalIdentifier": [{"id": theirs, "owner": sender.name}]}
        # Two who describe the same in the same words may mean two; an id of theirs tells them apart.
        key = key_of(sender, theirs or sent) if "externalIdentifier" in sent else ""
        there = self._shelf.with_key(PROBLEM, key) if key else None
        if there is not None:
            return self.get(there.kept.name)
        fact = opening_of(sent, self._names, self._shelf.clock.now_us())
        incident = self._incidents.open(fact, actor=actor, reason=reason_of(sent))
        severity = severity_of(sent["priority"])
        if severity != incident.severity:
            incident = self._incidents.act(
                incident.id, SeveritySet(severity=severity), actor=actor, version=incident.version
            )
        document = _kept(sent)
        self._shelf.keep(PROBLEM, document, sender, name=incident.id, key=key)
        return self._told(incident, document)

    def change(self, number: str, change: Document, sender: Sender) -> Document:
        """Change a problem, and return it: a change of status is a move, a note an entry, of where it is its scopes.

        Raises: NotThere; ForbiddenMove when the move is not allowed; RefusedInput; OutsideFailed.
        """
        incident, actor = self._incident(number), _actor(sender)
        before = self.get(number)
        refuse_fixed(before, change, PROBLEM.fixed)
        incident = self._move(incident, change, before, actor=actor)
        incident = self._place(incident, change, before, actor=actor)
        # Notes are entries of the timeline, and told from there.
        rest = {name: value for name, value in change.items() if name not in PROBLEM.fixed | {"note"}}
        if set(rest) - _OURS:
            self._keep(incident, rest, sender)
        return self.get(number)

    def remove(self, number: str, sender: Sender) -> None:
        """Take a problem back that its sender sent; the suspicion is rejected, and its timeline stays.

        Raises: NotThere; ForbiddenMove when it is the desk's own, or was confirmed; OutsideFailed.
        """
        incident, actor = self._incident(number), _actor(sender)
        held = self._shelf.named(PROBLEM, number)
        if held is None:
            raise ForbiddenMove("This problem is the desk's own; right would be a change of its status to rejected.")
        if incident.state not in {"suspected", "rejected"}:
            raise ForbiddenMove(f"This problem is {incident.state} by people of the desk; it cannot be taken back.")
        if incident.state == "suspected":
            self._incidents.act(
                number, Rejected(), actor=actor, version=incident.version, reason="TMF656: taken back by its sender"
            )
        self._shelf.remove(PROBLEM, held)

    def records(self, asked: Asked) -> Found:
        """Return the part of all event records that is asked for."""
        return Found(*part(self._records(), asked))

    def record(self, number: str) -> Document:
        """Return one event record. Raises NotThere."""
        name, _, of = number.partition(".")
        for entry in self._incidents.timeline(name):
            if str(entry.number) == of:
                return {"id": number, "href": f"{RECORD.path}/{number}", **record_of(entry)}
        raise not_there(RECORD, number)

    def told(self, incident: Incident) -> Document:
        """Return an incident as a problem."""
        held = self._shelf.named(PROBLEM, incident.id)
        return self._told(incident, held.document if held else {})

    def _move(self, incident: Incident, change: Document, before: Document, *, actor: Actor) -> Incident:
        status = change.get("status", status_of(incident))
        reason = str(change.get("statusChangeReason") or "TMF656")[:_REASON_MAX]
        if status != status_of(incident):
            move = move_of(incident, status)
            if move is None:
                raise ForbiddenMove(
                    f"A problem that is {status_of(incident)} does not become {status}; "
                    "docs/tmforum.md has the table of states"
                )
            incident = self._incidents.act(incident.id, move(), actor=actor, version=incident.version, reason=reason)
        severity = severity_of(change.get("priority", before["priority"]))
        if severity != incident.severity:
            fact = SeveritySet(severity=severity)
            incident = self._incidents.act(incident.id, fact, actor=actor, version=incident.version, reason=reason)
        known = {one.get("text") for one in before.get("note", [])}
        for note in change.get("note", []):
            said = str(note.get("text", "")).strip()[:_REASON_MAX]
            if said and said not in known:
                incident = self._incidents.act(incident.id, Noted(), actor=actor, version=incident.version, reason=said)
        return incident

    def _place(self, incident: Incident, change: Document, before: Document, *, actor: Actor) -> Incident:
        """Set the scopes that a change means; what a partner said before, or is told, is no change."""
        held = self._shelf.named(PROBLEM, incident.id)
        said = held.document if held else {}
        moved = {
            name: change[name]
            for name in WHERE
            if name in change and change[name] not in (before.get(name), said.get(name))
        }
        if not moved:
            return incident
        if None in moved.values():
            raise ForbiddenMove(f"body.{next(iter(moved))}: an incident is somewhere; right would be where it is now.")
        fact = ScopesSet(scopes=scopes_after(incident, moved, self._names))
        if {*fact.scopes} == {one.scope for one in incident.scopes}:
            return incident
        reason = str(change.get("statusChangeReason") or "TMF656")[:_REASON_MAX]
        return self._incidents.act(incident.id, fact, actor=actor, version=incident.version, reason=reason)

    def _keep(self, incident: Incident, change: Document, sender: Sender) -> None:
        """Keep what a partner says of a problem and the timeline has no place for."""
        held = self._shelf.named(PROBLEM, incident.id)
        if held is None:
            self._shelf.keep(PROBLEM, _kept(change), sender, name=incident.id)
            return

        def changing(there: Held) -> Document:
            after = merged(there.document, change)
            if "originatorParty" in there.document:
                check(after, PROBLEM_SENT)
            return _kept(after)

        self._shelf.change(PROBLEM, held, changing, shown=lambda document: self._told(incident, document))

    def _shown(self) -> list[Incident]:
        """Return the incidents that are problems, those that go on first."""
        gone = self._shelf.withdrawn(PROBLEM)
        found = (*self._incidents.current(_LOOKED_AT), *self._incidents.past(_LOOKED_AT))
        return [incident for incident in found if incident.id not in gone]

    def _all(self, shown: Sequence[Incident]) -> Iterator[Document]:
        kept = {one.kept.name: one.document for one in self._shelf.all(PROBLEM)}
        return (self._told(incident, kept.get(incident.id, {})) for incident in shown)

    def _records(self) -> Iterator[Document]:
        for incident in self._shown():
            for entry in self._incidents.timeline(incident.id):
                number = f"{entry.incident}.{entry.number}"
                yield {"id": number, "href": f"{RECORD.path}/{number}", **record_of(entry)}

    def _told(self, incident: Incident, sent: Mapping[str, object]) -> Document:
        entries = self._incidents.timeline(incident.id)[: incident.version]
        said = problem_of(incident, entries, without_address(dict(sent)), names=self._names)
        return {"id": incident.id, "href": f"{PROBLEM.path}/{incident.id}", **said}

    def _incident(self, number: str) -> Incident:
        incident = self._incidents.get(number)
        if incident is None or number in self._shelf.withdrawn(PROBLEM):
            raise not_there(PROBLEM, number)
        return incident


def _actor(sender: Sender) -> Actor:
    if sender.actor is None:
        raise ForbiddenMove("Service problems are for tokens of the role duty; this one is of a source.")
    return sender.actor


def _kept(document: Document) -> Document:
    return {name: value for name, value in without_address(document).items() if name not in _OURS}
