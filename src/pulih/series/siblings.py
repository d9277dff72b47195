"""Siblings: series that share a daily mood, such as the places of one operator, tell each other of it.

A day on which everybody complains a little more is no outage anywhere; one series alone needs hours to notice,
a hundred together need minutes. Each group carries one factor over what its members usually have; a member's own
outage hardly moves it, because each count is bounded before it is added.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The factor is believed to be 1 as if so many signals had said so, and returns there within a day.
PRIOR_SIGNALS, MEMORY_S = 60.0, 86_400.0
# The mood wanders by so much from one day to the next.
WANDER_PER_DAY = 0.2


class SiblingMood:
    """The common factor of each group of series.

    Args:
        groups: group of each series, 0 and up; shape (series,).
        bin_s: width of a bin in seconds.
    """

    def __init__(self, groups: Ints, *, bin_s: int) -> None:
        self.groups = groups
        count = int(groups.max()) + 1
        self.shape = np.full(count, PRIOR_SIGNALS)
        self.rate = np.full(count, PRIOR_SIGNALS)
        self._back = bin_s / MEMORY_S
        self._wander = WANDER_PER_DAY**2 * bin_s / 86_400

    def factor(self) -> Floats:
        """Return the factor of each series; shape (series,)."""
        result: Floats = (self.shape / self.rate)[self.groups]
        return result

    def take(self, counts: Floats, usual: Floats, seen: NDArray[np.bool_]) -> None:
        """Take one bin.

        Args:
            counts, usual: signals of each series, and what it usually has without the mood; shape (series,).
            seen: series whose feed was there.
        """
        bounded = np.minimum(counts, 2.0 * usual + 3.0)
        size = self.shape.size
        self.shape += np.bincount(self.groups[seen], bounded[seen], size)
        self.rate += np.bincount(self.groups[seen], usual[seen], size)
        shrink = 1.0 / (1.0 + self._wander * self.shape)
        self.shape *= shrink
        self.rate *= shrink
        self.shape += self._back * (PRIOR_SIGNALS - self.shape)
        self.rate += self._back * (PRIOR_SIGNALS - self.rate)
