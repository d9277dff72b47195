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
Flags = NDArray[np.bool_]

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
        kept = np.flatnonzero((columns.region >= 0) & (columns.y > 0))
        self._bins = bin_of[kept]
        self._weight = columns.placed[kept].astype(np.float64)
        self._code = columns.region[kept]
        self._codes = codes
        self._above: dict[str, frozenset[str]] = {}
        self._parts: dict[str, Flags] = {}

    def contains(self, outer: str, inner: str) -> bool:
        """Whether region `inner` lies within `outer` or is it; "" is the country."""
        if not outer or inner == outer:
            return True
        known = self._above.get(inner)
        if known is None:
            known = self._above[inner] = self._climb(inner)
        return outer in known

    def _climb(self, code: str) -> frozenset[str]:
        above = set()
        while code in self._regions and self._regions[code].parent:
            code = self._regions[code].parent
            above.add(code)
        return frozenset(above)

    def mask(self, columns: Columns, region: str) -> Flags:
        """Return which signals of `columns` were placed within `region`."""
        result: Flags = self._within(region)[columns.region] & (columns.region >= 0)
        return result

    def explained(self, wide: ScopeRise, narrow: list[ScopeRise], at: int) -> bool:
        """Whether the regions of `narrow` hold nearly all that `wide` could place up to bin `at`."""
        span = self._span(min([wide.onset, *(rise.onset for rise in narrow)]), at + 1)
        code, weight = self._code[span], self._weight[span]
        within, deeper, held = self._within(wide.region), self._deeper(wide.region), np.zeros_like(self._within(""))
        for rise in narrow:
            held = held | self._within(rise.region)
            # A report placed no deeper than the wide region, or in a region above a narrow one, tells nothing.
            deeper = deeper & ~self._holding(rise.region)
        inside = weight[held[code]].sum()
        outside = weight[(within & deeper & ~held)[code]].sum()
        return bool(inside >= EXPLAINING_EVIDENCE and inside >= EXPLAINING_SHARE * (inside + outside))

    def part_of(self, past: ScopeRise, rise: ScopeRise, at: int) -> bool:
        """Whether half of what `rise` rests on was said while `past`, wider and over by now, lasted."""
        if past.ended is None:
            return False
        then = self._weight_in(rise.region, max(rise.onset, past.onset), past.ended)
        return then > 0 and then >= 0.5 * self._weight_in(rise.region, rise.onset, at + 1)

    def _span(self, first: int, last: int) -> slice:
        low, high = np.searchsorted(self._bins, [first, last])
        return slice(int(low), int(high))

    def _weight_in(self, region: str, first: int, last: int) -> float:
        span = self._span(first, last)
        return float(self._weight[span][self._within(region)[self._code[span]]].sum())

    def _within(self, region: str) -> Flags:
        """Return for each code whether it lies within `region` or is it."""
        known = self._parts.get(region)
        if known is None:
            known = np.array([self.contains(region, code) for code in self._codes], dtype=np.bool_)
            self._parts[region] = known
        return known

    def _deeper(self, region: str) -> Flags:
        """Return for each code whether it is another one than `region`."""
        return np.array([code != region for code in self._codes], dtype=np.bool_)

    def _holding(self, region: str) -> Flags:
        """Return for each code whether it lies above `region`."""
        return np.array([code != region and self.contains(code, region) for code in self._codes], dtype=np.bool_)

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
