"""Drift: how fast the usual level of a series wanders, learnt hour by hour from how well each pace predicts.

A level that stands still can be known ever better; one that wanders must be followed, and a change-point that
takes wandering for a rise raises false alarms. Several paces are carried along side by side, each with its own
level; their weights are the probabilities of the hours seen, and a little of the prior flows back each hour, so
that a series may change its ways (dynamic model averaging: Raftery, Karny and Ettler 2010).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]

# Relative standard deviation of the level from one day to the next.
PACES = np.array([0.02, 0.06, 0.12, 0.25, 0.5])
# Believed before any hour is seen: most series wander by a few per cent a day.
PRIOR = np.array([0.2, 0.3, 0.3, 0.15, 0.05])
# A pace learnt is forgotten over so many hours; two weeks.
MEMORY_HOURS = 336.0
EARLY_SHAPE = 0.5


def fresh_drift(series: int) -> Floats:
    """Return the state of `series` series: shape and rate of each pace's level, and its weight; (series, paces, 3)."""
    state = np.zeros((series, PACES.size, 3))
    state[:, :, 0] = EARLY_SHAPE
    state[:, :, 2] = PRIOR
    return state


def variance_per_day(state: Floats) -> Floats:
    """Return the expected squared pace of each series; shape (series,)."""
    result: Floats = state[:, :, 2] @ PACES**2
    return result


@njit(cache=True)
def take_hour(state: Any, counts: Any, due: Any, spread: Any, calm: Any) -> None:  # noqa: PLR0917 -- a kernel
    """Take the counts of one hour of every series.

    Args:
        state: see `fresh_drift`; changed in place.
        counts: signals in the hour.
        due: rhythm summed over the bins that were seen.
        spread: variance beyond Poisson of the hour's sum, over its squared mean.
        calm: whether the series is under no suspicion; the others learn nothing.
    """
    for i in range(state.shape[0]):
        if not calm[i] or due[i] <= 0.0:
            continue
        _weigh(state[i], counts[i], due[i], spread[i])
        for j in range(PACES.size):
            s = state[i, j]
            mean = s[0] / s[1] * due[i] if s[1] > 0.0 else 0.0
            worth = 1.0 / (1.0 + mean * spread[i])
            s[0] += counts[i] * worth
            s[1] += due[i] * worth
            shrink = 1.0 / (1.0 + PACES[j] ** 2 / 24.0 * s[0])
            s[0] *= shrink
            s[1] *= shrink


@njit(cache=True)
def _weigh(paces: Any, y: float, due: float, spread: float) -> None:
    """Weigh the paces of one series by how probable they made the hour."""
    if paces[0, 1] <= 0.0:
        return
    score = np.zeros(PACES.size)
    for j in range(PACES.size):
        mean = paces[j, 0] / paces[j, 1] * due
        k = 1.0 / (1.0 / paces[j, 0] + spread)
        score[j] = math.lgamma(y + k) - math.lgamma(k) - k * math.log1p(mean / k)
        if y > 0.0:
            score[j] += y * math.log(mean / (mean + k))
    best = score.max()
    total = 0.0
    for j in range(PACES.size):
        paces[j, 2] *= math.exp(score[j] - best)
        total += paces[j, 2]
    for j in range(PACES.size):
        paces[j, 2] = (1.0 - 1.0 / MEMORY_HOURS) * paces[j, 2] / total + PRIOR[j] / MEMORY_HOURS
