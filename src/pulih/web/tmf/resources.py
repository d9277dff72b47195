"""Resources: what can be asked of each path of the TM Forum interfaces, and by whose token.

Reading is for viewers. What sources send (alarms, tickets) a source may send, and change where it is its own; the rest
is for whoever is on duty, as on the console.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec
from msgspec.structs import replace

from pulih.interchange.asking import Asked
from pulih.interchange.common_shapes import LISTENER
from pulih.interchange.kinds import ALARM, ALARM_TASKS, PROBLEM, PROBLEM_TASKS, RECORD, ROOTS, TICKET, Kind
from pulih.interchange.older import with_any_id
from pulih.interchange.shapes import Document, Shape
from pulih.ports.clock import Clock
from pulih.service.incidents import Incidents
from pulih.service.interchange.alarm_tasks import AlarmTasks
from pulih.service.interchange.alarms import Alarms
from pulih.service.interchange.hub import Hub
from pulih.service.interchange.listening import Listening
from pulih.service.interchange.problem_tasks import ProblemTasks
from pulih.service.interchange.problems import Problems
from pulih.service.interchange.shelf import Found, Sender, Shelf
from pulih.service.interchange.tickets import Tickets

Create = Callable[[Document, Sender], Document]


class Resource(msgspec.Struct, frozen=True, kw_only=True):
    """What can be asked of a path and of those below it; None for what cannot.

    Attributes:
        sent, changed: shapes of what is created and of a change.
        by_source: whether a source may send and change it.
        older: whether what older releases send is fitted to this one.
        bare: whether only attributes asked for are told of it, without its id and address.
        numbered: whether its id is a number by the specification, and a text for TM Forum's conformance kit. So it is
            a text for who asks for `application/json` and nothing else, as the kit does and later versions have it.
        found, get, create, change, remove: do it.
    """

    sent: Shape | None = None
    changed: Shape | None = None
    by_source: bool = False
    older: bool = False
    bare: bool = False
    numbered: bool = False
    found: Callable[[Asked], Found] | None = None
    get: Callable[[str], Document] | None = None
    create: Create | None = None
    change: Callable[[str, Document, Sender], Document] | None = None
    remove: Callable[[str, Sender], None] | None = None


class Exchange(msgspec.Struct, frozen=True, kw_only=True):
    """The rooms behind the interfaces."""

    shelf: Shelf
    alarms: Alarms
    tickets: Tickets
    problems: Problems
    hub: Hub
    incidents: Incidents
    clock: Clock


def resources_of(exchange: Exchange, *, as_kits: bool = False) -> Mapping[str, Resource]:
    """Return the resources of all interfaces by path.

    Args:
        exchange: the rooms behind them.
        as_kits: whether they take and tell what TM Forum's conformance kits want where its specifications do not.
    """
    alarms, tickets, problems = exchange.alarms, exchange.tickets, exchange.problems
    made = {
        ALARM.path: replace(_whole(ALARM, alarms, by_source=True), numbered=True),
        TICKET.path: _whole(TICKET, tickets, by_source=True),
        PROBLEM.path: _whole(PROBLEM, problems),
        RECORD.path: Resource(found=problems.records, get=problems.record),
    }
    for kind in ALARM_TASKS:
        task = AlarmTasks(kind, exchange.shelf, alarms)
        made[kind.path] = Resource(sent=kind.sent, by_source=False, found=task.found, get=task.get, create=task.create)
    for kind in PROBLEM_TASKS:
        made[kind.path] = Resource(sent=kind.sent, create=ProblemTasks(kind, exchange.incidents, exchange.clock).create)
    for root in ROOTS:
        made[f"{root}/hub"] = _hub(exchange.hub, root)
    made.update(_listeners(exchange))
    if not as_kits:
        return made
    # The kit of TMF621 is of a release in which `fields` names all that is told, that of TMF642 of one in which id and
    # address are told as well.
    return {
        path: replace(one, sent=one.sent and with_any_id(one.sent), older=True, bare=path == TICKET.path)
        for path, one in made.items()
    }


def _whole(kind: Kind, room: Alarms | Tickets | Problems, *, by_source: bool = False) -> Resource:
    return Resource(
        sent=kind.sent,
        changed=kind.changed,
        by_source=by_source,
        found=room.found,
        get=room.get,
        create=room.create,
        change=room.change,
        remove=room.remove,
    )


def _hub(hub: Hub, root: str) -> Resource:
    return Resource(
        sent=LISTENER,
        create=lambda sent, sender: hub.listen(root, sent, sender.name),
        remove=lambda number, _: hub.leave(root, number),
    )


def _listeners(exchange: Exchange) -> Mapping[str, Resource]:
    listening = Listening(exchange.alarms, exchange.tickets, exchange.problems)
    # Service problems are for people on duty, told of as sent.
    return {
        path: Resource(sent=shape, create=taking, by_source=not path.startswith(PROBLEM.root))
        for path, shape, taking in listening.takers()
    }
