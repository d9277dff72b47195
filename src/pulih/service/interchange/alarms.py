"""Alarms: TMF642 alarms are evidence; one that is raised or cleared is heard as a report of kind alarm.

Source: TMF642 Alarm Management v4.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import Final

import msgspec

from pulih.interchange.alarm_shapes import ALARM_SENT
from pulih.interchange.asking import Asked
from pulih.interchange.kinds import ALARM
from pulih.interchange.merging import merged, refuse_fixed
from pulih.interchange.moments import written
from pulih.interchange.shapes import Document, check, moment_of
from pulih.listen.hooks.tmf642 import is_cleared, report_of
from pulih.model.errors import ForbiddenMove, StaleVersion
from pulih.service.interchange.hearing import Hearing
from pulih.service.interchange.shelf import Found, Held, Sender, Shelf, source_of, without_address

UNACKNOWLEDGED: Final = "unacknowledged"
_OF_CLEARING: Final = frozenset({"alarmClearedTime", "clearSystemId", "clearUserId"})


class Alarms:
    """The alarms of a desk.

    Args:
        shelf: where documents are kept.
        hearing: the way to the intake.
        operator: whose network alarms are of where they do not say; "" where nobody can tell.
    """

    def __init__(self, shelf: Shelf, hearing: Hearing, *, operator: str = "") -> None:
        self._shelf, self._hearing, self._operator = shelf, hearing, operator

    def found(self, asked: Asked) -> Found:
        """Return the part of the list that is asked for."""
        return self._shelf.found(ALARM, asked)

    def get(self, number: str) -> Document:
        """Return one alarm. Raises NotThere."""
        return self._shelf.get(ALARM, number).document

    def known_as(self, theirs: str, sender: Sender) -> str | None:
        """Return the id here of an alarm that another system told of, None for one that is not known."""
        held = self._shelf.with_key(ALARM, key_of(sender, theirs))
        return None if held is None else str(held.kept.number)

    def create(self, sent: Document, sender: Sender, *, theirs: str = "") -> Document:
        """Take an alarm in, and return it; one that its sender sent before is the one that is there.

        It is known by its `externalAlarmId` at its source system, and by all that it says where it has none. What it
        says anew changes the one that is there: it is cleared, or raised again when it was raised later than that.

        Args:
            sent: as it was sent, checked.
            sender: who sent it.
            theirs: its id in another system that tells of it, "" where it was sent to be kept here.

        Raises: RefusedInput; OutsideFailed.
        """
        alarm: Document = {
            "ackState": UNACKNOWLEDGED,
            "alarmReportingTime": written(self._shelf.clock.now_us()),
            "@type": ALARM.type,
            **({"externalAlarmId": theirs} if theirs else {}),
            **without_address(sent),
        }
        key = key_of(sender, theirs or _name_of(sent))
        held = self._shelf.with_key(ALARM, key)
        if held is None:
            self._hear(alarm, sender.source)
            try:
                return self._shelf.keep(ALARM, alarm, sender, key=key).document
            except StaleVersion:
                held = self._shelf.with_key(ALARM, key)
                if held is None:
                    raise
        return self._again(held, without_address(sent))

    def _again(self, held: Held, sent: Document) -> Document:
        """Return the alarm that is there, changed to what its sender says of it now."""

        def is_news(there: Document) -> bool:
            late = is_cleared(there) and not is_cleared(sent) and not _later(sent, there, "alarmRaisedTime")
            return not late and any(there.get(name) != value for name, value in sent.items())

        def changing(there: Held) -> Document:
            new = is_news(there.document)
            return self.turned(there, {**there.document, **sent}) if new else without_address(there.document)

        return self._shelf.change(ALARM, held, changing).document if is_news(held.document) else held.document

    def change(self, number: str, change: Document, sender: Sender) -> Document:
        """Change an alarm, and return it; one that is cleared or raised again by it is heard.

        Raises: NotThere; ForbiddenMove when it is another source's; RefusedInput; OutsideFailed.
        """
        held = self._shelf.get(ALARM, number)
        refuse_foreign(held, sender)

        def changing(there: Held) -> Document:
            refuse_fixed(there.document, change, ALARM.fixed)
            return self.turned(there, merged(there.document, change))

        return self._shelf.change(ALARM, held, changing).document

    def turned(self, held: Held, alarm: Document) -> Document:
        """Return an alarm as it is kept after a change, once what it says anew was heard.

        Raises: RefusedInput; OutsideFailed.
        """
        now = written(self._shelf.clock.now_us())
        if alarm.get("alarmChangedTime") == held.document.get("alarmChangedTime"):
            alarm = {**alarm, "alarmChangedTime": now}
        before, after = is_cleared(held.document), is_cleared(alarm)
        if after and not before and alarm.get("alarmClearedTime") == held.document.get("alarmClearedTime"):
            alarm = {**alarm, "alarmClearedTime": now}
        if not after:
            # One that is raised is not cleared by anybody, whatever it was before.
            alarm = {name: value for name, value in alarm.items() if name not in _OF_CLEARING}
        check(alarm, ALARM_SENT)
        if before != after:
            # The intake counts an id once, and an alarm may turn many times.
            turn = f":{held.kept.number}.{held.kept.version}" if before or held.kept.version > 1 else ""
            self._hear(alarm, source_of(held.kept), turn=turn)
        return without_address(alarm)

    def remove(self, number: str, sender: Sender) -> None:
        """Take an alarm away; one that was not cleared is no evidence any more.

        Raises: NotThere; ForbiddenMove; OutsideFailed.
        """
        held = self._shelf.get(ALARM, number)
        refuse_foreign(held, sender)
        if not is_cleared(held.document):
            self._hear({**held.document, "state": "cleared"}, source_of(held.kept), turn=":gone")
        self._shelf.remove(ALARM, held)

    def _hear(self, alarm: Document, source: str, *, turn: str = "") -> None:
        self._hearing.hear(report_of(alarm, source=source, operator=self._operator, turn=turn))


def key_of(sender: Sender, told: str | Document) -> str:
    """Return what tells a document from others when it is sent twice: its id with the sender, or all that it says."""
    whole = msgspec.json.encode([sender.owner or sender.name, told], order="deterministic")
    return blake2b(whole, digest_size=16).hexdigest()


def _name_of(sent: Document) -> str | Document:
    """Return what a sender knows an alarm by: its id at its source system, or all of it where it gives none."""
    given = sent.get("externalAlarmId", "")
    return {name: sent[name] for name in ("sourceSystemId", "externalAlarmId")} if given else sent


def _later(one: Document, other: Document, name: str) -> bool:
    first, second = moment_of(one.get(name)), moment_of(other.get(name))
    return first is not None and (second is None or first > second)


def refuse_foreign(held: Held, sender: Sender) -> None:
    """Refuse that a source changes what it did not send.

    Raises: ForbiddenMove.
    """
    if sender.actor is None and held.kept.source != sender.owner:
        raise ForbiddenMove("It was sent by another source; right would be that one, or a token of the role duty.")
