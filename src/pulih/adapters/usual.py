"""The usual level of a series of counts, to look at: the median of the same hour, drawn smoothly.

It is not the level the detector compares with, which is learnt window by window; it is what a person would lay beside
the counts. A median of single windows jumps up and down and is zero where few are counted, so whole hours are compared,
and the level runs straight from the middle of one hour to that of the next.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih.detect.scanner import MISSING
from pulih.model.clock import DAY_S, HOUR_S

Floats = NDArray[np.float64]
# From so many weeks on an hour is compared with the same hour of other weeks, before that of other days.
WEEKS_MIN = 4
_DAY_HOURS, _WEEK_HOURS = 24, 168


def usual_level(counts: NDArray[np.integer[Any]], *, start: datetime, bin_s: int) -> Floats:
    """Return the usual count of each window.

    Args:
        counts: of one series, -1 where missing; shape (windows,).
        start: local moment at which the first window begins; a change to summer time is passed over.
        bin_s: width of a window in seconds, at most an hour.

    Returns: shape (windows,); NaN only where nothing is known at all.

    >>> from datetime import UTC
    >>> day = np.repeat([4, 8], 144)
    >>> level = usual_level(np.tile(day, 5), start=datetime(2025, 1, 6, tzinfo=UTC), bin_s=300)
    >>> [float(level[window]) for window in (72, 216)]
    [4.0, 8.0]
    """
    into_day_s = start.hour * HOUR_S + start.minute * 60 + start.second
    second = into_day_s + bin_s * np.arange(counts.size, dtype=np.int64)
    hour = second // HOUR_S
    known = counts != MISSING
    total = np.bincount(hour[known], counts[known], minlength=int(hour[-1]) + 1)
    seen = np.bincount(hour[known], minlength=int(hour[-1]) + 1)
    mean = np.where(seen > 0, total / np.maximum(seen, 1), np.nan)
    period = _WEEK_HOURS if counts.size * bin_s >= WEEKS_MIN * 7 * DAY_S else _DAY_HOURS
    usual = _medians(mean, period)
    if np.isnan(usual).all():
        return np.full(counts.size, np.nan)
    # The middle of each hour carries its level; the period closes upon itself.
    middle = (np.arange(period) + 0.5)[~np.isnan(usual)]
    at = ((second + bin_s / 2) / HOUR_S) % period
    return np.asarray(np.interp(at, middle, usual[~np.isnan(usual)], period=period), dtype=np.float64)


def _medians(mean: Floats, period: int) -> Floats:
    padded = np.full(-(-mean.size // period) * period, np.nan)
    padded[: mean.size] = mean
    folded = padded.reshape(-1, period)
    known = ~np.isnan(folded).all(axis=0)
    usual = np.full(period, np.nan)
    usual[known] = np.nanmedian(folded[:, known], axis=0)
    return usual
