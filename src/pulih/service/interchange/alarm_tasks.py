"""Alarm tasks: acknowledging, clearing, commenting on and grouping of alarms, many at once.

A task names alarms by patterns: an alarm that has all attributes of one of them is meant. What was done to which alarms
is kept as the task, which may be asked for again. Source: TMF642 Alarm Management v4, task resources.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from pulih.interchange.addresses import number_at
from pulih.interchange.asking import Asked
from pulih.interchange.kinds import ALARM, Kind
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document, is_empty, moment_of
from pulih.listen.hooks.tmf642 import is_cleared
from pulih.model.errors import ForbiddenMove
from pulih.service.interchange.alarms import UNACKNOWLEDGED, Alarms
from pulih.service.interchange.shelf import Found, Held, NotThere, Sender, Shelf, without_address

# One task changes so many alarms at most.
CHANGED_MAX: Final = 1_000
_RIGHT: Final = "right would be the id or href of one from the list"
_Changing = Callable[[Document], Document]


class AlarmTasks:
    """The tasks of one kind.

    Args:
        kind: one of `ALARM_TASKS`.
        shelf: where alarms and tasks are kept.
        alarms: the alarms of the desk.
    """

    def __init__(self, kind: Kind, shelf: Shelf, alarms: Alarms) -> None:
        self._kind, self._shelf, self._alarms = kind, shelf, alarms

    def found(self, asked: Asked) -> Found:
        """Return the part of the list that is asked for."""
        return self._shelf.found(self._kind, asked)

    def get(self, number: str) -> Document:
        """Return one task. Raises NotThere."""
        return self._shelf.get(self._kind, number).document

    def create(self, sent: Document, sender: Sender) -> Document:
        """Do a task, and return it with the alarms that it was done to.

        Raises: ForbiddenMove when its patterns mean more alarms than one task may change, or the alarms that it groups
            are not there; OutsideFailed.
        """
        done_name, doing = _DOING[self._kind.name]
        now = written(self._shelf.clock.now_us())
        if "alarmPattern" in sent:
            meant, doer = self._matching(sent["alarmPattern"]), sent
        else:
            parent, children = self._family(sent)
            meant = [parent, *children]
            doer = {**sent, "parentAlarm": _reference(parent), "correlatedAlarm": [*map(_reference, children)]}
        if self._kind.name == "clearAlarms":
            # Who cleared an alarm first, and when, stays said of it.
            meant = [held for held in meant if not is_cleared(held.document)]
        done = [self._changed(held, lambda alarm: doing(alarm, doer, now)) for held in meant]
        task = {
            "@type": self._kind.type,
            **without_address(sent),
            "state": "done",
            done_name: [{"id": alarm["id"], "href": alarm["href"], "@referredType": ALARM.type} for alarm in done],
        }
        # It is done as soon as it is there; listeners are told of both.
        return self._shelf.keep(self._kind, task, sender, turned_from="inProgress").document

    def _family(self, sent: Document) -> tuple[Held, list[Held]]:
        """Return the parent and the children that a task names; children that are not there are left out.

        Raises: ForbiddenMove when the parent is not there, or no child is.
        """
        parent = self._named(sent["parentAlarm"])
        if parent is None:
            raise ForbiddenMove(f"body.parentAlarm: there is no such {ALARM.name}; {_RIGHT}.")
        found = {one.kept.number: one for one in map(self._named, sent["correlatedAlarm"]) if one is not None}
        found.pop(parent.kept.number, None)
        if not found:
            raise ForbiddenMove(f"body.correlatedAlarm: none of these is another {ALARM.name}; {_RIGHT}.")
        return parent, [*found.values()]

    def _named(self, reference: Document) -> Held | None:
        """Return the alarm that a reference names by its id, or by its address where it gives no id."""
        told = _number(reference["id"]) if "id" in reference else number_at(reference.get("href", ""), ALARM.path)
        try:
            return self._shelf.get(ALARM, told)
        except NotThere:
            return None

    def _matching(self, patterns: Sequence[Document]) -> list[Held]:
        if any(is_empty(one) for one in patterns):
            raise ForbiddenMove(
                "body.alarmPattern: an empty one means every alarm; right would be one attribute at least."
            )
        found = [one for one in self._shelf.all(ALARM) if any(_matches(one.document, each) for each in patterns)]
        if len(found) > CHANGED_MAX:
            raise ForbiddenMove(f"The patterns mean {len(found)} alarms; right would be at most {CHANGED_MAX} at once.")
        return found

    def _changed(self, held: Held, changing: _Changing) -> Document:
        return self._shelf.change(
            ALARM, held, lambda there: self._alarms.turned(there, changing(there.document))
        ).document


def _acknowledged(alarm: Document, task: Document, now: str) -> Document:
    return {**alarm, "ackState": "acknowledged", **_picked(task, "ackSystemId", "ackUserId"), "alarmChangedTime": now}


def _unacknowledged(alarm: Document, task: Document, now: str) -> Document:
    return {**alarm, "ackState": UNACKNOWLEDGED, **_picked(task, "ackSystemId", "ackUserId"), "alarmChangedTime": now}


def _cleared(alarm: Document, task: Document, now: str) -> Document:
    if is_cleared(alarm):
        return alarm
    over = {"state": "cleared", "perceivedSeverity": "cleared", "alarmChangedTime": now}
    return {**alarm, **over, **_picked(task, "clearSystemId", "clearUserId", "alarmClearedTime")}


def _commented(alarm: Document, task: Document, now: str) -> Document:
    comment = {"time": now, **task["comment"]}
    return {**alarm, "comment": [*alarm.get("comment", []), comment], "alarmChangedTime": now}


def _grouped(alarm: Document, task: Document, _: str) -> Document:
    parent, children = task["parentAlarm"], task["correlatedAlarm"]
    changed = {**alarm, "alarmChangedTime": task["alarmChangedTime"]}
    if str(alarm["id"]) == parent["id"]:
        return {**changed, "correlatedAlarm": _with(alarm.get("correlatedAlarm", []), children)}
    return {**changed, "parentAlarm": _with(alarm.get("parentAlarm", []), [parent])}


def _ungrouped(alarm: Document, task: Document, _: str) -> Document:
    parent, children = task["parentAlarm"], task["correlatedAlarm"]
    changed = {**alarm, "alarmChangedTime": task["alarmChangedTime"]}
    name, gone = ("correlatedAlarm", children) if str(alarm["id"]) == parent["id"] else ("parentAlarm", [parent])
    ids = {one["id"] for one in gone}
    return {**changed, name: [one for one in alarm.get(name, []) if one["id"] not in ids]}


_DOING: Final[dict[str, tuple[str, Callable[[Document, Document, str], Document]]]] = {
    "ackAlarms": ("ackedAlarm", _acknowledged),
    "unAckAlarms": ("unAckedAlarm", _unacknowledged),
    "clearAlarms": ("clearedAlarm", _cleared),
    "commentAlarms": ("commentedAlarm", _commented),
    "groupAlarms": ("groupedAlarm", _grouped),
    "unGroupAlarms": ("unGroupedAlarm", _ungrouped),
}


def _picked(task: Document, *names: str) -> Document:
    return {name: task[name] for name in names if name in task}


def _with(held: Sequence[Document], more: Sequence[Document]) -> list[Document]:
    there = {one["id"] for one in held}
    return [*held, *(one for one in more if one["id"] not in there)]


def _reference(held: Held) -> Document:
    return {"id": str(held.kept.number), "href": held.document["href"], "@referredType": ALARM.type}


def _matches(value: Any, pattern: Any) -> bool:
    """Return whether a value has all that a pattern has."""
    if isinstance(pattern, dict):
        if not isinstance(value, dict):
            return False
        return all(name in value and _fits(name, value[name], wanted) for name, wanted in pattern.items())
    if isinstance(pattern, list):
        return isinstance(value, list) and all(any(_matches(one, wanted) for one in value) for wanted in pattern)
    at = moment_of(pattern)
    return bool(value == pattern) or (at is not None and at == moment_of(value))


def _number(told: Any) -> str:
    """Return an id as it stands in an address, however it was told; in JSON 3.0 is a whole number too."""
    return str(int(told)) if isinstance(told, int | float) else str(told)


def _fits(name: str, value: Any, wanted: Any) -> bool:
    if name == "id" and str(wanted) == str(value):
        # The same id is a number or a text, as the desk is set.
        return True
    # An address is the same whatever machine it was asked at.
    return str(wanted).endswith(str(value)) if name == "href" else _matches(value, wanted)
