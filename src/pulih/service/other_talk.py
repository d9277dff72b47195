"""Other talk: how much each source says beside reports of an operator, and when that was far less than usual.

What is usual is the middle one of three days before: one, two and seven, at the same hours; so one of them may have
been loud, or silent. No day counts on which the outage went on already. Talk of the operator that is no report grows
with an outage, and would hide that a part of the feed is missing; so talk of others is looked at by itself, too, where
there is any.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.ports.files import Wanted
from pulih.ports.live import SignalStore
from pulih.restore.observed import Flags, Floats
from pulih.restore.thinning import thin_windows

STEP_S: Final = 300
_STEP_US: Final = STEP_S * MICROS
_HOUR_US: Final = HOUR_S * MICROS
_DAY_US: Final = DAY_S * MICROS
_IN_AN_HOUR: Final = HOUR_S // STEP_S
_DAYS: Final = (1, 2, 7)
# Hours that are over do not change, and an outage of a day and a half needs 150 of them every minute.
_KEPT_MAX: Final = 3_000

# Texts by step of one hour: by source, and whether only those count that speak of others.
_Hour = Mapping[tuple[str, bool], NDArray[np.int32]]
_Key = tuple[frozenset[str], int]


class OtherTalk:
    """Looks at what sources say beside reports; every method may be called from any thread.

    Args:
        store: single reports, as counts.
    """

    def __init__(self, store: SignalStore) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._kept: dict[_Key, _Hour] = {}

    def thin(self, wanted: Wanted, onset_us: int) -> dict[str, Flags]:
        """Return in which steps each source was thin; sources that never were are left out.

        Args:
            wanted: the operators of the outage, and from when until when; the first step begins at its start.
            onset_us: since when the outage goes on.
        """
        starts = np.arange(wanted.start_us, wanted.end_us, _STEP_US, dtype=np.int64)
        ages = np.maximum(0, starts - onset_us) // _DAY_US
        now = self._talk(wanted, starts, wanted.end_us)
        before = [self._talk(wanted, starts - (ages + days) * _DAY_US, wanted.end_us) for days in _DAYS]
        # Of the last step only so much has passed.
        passed = np.clip((wanted.end_us - starts) / _STEP_US, 0.0, 1.0)
        nothing = np.zeros(starts.size)
        found: dict[str, Flags] = {}
        for source, others in {key for day in before for key in day}:
            talk = now.get((source, others), nothing)
            usual = np.median([day.get((source, others), nothing) for day in before], axis=0)
            thin = thin_windows(talk, passed * usual) | found.get(source, np.zeros(starts.size, dtype=np.bool_))
            if thin.any():
                found[source] = thin
        return found

    def _talk(self, wanted: Wanted, starts: NDArray[np.int64], settled_us: int) -> dict[tuple[str, bool], Floats]:
        """Return the texts of the steps that begin at some moments, of each source."""
        numbers = starts // _HOUR_US
        hours = self._hours(wanted, sorted(set(numbers.tolist())), settled_us)
        places = starts % _HOUR_US // _STEP_US
        found: dict[tuple[str, bool], Floats] = {}
        for hour, by_key in hours.items():
            here = numbers == hour
            for key, texts in by_key.items():
                found.setdefault(key, np.zeros(starts.size))[here] = texts[places[here]]
        return found

    def _hours(self, wanted: Wanted, numbers: list[int], settled_us: int) -> dict[int, _Hour]:
        """Return hours by their number since 1970; what is not kept is asked from the store, a run of them at once."""
        members = wanted.operators or frozenset()
        with self._lock:
            hours = {one: self._kept[members, one] for one in numbers if (members, one) in self._kept}
        for first, last in _runs([one for one in numbers if one not in hours]):
            hours |= self._asked(members, first, last)
        with self._lock:
            for one in numbers:
                if (one + 1) * _HOUR_US <= settled_us:
                    # The ones that are asked for go last.
                    self._kept.pop((members, one), None)
                    self._kept[members, one] = hours[one]
            while len(self._kept) > _KEPT_MAX:
                del self._kept[next(iter(self._kept))]
        return hours

    def _asked(self, members: frozenset[str], first: int, last: int) -> dict[int, _Hour]:
        hours: dict[int, dict[tuple[str, bool], NDArray[np.int32]]] = {one: {} for one in range(first, last + 1)}
        span = Wanted(start_us=first * _HOUR_US, end_us=(last + 1) * _HOUR_US, operators=members)
        for one in self._store.asides(span, STEP_S):
            hour = hours[one.start_us // _HOUR_US]
            place = one.start_us % _HOUR_US // _STEP_US
            for others in (False, True) if one.of_others else (False,):
                hour.setdefault((one.source, others), np.zeros(_IN_AN_HOUR, dtype=np.int32))[place] += one.texts
        return dict(hours)


def _runs(numbers: list[int]) -> Iterator[tuple[int, int]]:
    """Yield the first and last of each run of numbers without a gap.

    >>> list(_runs([3, 4, 5, 9]))
    [(3, 5), (9, 9)]
    """
    begin = 0
    for at in range(1, len(numbers) + 1):
        if at == len(numbers) or numbers[at] != numbers[at - 1] + 1:
            yield numbers[begin], numbers[at - 1]
            begin = at
