"""Alarm level: how many signals in one window would raise the alarm by themselves; what charts draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 40


def alarm_level(expected: Floats, needed_nats: float) -> Floats:
    """Return the smallest count n with n ln(n / expected) - n + expected >= needed_nats.

    That is the Poisson evidence of the best explained rise; what the window before says is left aside.

    Args:
        expected: usual signals in a window, any shape; not above zero gives NaN.
        needed_nats: evidence at which the alarm is raised.

    >>> [float(round(n, 1)) for n in alarm_level(np.array([0.1, 1.0, 10.0]), 12.0)]
    [4.3, 9.1, 29.1]
    """
    mean = np.where(expected > 0, expected, np.nan)
    low, high = mean.copy(), mean + needed_nats + np.sqrt(2 * needed_nats * mean) + 10.0
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        enough = middle * np.log(middle / mean) - middle + mean >= needed_nats
        high = np.where(enough, middle, high)
        low = np.where(enough, low, middle)
    result: Floats = high
    return result
