"""Usefulness of sources: who spoke of trouble is noted hour by hour, and set against incidents as people judged them.

What is noted of an hour follows from what was said in it and on the day before, and from nothing else: whenever it is
looked at, in however many goes, and by a desk that was started anew, it is the same; only the onset of a finding that
is open yet may still move. What that is worth follows from it and from the incidents as they are judged now, so a late
confirmation counts. Nothing of this reaches detection: the verdict of a finding is weighed by it (service/live/fusion).
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Final

from pulih.learn.usefulness import KEPT_DAYS, Judged, Sort, Spoke, Worth, unknown, usefulness, worths
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.model.finding import Finding
from pulih.model.incident import Incident
from pulih.ports.clock import Clock
from pulih.ports.usefulness import SpokeStore
from pulih.service.incidents import Incidents
from pulih.service.speaking import HOUR_US, Speaking

# Public measurement notices up to some two hours late.
_WAIT_H: Final = 3
# So many hours are looked at in one go: a desk that was off for a month catches up within a quarter of an hour.
_HOURS_AT_ONCE: Final = 48
_DAY_H: Final = DAY_S // HOUR_S
_INCIDENTS_MAX: Final = 400
_FRESH_US: Final = 60 * MICROS


class Usefulness:
    """Knows what sources are worth; every method may be called from any thread.

    Args:
        store: where hours are kept.
        speaking: tells who spoke in an hour.
        incidents: the desk's.
        clock: the desk's.
    """

    def __init__(self, store: SpokeStore, speaking: Speaking, incidents: Incidents, clock: Clock) -> None:
        self._store, self._speaking, self._incidents, self._clock = store, speaking, incidents, clock
        # Looking takes its time, and whoever asks what is known must not wait for it.
        self._looking, self._lock = threading.Lock(), threading.Lock()
        self._spoke: list[Spoke] | None = None
        self._known: tuple[int, dict[tuple[str, Sort], Worth]] | None = None

    def learn(self, now_us: int) -> None:
        """Look at the hours that are over, the oldest first, as many as one go allows. Raises OutsideFailed."""
        end = now_us // HOUR_US - _WAIT_H
        with self._looking:
            # A desk that begins to learn looks at its last week, as far as its rows go back.
            begin = self._store.until_hour()
            begin = max(0, end - 7 * _DAY_H) if begin is None else max(begin, end - KEPT_DAYS * _DAY_H)
            last = min(end, begin + _HOURS_AT_ONCE)
            if begin >= last:
                return
            self._store.learn(self._speaking.in_hours(begin, last), last)
            self._store.forget(last - KEPT_DAYS * _DAY_H)
            with self._lock:
                self._spoke = self._known = None

    def worths(self) -> tuple[Worth, ...]:
        """Return what each source is worth that ever spoke of trouble, by name; at most a minute old.

        Raises: OutsideFailed.
        """
        return tuple(self._all().values())

    def of(self, source: str, sort: Sort) -> Worth:
        """Return what one source is worth; of one that never spoke, what is believed of its sort.

        Raises: OutsideFailed.
        """
        return self._all().get((source, sort)) or unknown(source, sort)

    def carriers(self, finding: Finding) -> Mapping[str, float]:
        """Return the sources that carry a finding, with their shares; none while all of them count in full.

        Raises: OutsideFailed.
        """
        doubted = any(one.sort == "complaint" and one.usefulness < usefulness("complaint") for one in self.worths())
        return self._speaking.carriers(finding) if doubted else {}

    def _all(self) -> dict[tuple[str, Sort], Worth]:
        now_us = self._clock.now_us()
        with self._lock:
            known = self._known
            if known is None or not 0 <= now_us - known[0] < _FRESH_US:
                self._spoke = self._store.spoke() if self._spoke is None else self._spoke
                found = worths(self._spoke, self._judged())
                known = self._known = now_us, {(one.source, one.sort): one for one in found}
            return known[1]

    def _judged(self) -> list[Judged]:
        both = (*self._incidents.current(_INCIDENTS_MAX), *self._incidents.past(_INCIDENTS_MAX))
        return [self._outage(one) for one in {one.id: one for one in both}.values()]

    def _outage(self, incident: Incident) -> Judged:
        return Judged(
            network=self._speaking.network_of(incident.operator),
            start_us=incident.onset_us,
            end_us=incident.ended_us,
            real=None if incident.state == "suspected" else incident.state != "rejected",
        )
