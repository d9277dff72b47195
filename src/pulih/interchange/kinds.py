"""Kinds: which resources each TM Forum interface of the desk has, where they are, and what may be changed of them.

Source: the specifications named in docs/tmforum.md; TMF630 for what no client may change.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from pulih.interchange import alarm_shapes as alarms
from pulih.interchange import problem_shapes as problems
from pulih.interchange import ticket_shapes as tickets
from pulih.interchange.shapes import Shape, names


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of resource.

    Attributes:
        name: at the end of its path, and of its payload in events.
        root: of its interface.
        type: its name as `@type` and in events.
        sent: what a new one must hold; None where nobody may create one.
        changed: what a change may hold; None where nobody may change one.
        told: what may be told of one in an event of another system.
        fixed: attributes that stay as they are once it is there.
        state: attribute that says how it stands, "" where there is none; a change of it is an event named `turned`.
        is_told: whether listeners are told of a new one.
        shown: attributes that people may see of it when its texts are gone; empty where it holds no personal data.
        gone: mandatory attributes that are among those texts.
    """

    name: str
    root: str
    type: str
    sent: Shape | None = None
    changed: Shape | None = None
    told: Shape = Shape()
    fixed: frozenset[str] = frozenset()
    state: str = ""
    turned: str = ""
    is_told: bool = False
    shown: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()

    @property
    def path(self) -> str:
        """Return where the list of them is.

        >>> ALARM.path
        '/tmf-api/alarm/v4/alarm'
        """
        return f"{self.root}/{self.name}"


_ALARMS: Final = "/tmf-api/alarm/v4"
_TICKETS: Final = "/tmf-api/troubleTicket/v4"
_PROBLEMS: Final = "/tmf-api/serviceProblemManagement/v4"


def _whole(sent: Shape, *, texts: str, uris: str = "") -> Shape:
    return replace(sent, texts=sent.texts | names(texts), uris=sent.uris | names(uris), needed=())


_OURS: Final = frozenset({"id", "href"})
ROOTS: Final = (_ALARMS, _TICKETS, _PROBLEMS)

ALARM: Final = Kind(
    name="alarm",
    root=_ALARMS,
    type="Alarm",
    sent=alarms.ALARM_SENT,
    changed=alarms.ALARM_CHANGED,
    told=alarms.ALARM,
    fixed=_OURS | {"alarmRaisedTime", "sourceSystemId"},
    state="state",
    turned="AlarmStateChangeEvent",
    is_told=True,
)
TICKET: Final = Kind(
    name="troubleTicket",
    root=_TICKETS,
    type="TroubleTicket",
    sent=tickets.TICKET_SENT,
    changed=tickets.TICKET,
    told=_whole(tickets.TICKET_SENT, texts="id href"),
    fixed=_OURS | {"creationDate", "lastUpdate", "statusChangeDate", "statusChange"},
    state="status",
    turned="TroubleTicketStatusChangeEvent",
    is_told=True,
    shown=names(
        "status severity priority ticketType creationDate lastUpdate statusChangeDate expectedResolutionDate "
        "requestedResolutionDate resolutionDate @type @baseType @schemaLocation"
    ),
    gone=names("description"),
)
PROBLEM: Final = Kind(
    name="serviceProblem",
    root=_PROBLEMS,
    type="ServiceProblem",
    sent=problems.PROBLEM_SENT,
    changed=problems.PROBLEM,
    told=_whole(problems.PROBLEM_SENT, texts="id", uris="href"),
    fixed=_OURS | {"originatingSystem", "firstAlert", "trackingRecord"},
    state="status",
    turned="ServiceProblemStateChangeEvent",
)
RECORD: Final = Kind(name="serviceProblemEventRecord", root=_PROBLEMS, type="ServiceProblemEventRecord")
ALARM_TASKS: Final = tuple(
    Kind(
        name=name,
        root=_ALARMS,
        type=name[0].upper() + name[1:],
        sent=shape,
        told=_whole(shape, texts="id href"),
        state="state",
        turned=f"{name[0].upper()}{name[1:]}StateChangeEvent",
        is_told=True,
    )
    for name, shape in (
        ("ackAlarms", alarms.ACK),
        ("unAckAlarms", alarms.UNACK),
        ("clearAlarms", alarms.CLEAR),
        ("commentAlarms", alarms.COMMENTING),
        ("groupAlarms", alarms.GROUP),
        ("unGroupAlarms", alarms.UNGROUP),
    )
)
PROBLEM_TASKS: Final = tuple(
    Kind(name=name, root=_PROBLEMS, type=name[0].upper() + name[1:], sent=shape)
    for name, shape in (
        ("problemAcknowledgement", problems.ACKNOWLEDGEMENT),
        ("problemUnacknowledgement", problems.UNACKNOWLEDGEMENT),
        ("problemGroup", problems.GROUPING),
        ("problemUngroup", problems.GROUPING),
    )
)
