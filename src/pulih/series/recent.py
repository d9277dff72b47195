"""Recent: the shape of the last days as a rival of the learnt rhythm, for the day on which people change theirs.

Ramadan, a school holiday or a new shift move the evening peak by hours, and the weekly shape needs weeks to follow.
So the last days' shape is kept beside it, and each hour tells which of the two foresaw it better. While the learnt
rhythm holds, the rival has next to no say; when it has changed for good, the rival leads from the second day on.
A single bad hour says little: the comparison allows each shape to be off by a seventh.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pulih.series.rhythm import FLOOR, Harmonics, Week, day_waves, drawn_day

Floats = NDArray[np.float64]

# Days after which what was seen has lost two thirds of its say.
MEMORY_DAYS = 1.5
# Say of the rival while nothing is known, and how fast it falls back to that, in hours.
PRIOR_SAY, MEMORY_HOURS = 0.03, 168.0
# Either shape may be off by so much (relative variance) before an hour speaks against it.
SLACK = 0.02


class RecentShape:
    """The shape of the last days of several series, and its say against the learnt rhythm.

    Args:
        series: how many.
    """

    def __init__(self, series: int) -> None:
        self.seen = np.zeros((series, 24))
        self.known = np.zeros((series, 24))
        self.say = np.full(series, PRIOR_SAY)
        self.day: Harmonics = np.zeros((series, 13), dtype=np.complex128)

    def add(self, hour: int, counts: Floats, share: Floats, usual: Floats) -> None:
        """Take one local hour; a count far above `usual` counts as a strong but ordinary one."""
        self.seen[:, hour] += np.minimum(counts, 3.0 * usual + 3.0)
        self.known[:, hour] += share

    def close_day(self, week: Week, weekday: int, scatter: Floats) -> None:
        """A day is over: learn its shape, drawn towards the learnt one."""
        self.day = drawn_day(self.seen, self.known, week.day * week.weekday[:, weekday, None], scatter)
        keep = math.exp(-1.0 / MEMORY_DAYS)
        self.seen *= keep
        self.known *= keep

    def read(self, day_fraction: Floats) -> Floats:
        """Return the rival shape at shares of the day; shape (series, moments)."""
        waves = day_waves(day_fraction)
        return np.maximum(self.day.real @ waves.real - self.day.imag @ waves.imag, FLOOR)

    def compare(self, counts: Floats, learnt: Floats, rival: Floats, doubt: Floats) -> None:
        """Give the rival its say after an hour.

        Args:
            counts: signals in the hour; below 0 where it was not seen.
            learnt, rival: signals that each shape foresaw.
            doubt: relative variance of the level and the dispersion of the hour.
        """
        _compare(self.say, counts, learnt, rival, doubt)


@njit(cache=True)
def _compare(say: Any, counts: Any, learnt: Any, rival: Any, doubt: Any) -> None:  # noqa: PLR0917 -- a kernel
    for i in range(say.shape[0]):
        if counts[i] < 0.0 or learnt[i] <= 0.0 or rival[i] <= 0.0:
            continue
        k = 1.0 / (doubt[i] + SLACK)
        # An outage lies above both; beyond the higher one it says nothing about which is right.
        y = min(counts[i], 1.2 * max(learnt[i], rival[i]) + 1.0)
        gain = y * math.log(rival[i] / learnt[i]) - (y + k) * math.log((rival[i] + k) / (learnt[i] + k))
        odds = say[i] / (1.0 - say[i]) * math.exp(min(max(gain, -20.0), 20.0))
        say[i] = (1.0 - 1.0 / MEMORY_HOURS) * odds / (1.0 + odds) + PRIOR_SAY / MEMORY_HOURS
