"""Say: how much each of several rival shapes of the day is believed, learnt hour by hour from how well each foresaw.

While the learnt rhythm holds, its rivals have next to no say; when people change their ways, the one that is right
leads within a day. A single bad hour says little: each shape may be off by a seventh before an hour speaks against
it. What the rivals disagree about is not known, so their scatter is part of the doubt about an hour.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# The say falls back to what was believed beforehand in so many hours, a week.
MEMORY_HOURS = 168.0
# Any shape may be off by so much (relative variance) before an hour speaks against it.
SLACK = 0.02


class Say:
    """The say of each shape for each series.

    Args:
        series: how many.
        prior: say of each shape while nothing is known, summing to 1; shape (shapes,).
    """

    def __init__(self, series: int, prior: Floats) -> None:
        self.prior = prior
        self.share = np.tile(prior, (series, 1))

    def mix(self, shapes: Floats) -> tuple[Floats, Floats]:
        """Return the shape to expect and its relative variance for want of agreement; each of shape (series,).

        Args:
            shapes: what each shape says of a moment; shape (series, shapes).
        """
        mean = (self.share * shapes).sum(axis=1)
        scatter = (self.share * (shapes - mean[:, None]) ** 2).sum(axis=1)
        return mean, scatter / np.maximum(mean, 1e-9) ** 2

    def hear(self, counts: Floats, foreseen: Floats, doubt: Floats) -> None:
        """Give each shape its say after an hour.

        Args:
            counts: signals in the hour; below 0 where it was not seen; shape (series,).
            foreseen: signals that each shape foresaw; shape (series, shapes).
            doubt: relative variance of level and counts of the hour; shape (series,).
        """
        _hear(self.share, self.prior, counts, foreseen, doubt)


@njit(cache=True)
def _hear(share: Any, prior: Any, counts: Any, foreseen: Any, doubt: Any) -> None:  # noqa: PLR0917 -- a kernel
    score = np.zeros(share.shape[1])
    for i in range(share.shape[0]):
        if counts[i] < 0.0 or foreseen[i].min() <= 0.0:
            continue
        k = 1.0 / (doubt[i] + SLACK)
        # An outage lies above all; beyond the highest it says nothing about which is right.
        y = min(counts[i], 1.2 * foreseen[i].max() + 1.0)
        for j in range(share.shape[1]):
            score[j] = y * math.log(foreseen[i, j]) - (y + k) * math.log(foreseen[i, j] + k)
        best, total = score.max(), 0.0
        for j in range(share.shape[1]):
            share[i, j] *= math.exp(max(score[j] - best, -20.0))
            total += share[i, j]
        for j in range(share.shape[1]):
            share[i, j] = (1.0 - 1.0 / MEMORY_HOURS) * share[i, j] / total + prior[j] / MEMORY_HOURS
