"""Localise: of all scopes that rose, keep the fewest that explain what is seen (requirement D2).

A country-wide rise whose placed reports come nearly all from one regency is that regency's; a regency that
rises within a country-wide outage is only part of it. Both are judged again at every bin with what was known
then, so that a finding may be narrowed, or widen when the trouble spreads. Nothing looks ahead.
"""

from __future__ import annotations

from bisect import bisect_left
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
# One outage in two places is two; in three at once it is that of what holds them all.
PLACES_MOST = 2
# That is over when the places that hold so much of its evidence are.
OVER_SHARE = 0.9
# So many answers about the past are remembered between two looks; some 40 MB.
REMEMBERED = 100_000

# Whether one rise was explained by others at a bin: region and onset of it, those of the others, and the bin.
_Question = tuple[tuple[str, int], tuple[tuple[str, int], ...], int]


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
        # Asked for by every rise at every look, so each bin stands here once.
        self._placed_in: list[int] = np.unique(self._bins).tolist()
        self._weight = columns.placed[kept].astype(np.float64)
        self._code = columns.region[kept]
        self._codes = codes
        self._above: dict[str, frozenset[str]] = {}
        self._parts: dict[str, Flags] = {}
        self._above_of: dict[str, Flags] = {}

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
        """Whether half of what `rise` rests on was told by `past`, over by now, wider or narrower."""
        if past.ended is None:
            return False
        both = past.region if self.contains(rise.region, past.region) else rise.region
        then = self._weight_in(both, max(rise.onset, past.onset), past.ended)
        return then > 0 and then >= 0.5 * self._weight_in(rise.region, rise.onset, at + 1)

    def common(self, regions: list[str]) -> str:
        """Return the smallest region that holds all of `regions`; "" is the country."""
        above = [self._climb(region) | {region} for region in regions]
        return max(frozenset.intersection(*above), key=len, default="")

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
        known = self._above_of.get(region)
        if known is None:
            above = [code != region and self.contains(code, region) for code in self._codes]
            known = self._above_of[region] = np.array(above, dtype=np.bool_)
        return known

    def moments(self, first: int, last: int, *, behind: int = -1) -> list[int]:
        """Return the bins from `first` to `last` in which something was placed, `first` included, behind `behind`."""
        low, high = bisect_left(self._placed_in, max(first, behind) + 1), bisect_left(self._placed_in, last + 1)
        placed = self._placed_in[low:high]
        return [first, *placed] if first > behind else placed


def localise(rises: tuple[ScopeRise, ...], locator: Locator, *, bins: int, together_bins: int) -> list[Placed]:
    """Return the rises that stand, by the bin in which each could be raised.

    Args:
        rises: rises of all scopes of one operator, by alarm.
        locator: where the evidence lies.
        bins: number of bins of the history.
        together_bins: rises that began within so many bins of each other began together.
    """
    return Localiser(together_bins).placed(rises, locator, bins=bins, first=0)


class Localiser:
    """Localises a history that grows: goes on from the last look, with what `localise` would return for the whole.

    What was decided at a bin follows from what was known then. So a look begins anew only when the past turned out
    otherwise: a rise is over, by an end that lies back; bins are counted from another one; or rises were joined, whose
    evidence, as it grows, says anew what holds them together. What explained what at a bin that is over is remembered.

    Args:
        together_bins: rises that began within so many bins of each other began together.
        remembered: so many answers about the past are remembered between two looks.
    """

    def __init__(self, together_bins: int, remembered: int = REMEMBERED) -> None:
        self._together_bins = together_bins
        self._remembered = remembered
        self._first = -1
        self._done = -1
        self._seen: dict[tuple[str, int], tuple[int, int | None]] = {}
        self._explained: dict[_Question, bool] = {}
        self._standing = _Standing(together_bins, self._explained)

    def placed(self, rises: tuple[ScopeRise, ...], locator: Locator, *, bins: int, first: int) -> list[Placed]:
        """Return the rises that stand; arguments as of `localise`.

        Args:
            rises: those of the last look, whose peaks and evidence may have grown, and new ones.
            locator: where the evidence lies by now.
            bins: number of bins by now.
            first: what bin 0 is counted from; any number that is the same at two looks whose bins are.
        """
        if first != self._first or len(self._explained) > self._remembered:
            self._explained.clear()
        if first != self._first or not self._goes_on(rises):
            self._first, self._done, self._seen = first, -1, {}
            self._standing = _Standing(self._together_bins, self._explained)
        standing = self._standing
        for rise in rises:
            number, _ = self._seen.get((rise.region, rise.alarm), (-1, None))
            number = standing.know(number, rise)
            self._seen[rise.region, rise.alarm] = number, rise.ended
        standing.look(locator, bins)
        # Several scopes wait for their turn; the queue is worked off in the order of time.
        waiting = [
            (moment, -len(rise.region), self._seen[rise.region, rise.alarm][0])
            for rise in rises
            for moment in _moments(rise, locator, bins, self._done)
        ]
        for at, _, number in sorted(waiting):
            standing.consider(number, at)
        self._done = bins - 1
        return standing.placed()

    def _goes_on(self, rises: tuple[ScopeRise, ...]) -> bool:
        """Tell whether nothing that is past has changed since the last look."""
        if self._standing.joined:
            return False
        known = self._seen
        told = {(rise.region, rise.alarm) for rise in rises}
        return known.keys() <= told and all(
            known[rise.region, rise.alarm][1] == rise.ended
            if (rise.region, rise.alarm) in known
            else rise.alarm > self._done
            for rise in rises
        )


class _Standing:
    """The findings that stand so far: which rise, raised when, and by which narrower one it was explained."""

    _locator: Locator

    def __init__(self, together_bins: int, explained: dict[_Question, bool]) -> None:
        self._explained = explained
        self._rises: dict[int, ScopeRise] = {}
        self._bins = 0
        self._together_bins = together_bins
        self._raised: dict[int, int] = {}
        self._narrowed: dict[int, int] = {}
        # Wide rises that were made of others, with these; and those that are told by the whole alone.
        self._parts: dict[int, list[int]] = {}
        self._taken: set[int] = set()

    @property
    def joined(self) -> bool:
        """Whether rises were joined to a wider one."""
        return bool(self._parts)

    def know(self, number: int, rise: ScopeRise) -> int:
        """Take a rise as it is now, -1 for a new one; return its number."""
        number = len(self._rises) if number < 0 else number
        self._rises[number] = rise
        return number

    def look(self, locator: Locator, bins: int) -> None:
        """Take the evidence as it is now."""
        self._locator, self._bins = locator, bins

    def consider(self, index: int, at: int) -> None:
        """Let a rise stand from bin `at` on, unless what stands already explains it or it waits."""
        if index in self._raised or index in self._taken:
            return
        rises, locator, rise = self._rises, self._locator, self._rises[index]
        others = [o for o in self._raised if self._open_at(o, at)]
        if any(rises[o].region == rise.region for o in others):
            return
        wider = [o for o in others if o not in self._narrowed and self._within(o, index)]
        narrower = [o for o in others if self._within(index, o)]
        few = len(self._apart(narrower)) <= PLACES_MOST
        if narrower and few and self._explains([rises[o] for o in narrower], rise, at):
            return
        explained = [o for o in wider if self._explains([rise], rises[o], at)]
        if wider and not explained:
            self._take_in(next((o for o in wider if o in self._parts), None), index)
            return
        over = [o for o in self._raised if o not in others and (self._within(o, index) or self._within(index, o))]
        if any(o not in self._narrowed and locator.part_of(rises[o], rise, at) for o in over):
            return
        beside = self._apart([o for o in others if self._beside(o, index)])
        if len(beside) >= PLACES_MOST:
            self._join([*beside, index], at)
            return
        self._raised[index] = at
        self._narrowed.update(dict.fromkeys(explained, index))

    def placed(self) -> list[Placed]:
        """Return what stands, by the bin in which it was raised."""
        order = sorted(self._raised, key=lambda i: (self._raised[i], self._rises[i].region))
        position = {index: place for place, index in enumerate(order)}
        return [
            Placed(self._rises[i], self._raised[i], position[self._narrowed[i]] if i in self._narrowed else None)
            for i in order
        ]

    def _explains(self, narrow: list[ScopeRise], wide: ScopeRise, at: int) -> bool:
        """Whether `narrow` explain `wide` at a bin, as was found before or is found now."""
        question = ((wide.region, wide.onset), tuple([(rise.region, rise.onset) for rise in narrow]), at)
        known = self._explained.get(question)
        if known is None:
            known = self._explained[question] = self._locator.explained(wide, narrow, at)
        return known

    def _join(self, parts: list[int], at: int) -> None:
        """Raise the smallest region that holds `parts`: trouble in so many places at once is its trouble."""
        rises = [self._rises[part] for part in parts]
        strongest = max(rises, key=lambda rise: (rise.evidence_nats, rise.region))
        region = self._locator.common([rise.region for rise in rises])
        whole = self.know(
            -1, msgspec.structs.replace(strongest, region=region, alarm=at, onset=min(rise.onset for rise in rises))
        )
        self._raised[whole] = at
        self._parts[whole] = []
        told_now = [o for o, raised in self._raised.items() if raised == at and self._within(whole, o)]
        for part in dict.fromkeys([*parts, *told_now]):
            # What was not said before this bin is said by the whole alone.
            if self._raised.get(part, at) == at:
                self._raised.pop(part, None)
                self._taken.add(part)
            self._grow(whole, part)
        # What was narrowed in this bin to a part that is not told any more is not narrowed.
        self._narrowed = {wide: narrow for wide, narrow in self._narrowed.items() if narrow in self._raised}

    def _take_in(self, whole: int | None, part: int) -> None:
        if whole is not None:
            self._taken.add(part)
            self._grow(whole, part)

    def _grow(self, whole: int, part: int) -> None:
        """Add a part to a joined finding, which lasts until nearly all of its evidence is over."""
        parts = self._parts[whole] = [*self._parts[whole], part]
        rises = sorted((self._rises[one] for one in parts), key=lambda rise: (rise.ended is None, rise.ended or 0))
        evidence = np.cumsum([rise.evidence_nats for rise in rises])
        last = rises[int(np.searchsorted(evidence, OVER_SHARE * evidence[-1]))]
        self._rises[whole] = msgspec.structs.replace(
            self._rises[whole], declared=last.declared, ended=last.ended, evidence_nats=float(evidence[-1])
        )

    def _apart(self, indices: list[int]) -> list[int]:
        """Return those of `indices` that lie within no other of them."""
        return [i for i in indices if not any(self._within(o, i) for o in indices)]

    def _open_at(self, index: int, at: int) -> bool:
        declared = self._rises[index].declared
        return at <= (self._bins if declared is None else declared)

    def _beside(self, other: int, index: int) -> bool:
        """Whether a rise began together with another one, elsewhere."""
        near = abs(self._rises[other].onset - self._rises[index].onset) <= self._together_bins
        return near and not self._within(other, index) and not self._within(index, other)

    def _within(self, outer: int, inner: int) -> bool:
        wide, narrow = self._rises[outer].region, self._rises[inner].region
        return wide != narrow and self._locator.contains(wide, narrow)


def _moments(rise: ScopeRise, locator: Locator, bins: int, done: int) -> list[int]:
    """Return the bins behind `done` in which a rise is considered: that of its alarm, and when something was placed."""
    last = bins - 1 if rise.ended is None else max(rise.ended, rise.alarm)
    return locator.moments(rise.alarm, last, behind=done)
