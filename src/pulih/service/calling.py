"""Calling: calls who is on duty about what nobody has taken up, by the timeline and the outbox.

What counts is the order. That somebody is called is an entry of the timeline first; then it is found there and goes
into the outbox, once; the outbox sends it, and after a crash sends what had not begun and nothing else. So no call is
lost and none is made twice, whatever is killed when.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from msgspec.structs import replace

from pulih.communicate.calls import call_letter
from pulih.communicate.letters import Letter
from pulih.confirm.escalation import next_call
from pulih.model.actor import THE_DESK
from pulih.model.clock import DAY_S, MICROS
from pulih.model.entry import Called, Entry
from pulih.model.errors import ForbiddenMove
from pulih.model.incident import Incident
from pulih.model.subscription import Language
from pulih.ports.outbox import Outbox, SubscriptionStore
from pulih.service.incidents import Incidents
from pulih.service.on_call import OnCall, contact_of

# A call that could not be queued within so long helps nobody any more.
FRESH_US: Final = DAY_S * MICROS
_LOOKED_AT: Final = 500


def watched(incidents: Incidents, now_us: int) -> list[Incident]:
    """Return the incidents of which somebody may be called: those that go on, and those called restored for a day.

    Args:
        incidents: the desk's.
        now_us: the present.
    """
    over = incidents.past(_LOOKED_AT, states=frozenset({"restored"}))
    lately = [one for one in over if one.ended_us is not None and one.ended_us >= now_us - FRESH_US]
    return [*incidents.current(_LOOKED_AT), *lately]


class Calling:
    """Calls people; for one thread at a time.

    Args:
        incidents: the desk's.
        on_call: who is on duty.
        outbox: where calls go.
        contacts: where those who are called are kept.
        key: the desk's secret.
    """

    def __init__(
        self, incidents: Incidents, on_call: OnCall, outbox: Outbox, *, contacts: SubscriptionStore, key: bytes
    ) -> None:
        self._incidents, self._on_call, self._outbox = incidents, on_call, outbox
        self._contacts, self._key = contacts, key
        self._queued: set[str] = set()
        # Timelines of what is watched, as they were read last; nobody reads them again while nothing was added.
        self._read: dict[str, tuple[Entry, ...]] = {}

    def look(self, now_us: int) -> int:
        """Call whoever is to be called now; return how many were queued.

        Raises: OutsideFailed.
        """
        if not self._on_call.rota.contacts:
            return 0
        people = [one for one in self._on_call.now().people if one in self._on_call.rota.contacts]
        queued, going = 0, watched(self._incidents, now_us)
        self._read = {one.id: self._timeline(one) for one in going}
        for incident in going:
            entries = self._called(incident, self._read[incident.id], people, now_us)
            queued += sum(self._queue(entry, now_us) for entry in entries if isinstance(entry.fact, Called))
        return queued

    def letter(self, call: str, language: Language) -> Letter:
        """Return what somebody is written who is called, by the key of the call in the outbox."""
        name, _, number = call.partition("/c")
        incident = self._incidents.get(name)
        entry = next((one for one in self._incidents.timeline(name) if str(one.number) == number), None)
        if incident is None or entry is None or not isinstance(entry.fact, Called):
            return Letter("", call)
        minutes, speech = self._on_call.rota.escalation.acknowledge_min, self._incidents.speech
        return call_letter(entry.fact, incident, language, speech=speech, minutes=minutes)

    def _timeline(self, incident: Incident) -> tuple[Entry, ...]:
        known = self._read.get(incident.id, ())
        return known if len(known) == incident.version else self._incidents.timeline(incident.id)

    def _called(
        self, incident: Incident, entries: Sequence[Entry], people: Sequence[str], now_us: int
    ) -> Sequence[Entry]:
        """Write whom the desk calls now, if anybody, and return the timeline after it."""
        fact = next_call(incident, entries, people, rule=self._on_call.rota.escalation, now_us=now_us)
        if fact is None:
            return entries
        channel = self._on_call.rota.contacts[fact.who].channel
        try:
            self._incidents.act(incident.id, replace(fact, channel=channel), actor=THE_DESK, version=incident.version)
        except ForbiddenMove:
            # Somebody acted meanwhile; what follows from that is seen at the next look.
            return entries
        return self._incidents.timeline(incident.id)

    def _queue(self, entry: Entry, now_us: int) -> bool:
        key = f"{entry.incident}/c{entry.number}"
        if key in self._queued or entry.at_us < now_us - FRESH_US or not isinstance(entry.fact, Called):
            return False
        contact = self._on_call.rota.contacts.get(entry.fact.who)
        reached = None if contact is None else contact_of(self._contacts, contact, self._key)
        if reached is None:
            return False
        self._queued.add(key)
        return self._outbox.queue_call(key, reached, now_us)
