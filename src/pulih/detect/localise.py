"""Localise: of all scopes that rose, keep the fewest that explain what is seen (requirement D2).

A country-wide rise whose placed reports come nearly all from one regency is that regency's; a regency that
rises within a country-wide outage is only part of it. Both are judged again at every bin with what was known
then, so that a finding may be narrowed, or widen when the trouble spreads. Nothing looks ahead.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.family import Region, ScopeRise
from pulih.detect.tally import Columns

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# A place explains a wider rise when it holds this share of the reports that could have named another.
EXPLAINING_SHARE = 0.6
# And at least so much counted evidence, so that two posts never relocate a country.
EXPLAINING_EVIDENCE = 1.5


class Placed(msgspec.Struct, frozen=True):
    """A rise that stands as a finding: when it could be raised, and which narrower one explains it later."""

    rise: ScopeRise
    alarm: int
    narrowed_to: int | None = None


class Locator:
    """Tells how the placed evidence of one operator lies within its regions.

    Args:
        columns: the operator's tally.
        codes: region code of each index in `columns.region`.
        regions: the hierarchy.
        bin_of: bin of each signal.
    """

    def __init__(self, columns: Columns, codes: list[str], regions: Mapping[str, Region], *, bin_of: Ints) -> None:
        self._regions = regions
        self._all_codes = codes
        kept = np.flatnonzero((columns.region >= 0) & (columns.y > 0))
        self._bins = bin_of[kept]
        self._weight = columns.y[kept] * columns.place_p[kept]
        self._codes = [codes[int(i)] for i in columns.region[kept]]

    def contains(self, outer: str, inner: str) -> bool:
        """Whether region `inner` lies within `outer` or is it; "" is the country."""
        while inner and inner != outer:
            inner = self._regions[inner].parent if inner in self._regions else ""
        return inner == outer

    def mask(self, columns: Columns, region: str) -> NDArray[np.bool_]:
        """Return which signals of `columns` were placed within `region`."""
        inside = np.array([self.contains(region, code) for code in self._all_codes] + [False])
        result: NDArray[np.bool_] = inside[columns.region]
        return result

    def explained(self, wide: ScopeRise, narrow: list[ScopeRise], at: int) -> bool:
        """Whether the regions of `narrow` hold nearly all that `wide` could place up to bin `at`."""
        first = min([wide.onset, *(rise.onset for rise in narrow)])
        low, high = np.searchsorted(self._bins, [first, at + 1])
        inside = outside = 0.0
        for i in range(int(low), int(high)):
            code = self._codes[i]
            # A report placed no deeper than the wide region itself says nothing about its parts.
            if code == wide.region or not self.contains(wide.region, code):
                continue
            if any(self.contains(rise.region, code) for rise in narrow):
                inside += self._weight[i]
            elif not any(self.contains(code, rise.region) for rise in narrow):
                outside += self._weight[i]
        return inside >= EXPLAINING_EVIDENCE and inside >= EXPLAINING_SHARE * (inside + outside)

    def part_of(self, past: ScopeRise, rise: ScopeRise, at: int) -> bool:
        """Whether half of what `rise` rests on was said while `past`, wider and over by now, lasted."""
        if past.ended is None:
            return False
        then = self._weight_in(rise.region, max(rise.onset, past.onset), past.ended)
        return then > 0 and then >= 0.5 * self._weight_in(rise.region, rise.onset, at + 1)

    def _weight_in(self, region: str, first: int, last: int) -> float:
        low, high = np.searchsorted(self._bins, [first, last])
        return float(sum(self._weight[i] for i in range(int(low), int(high)) if self.contains(region, self._codes[i])))

    def moments(self, first: int, last: int) -> list[int]:
        """Return the bins from `first` to `last` in which something was placed, `first` included."""
        low, high = np.searchsorted(self._bins, [first + 1, last + 1])
        return [first, *sorted({int(b) for b in self._bins[low:high]})]


def localise(rises: tuple[ScopeRise, ...], locator: Locator, *, bins: int) -> list[Placed]:
    """Return the rises that stand, by the bin in which each could be raised.

    Args:
        rises: rises of all scopes of one operator, by alarm.
        locator: where the evidence lies.
        bins: number of bins of the history.
    """
    # Several scopes wait for their turn; the queue is worked off in the order of time.
    waiting = [(moment, index) for index, rise in enumerate(rises) for moment in _moments(rise, locator, bins)]
    standing: dict[int, int] = {}
    narrowed: dict[int, int] = {}
    for at, index in sorted(waiting, key=lambda entry: (entry[0], -_depth(rises[entry[1]]), entry[1])):
        if index in standing:
            continue
        rise = rises[index]
        others = [other for other in standing if _open_at(rises[other], at, bins)]
        wider = [o for o in others if o not in narrowed and _within(locator, rises[o], rise)]
        narrower = [o for o in others if _within(locator, rise, rises[o])]
        if narrower and locator.explained(rise, [rises[o] for o in narrower], at):
            continue
        explained = [o for o in wider if locator.explained(rises[o], [rise], at)]
        over = [o for o in standing if o not in others and o not in narrowed and _within(locator, rises[o], rise)]
        if (wider and not explained) or any(locator.part_of(rises[o], rise, at) for o in over):
            continue
        standing[index] = at
        narrowed.update(dict.fromkeys(explained, index))
    order = sorted(standing, key=lambda i: (standing[i], rises[i].region))
    position = {index: place for place, index in enumerate(order)}
    return [Placed(rises[i], standing[i], position[narrowed[i]] if i in narrowed else None) for i in order]


def _moments(rise: ScopeRise, locator: Locator, bins: int) -> list[int]:
    last = bins - 1 if rise.ended is None else max(rise.ended, rise.alarm)
    return locator.moments(rise.alarm, last)


def _depth(rise: ScopeRise) -> int:
    return len(rise.region)


def _open_at(rise: ScopeRise, at: int, bins: int) -> bool:
    return at <= (bins if rise.declared is None else rise.declared)


def _within(locator: Locator, outer: ScopeRise, inner: ScopeRise) -> bool:
    return outer.region != inner.region and locator.contains(outer.region, inner.region)
