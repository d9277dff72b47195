"""Recent: the shape of the last days, a rival of the learnt rhythm for the day on which people change theirs.

Ramadan, a school holiday or a new shift move the evening peak by hours, and the weekly shape needs weeks to follow.
So the last days' shape is kept beside it; how far it is believed is in `series.say`.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from pulih.series.rhythm import FLOOR, Harmonics, Week, day_waves, drawn_day

Floats = NDArray[np.float64]

# Days after which what was seen has lost two thirds of its say.
MEMORY_DAYS = 0.7


class RecentShape:
    """The shape of the last days of several series.

    Args:
        series: how many.
    """

    def __init__(self, series: int) -> None:
        self.seen = np.zeros((series, 24))
        self.known = np.zeros((series, 24))
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
        """Return the shape at shares of the day; shape (series, moments)."""
        waves = day_waves(day_fraction)
        return np.maximum(self.day.real @ waves.real - self.day.imag @ waves.imag, FLOOR)
