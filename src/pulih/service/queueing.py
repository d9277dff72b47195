"""Queueing: each published word goes into the outbox once, for everyone whom it concerns.

A word waits until its page is up, so that nobody is led to a page that does not know it; not for longer than a minute,
though, and not when calls for help fail. It is found on the timelines and not only told by them, so what was published
while the desk was cut off is queued after the next start. A word that is a day old is no news any more and is left to
the page.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from pulih.communicate.speech import Speech
from pulih.model.bulletin import PublicIncident, Word
from pulih.model.clock import DAY_S, MICROS
from pulih.model.incident import Incident
from pulih.model.subscription import QueuedWord
from pulih.ports.outbox import Outbox
from pulih.service.due_times import dues_of
from pulih.service.incidents import Incidents
from pulih.service.public_incident import is_shown, public_incident

FRESH_US: Final = DAY_S * MICROS
_LOOKED_AT: Final = 1_000
# How long a word waits for its page. Publishing takes seconds; a place that is away must not keep a word back.
PAGE_S_MAX: Final = 60.0
# Of so many words that went out before their pages it is remembered why.
_EARLY_MAX: Final = 20


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A word that waits for its page, or went out before it: which, of which incident, and why the page was not up."""

    word: str
    incident: str
    why: str


def _is_up(_: str) -> str:
    return ""


class Queueing:
    """Looks through incidents for words that are not in the outbox yet; for one thread at a time.

    Args:
        incidents: the desk's.
        outbox: where words go.
        speech: how the desk speaks; its time zone has the quiet hours.
        zone: the desk's.
        own: catalogue ids of operators whose words are sent, none for all.
        awaited: says of a word ("incident/word") why its page is not up yet, "" when it is.
        elapsed_s: what has passed, in seconds; the wait is of the world's time, also on a desk whose clock is faster.

    Attributes:
        held: words that wait for their pages; `early` the latest that went out before them.
    """

    def __init__(
        self,
        incidents: Incidents,
        outbox: Outbox,
        *,
        speech: Speech,
        zone: ZoneInfo,
        own: Iterable[str] = (),
        awaited: Callable[[str], str] = _is_up,
        elapsed_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._incidents, self._outbox, self._speech, self._zone = incidents, outbox, speech, zone
        self._own = frozenset(own)
        self._seen: dict[str, int] = {}
        self._settled: set[str] = set()
        self._awaited, self._elapsed_s = awaited, elapsed_s
        self._since_s: dict[str, float] = {}
        self._waiting: dict[str, Held] = {}
        self.held: tuple[Held, ...] = ()
        self.early: tuple[Held, ...] = ()

    def sweep(self, now_us: int) -> int:
        """Queue what is new and drop what was taken back; return how many words were queued.

        Raises: OutsideFailed.
        """
        queued, self._waiting = 0, {}
        found = [*self._incidents.current(_LOOKED_AT), *self._incidents.past(_LOOKED_AT)]
        for incident in found:
            if self._seen.get(incident.id) != incident.version:
                before = len(self._waiting)
                queued += self._look(incident, now_us)
                if len(self._waiting) == before:
                    self._seen[incident.id] = incident.version
        self.held = tuple(self._waiting.values())
        self._since_s = {key: since_s for key, since_s in self._since_s.items() if key in self._waiting}
        self._forget({incident.id for incident in found})
        return queued

    def _look(self, incident: Incident, now_us: int) -> int:
        said = [notice for notice in incident.notices if (notice.published_us or 0) > now_us - FRESH_US]
        for notice in said:
            if notice.state == "withdrawn":
                self._outbox.withdraw(f"{incident.id}/{notice.id}", now_us)
        if not said or not is_shown(incident) or (self._own and incident.operator not in self._own):
            return 0
        shown = public_incident(self._incidents.timeline(incident.id), self._speech)
        queued = 0
        for word in shown.words:
            if word.withdrawn_us is None and word.published_us > now_us - FRESH_US:
                queued += self._queue(shown, word, now_us)
        return queued

    def _queue(self, incident: PublicIncident, word: Word, now_us: int) -> bool:
        said = queued_word(incident, word)
        if said.key in self._settled or self._waits(said):
            return False
        done = self._outbox.queue(said, dues_of(now_us, self._zone, urgent=said.urgent), now_us)
        self._settled.add(said.key)
        return done is not None

    def _waits(self, said: QueuedWord) -> bool:
        """Tell whether a word is to wait for its page; who is told of calls for help that fail does not."""
        why = "" if said.urgent else self._awaited(said.key)
        if not why:
            return False
        held, now_s = Held(word=said.key, incident=said.incident.id, why=why), self._elapsed_s()
        if now_s - self._since_s.setdefault(said.key, now_s) < PAGE_S_MAX:
            self._waiting[said.key] = held
            return True
        self.early = (*self.early, held)[-_EARLY_MAX:]
        return False

    def _forget(self, there: set[str]) -> None:
        self._seen = {key: version for key, version in self._seen.items() if key in there}
        self._settled = {key for key in self._settled if key.partition("/")[0] in there}


def queued_word(incident: PublicIncident, word: Word) -> QueuedWord:
    """Return a word as it is queued: with the incident, and without what else was said of it."""
    told = msgspec.structs.replace(incident, words=(), promises=())
    return QueuedWord(incident=told, word=word, urgent=incident.emergency_calls == "not_reachable")
