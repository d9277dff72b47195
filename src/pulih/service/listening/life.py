"""Life: when a source and each of its filters was heard last, and whether that is long ago for it (requirement L5).

A connection that stands says nothing about what it lets through: a stream whose filter was lost at the peer gives signs
of life for days. So each filter has a usual gap of its own, learned from the longest gap of each hour, in as many
hours as a week has: nights are among them, and they are a handful of numbers. Beyond it, nothing is known from there.

What people say comes in bursts, and an outage is one: a filter that was heard for one evening has taught nothing of the
night. So it has no usual gap before a whole day lies between the first gap and the last. What answers round by round
has a pace of its own and needs no day; rules for what devices say speak when something breaks, and have none at all.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Sequence
from statistics import quantiles
from typing import Final, Literal

from pulih.model.clock import HOUR_S, MICROS, WEEK_S
from pulih.ports.listening import FilterPast, Missing, SourcePast
from pulih.ports.sources import Batch
from pulih.service.listening.lines import whole
from pulih.service.view import FilterNow, Liveness

# How filters of a source speak: as people do, round by round as what is polled, or only when something breaks.
Pace = Literal["people", "rounds", "events"]
# A filter that spoke less often has no usual gap yet, nor one of people whose gaps lie within fewer hours.
ITEMS_MIN: Final = 10
HOURS_MIN: Final = 24
# Beyond the longest gap of 49 of 50 hours, so that every night is among them, and half as much again, but never sooner
# than this.
_OF_HOURS, _BEYOND, SILENT_S_MIN = 50, 1.5, 600.0
_HOURS_MAX: Final = WEEK_S // HOUR_S
# What is remembered of late; of a flood, the delays of a few items of each batch say enough.
_DELAYS_MAX, _DELAYS_A_BATCH, _MISSING_MAX, _REFUSED_MAX, _REFUSED_CHARS = 200, 10, 20, 20, 300
# A peer that names filters without end must not fill the desk.
FILTERS_MAX: Final = 200
_FILTER_CHARS: Final = 200


class Life:
    """Remembers one source; every method may be called from any thread.

    Args:
        past: how it spoke before the desk was started.
        filters: all that the settings name, so that one never heard is seen, and one taken out is forgotten; None where
            its kind does not say which there are: then those that it spoke of.
    """

    def __init__(self, past: SourcePast, filters: Sequence[str] | None = None) -> None:
        self._lock = threading.Lock()
        self._source = past.source
        self._sign_us, self._item_us = past.sign_us, past.item_us
        # Since when nobody listened, None while somebody does; before a start, since the last sign of life.
        self._absent_us = past.sign_us
        self._hours = dict(past.hours)
        self._delays_s = deque(past.delays_s, maxlen=_DELAYS_MAX)
        self._missing = deque(past.missing, maxlen=_MISSING_MAX)
        self._refused = deque(past.refused, maxlen=_REFUSED_MAX)
        known = {one.name: one for one in past.filters}
        names = known if filters is None else dict.fromkeys(filters)
        self._filters = {name: _Filter(known.get(name, FilterPast(name=name))) for name in names}
        # A peer still lets through what was asked of it before the settings changed.
        self._filters_max = FILTERS_MAX if filters is None else len(self._filters)

    def take(self, batch: Batch, now_us: int) -> None:
        """Note what came in at `now_us`."""
        with self._lock:
            self._sign_us = now_us
            self._back(now_us)
            if batch.gap:
                self._missing.append(Missing(now_us, whole(batch.gap[:_REFUSED_CHARS])))
            self._refused.extend([whole(one[:_REFUSED_CHARS]) for one in batch.refused[-_REFUSED_MAX:]])
            for name in (whole(one[:_FILTER_CHARS]) for one in batch.filters):
                if name in self._filters or len(self._filters) < self._filters_max:
                    self._filters.setdefault(name, _Filter(FilterPast(name=name))).take(now_us)
            if batch.items:
                self._item_us = now_us
                hour = now_us // (HOUR_S * MICROS)
                self._hours[hour] = self._hours.get(hour, 0) + len(batch.items)
                while len(self._hours) > _HOURS_MAX:
                    del self._hours[next(iter(self._hours))]
                said = [one.at_us for one in batch.items[-_DELAYS_A_BATCH:] if one.at_us is not None]
                self._delays_s.extend(max(0, now_us - at_us) / MICROS for at_us in said)

    def absent(self, now_us: int) -> None:
        """Note that from `now_us` on nobody listens: what is not heard then was perhaps said."""
        with self._lock:
            if self._absent_us is None:
                self._absent_us = now_us

    def _back(self, now_us: int) -> None:
        """Count the time in which nobody listened to no filter's gap, or a day's absence would be a usual silence."""
        if self._absent_us is not None:
            away_us, self._absent_us = max(0, now_us - self._absent_us), None
            for one in self._filters.values():
                one.pass_over(away_us)

    def past(self) -> SourcePast:
        """Return what must be known after a restart."""
        with self._lock:
            return SourcePast(
                source=self._source,
                sign_us=self._sign_us,
                item_us=self._item_us,
                hours=tuple(self._hours.items()),
                delays_s=tuple(self._delays_s),
                missing=tuple(self._missing),
                refused=tuple(self._refused),
                filters=tuple(one.past() for one in self._filters.values()),
            )


def filters_now(past: SourcePast, now_us: int, *, connected: bool, pace: Pace = "people") -> tuple[FilterNow, ...]:
    """Return each filter as it is now, by name.

    Args:
        past: of its source.
        now_us: the desk's clock.
        connected: whether the source listens; of one that does not, nothing is known.
        pace: how its filters speak.
    """
    return tuple(
        FilterNow(
            name=one.name,
            last_us=one.last_us,
            usual_gap_s=usual_gap_s(one, pace),
            liveness=_liveness(one, now_us, pace) if connected else "unknown",
            batches=one.items,
        )
        for one in sorted(past.filters, key=lambda one: one.name)
    )


def usual_gap_s(past: FilterPast, pace: Pace = "people") -> float | None:
    """Return the longest gap in seconds that is usual for a filter; None where it spoke too rarely to know.

    >>> usual_gap_s(FilterPast(name="xl", items=50, gaps=((1, 30.0), (25, 50.0))))
    49.6
    >>> usual_gap_s(FilterPast(name="xl", items=50, gaps=((1, 30.0), (2, 50.0))))
    """
    longest = [gap_s for _, gap_s in past.gaps]
    if pace == "events" or past.items < ITEMS_MIN or not longest:
        return None
    if pace == "people" and past.gaps[-1][0] - past.gaps[0][0] < HOURS_MIN:
        return None
    if len(longest) == 1:
        return longest[0]
    return round(quantiles(longest, n=_OF_HOURS, method="inclusive")[-1], 1)


def _liveness(past: FilterPast, now_us: int, pace: Pace) -> Liveness:
    usual_s = usual_gap_s(past, pace)
    if usual_s is None or past.last_us is None:
        return "unknown"
    silent_s = max(SILENT_S_MIN, _BEYOND * usual_s)
    return "silent" if now_us - past.last_us >= silent_s * MICROS else "live"


class _Filter:
    """One filter, while the desk runs."""

    def __init__(self, past: FilterPast) -> None:
        self._name, self._items, self._last_us = past.name, past.items, past.last_us
        self._gaps = dict(past.gaps)
        # How much of the time since it was heard last nobody listened.
        self._away_us = 0

    def pass_over(self, away_us: int) -> None:
        """Leave so much time out of the gap that ends next."""
        self._away_us += away_us

    def take(self, now_us: int) -> None:
        """Note that it let something through."""
        if self._last_us is not None:
            hour, gap_s = now_us // (HOUR_S * MICROS), max(0, now_us - self._last_us - self._away_us) / MICROS
            self._gaps[hour] = max(gap_s, self._gaps.get(hour, 0.0))
            while len(self._gaps) > _HOURS_MAX:
                del self._gaps[next(iter(self._gaps))]
        self._items, self._last_us, self._away_us = self._items + 1, now_us, 0

    def past(self) -> FilterPast:
        """Return what must be known after a restart."""
        return FilterPast(name=self._name, items=self._items, last_us=self._last_us, gaps=tuple(self._gaps.items()))
