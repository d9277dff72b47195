"""Listening: what other systems tell the desk of their alarms, tickets and problems, once it listens at their hubs.

A resource of another system is known by its id there. What it tells of one that the desk does not know begins it;
events about tasks of theirs are taken and change nothing, since what a task did comes as an event of its own.
Source: the listener paths of TMF621, TMF642 and TMF656 v4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from msgspec.structs import replace

from pulih.interchange.kinds import ALARM, ALARM_TASKS, PROBLEM, TICKET, Kind
from pulih.interchange.shapes import Document, Shape, check, names
from pulih.model.errors import ForbiddenMove, RefusedInput
from pulih.service.interchange.alarms import Alarms
from pulih.service.interchange.problems import Problems
from pulih.service.interchange.shelf import Sender
from pulih.service.interchange.tickets import Tickets

Taking = Callable[[Document, Sender], Document]
_EVENT: Final = Shape(
    texts=names("id href eventId eventType correlationId domain title description priority fieldPath"),
    moments=names("eventTime timeOcurred"),
)
_SAID: Final[dict[str, tuple[str, ...]]] = {
    ALARM.name: ("Create", "AttributeValueChange", "StateChange", "Delete"),
    TICKET.name: ("Create", "AttributeValueChange", "StatusChange", "Delete", "Resolved", "InformationRequired"),
    PROBLEM.name: ("Create", "StateChange", "AttributeValueChange", "InformationRequired"),
}


class Listening:
    """Takes events of others.

    Args:
        alarms, tickets, problems: where they lead.
    """

    def __init__(self, alarms: Alarms, tickets: Tickets, problems: Problems) -> None:
        self._rooms: dict[str, Alarms | Tickets | Problems] = {
            ALARM.name: alarms,
            TICKET.name: tickets,
            PROBLEM.name: problems,
        }

    def takers(self) -> Iterator[tuple[str, Shape, Taking]]:
        """Yield each path of a listener, the shape of its events, and what takes them."""
        for kind in (ALARM, TICKET, PROBLEM):
            for what in _SAID[kind.name]:
                path = f"{kind.root}/listener/{kind.name}{what}Event"
                yield path, _shape(kind), self._taker(kind, path, what)
        for kind in ALARM_TASKS:
            for what in ("Create", "StateChange"):
                path = f"{kind.root}/listener/{kind.name}{what}Event"
                yield path, _shape(kind), lambda event, _, path=path: _taken(event, path)  # type: ignore[misc] # bound now

    def _taker(self, kind: Kind, path: str, what: str) -> Taking:
        def take(event: Document, sender: Sender) -> Document:
            if what != "InformationRequired":
                self._take(kind, event, sender, gone=what == "Delete")
            return _taken(event, path)

        return take

    def _take(self, kind: Kind, event: Document, sender: Sender, *, gone: bool) -> None:
        told = event.get("event", {}).get(kind.name)
        if not isinstance(told, dict) or "id" not in told:
            raise ForbiddenMove(f"The event tells of no {kind.name} with an id; right would be event.{kind.name}.id.")
        room = self._rooms[kind.name]
        theirs = str(told["id"])
        number = room.known_as(theirs, sender)
        if gone:
            if number is not None:
                room.remove(number, sender)
            return
        if number is not None and kind.changed is not None:
            change = {name: value for name, value in told.items() if name not in kind.fixed}
            room.change(number, check(change, kind.changed), sender)
            return
        try:
            check(told, kind.sent or Shape())
        except RefusedInput as refused:
            raise ForbiddenMove(
                f"The {kind.name} is not known here, and the event does not tell enough: {refused}"
            ) from None
        room.create(told, sender, theirs=theirs)


def _shape(kind: Kind) -> Shape:
    """Return the shape of the events of a kind; what they tell of it need not be whole."""
    return replace(_EVENT, one={"event": Shape(one={kind.name: kind.told})})


def _taken(event: Document, path: str) -> Document:
    """Return what the specifications have a listener answer."""
    return {"id": str(event.get("eventId", "")) or "event", "callback": path}
