"""State: what the change-point remembers of a series, as positions in plain arrays, and the mixture of rises."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Direction = Literal["rise", "fall", "both"]

# What a rise may be: times the usual level, plus so many reports an hour. The factor rules busy series; the
# addend rules sparse ones, where even one report an hour is a hundred times the usual.
RISE_FACTORS = (1.8, 2.5, 3.8, 6.0, 11.0, 24.0)
RISE_PER_HOUR = (0.3, 0.45, 0.7, 1.2, 2.4, 6.0)
# How probable each is beforehand. In one place the slow build-ups are the many, and the ones short of evidence.
EVEN = (1.0, 1.0, 1.0, 1.0, 1.0, 1.0)
SLOW_FIRST = (6.0, 6.0, 4.0, 2.0, 1.0, 1.0)
FACTOR, ADDEND, WEIGHT = range(3)

# State of one series.
(
    SHAPE,
    RATE,
    ECHO,
    ECHO_SLOW,
    ECHO_XY,
    ECHO_XX,
    DISP_Y,
    DISP_X,
    OPEN,
    ALARM,
    ONSET,
    BEST,
    OUT_Y,
    OUT_B,
    BACK,
    BACK_FROM,
    PEAK,
    PEAK_AT,
    WARM,
    SUM_R,
    MISS_SLOW,
    NEW_XY,
    NEW_XX,
    NEW_DY,
    NEW_DX,
    DRIFT,
    BACK_Y,
    BACK_B,
    PRIOR_THEN,
    NEWS_SINCE,
    NEWS_MOST,
    NEWS_P,
    NEWS_SHAPE,
    NEWS_RATE,
    NEWS_BELIEF,
    NEWS_SEEN,
    SPIKES,
    SPIKES_BINS,
    SPIKE_AGE,
    SPIKE_P,
    HELD_Y,
    HELD_B,
    HELD,
) = range(43)
STATE_WIDTH = 43
# State of one series under one rise.
R, S, START, A_SHAPE, A_RATE, SINCE_Y, SINCE_B, SINCE_LOSS, SINCE_TALK, SHAPE_THEN, RATE_THEN = range(11)
RISE_WIDTH = 11


def rises(bin_s: int, weights: tuple[float, ...] = EVEN, direction: Direction = "rise") -> Floats:
    """Return the mixture of departures from usual: factor, addend a bin, and weight; shape (departures, 3).

    Args:
        bin_s: width of a bin in seconds.
        weights: how probable each is beforehand.
        direction: up, down (to the inverse factors), or both.
    """
    addend = np.array(RISE_PER_HOUR) * (bin_s / 3600.0)
    share = np.array(weights) / sum(weights)
    up = np.column_stack([np.array(RISE_FACTORS), addend, share])
    down = np.column_stack([1.0 / np.array(RISE_FACTORS), np.zeros(addend.size), share])
    if direction == "rise":
        return up
    return down if direction == "fall" else np.concatenate([up, down]) * np.array([1.0, 1.0, 0.5])


def fresh_state(series: int, departures: int = len(RISE_FACTORS)) -> tuple[Floats, Floats]:
    """Return the state of `series` series of which nothing is known yet."""
    return np.zeros((series, STATE_WIDTH)), np.zeros((series, departures, RISE_WIDTH))
