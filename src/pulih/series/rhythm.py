"""Rhythm: the weekly shape of complaints by local hour, learnt day by day, from a prior shape at first.

What people know before any data: few write at night, more in the working day, most in the evening. The
learnt shape is a product of hour and weekday, drawn towards that prior by a number of signals, then each hour
of the week towards the product; all from days already over, so nothing is known before its time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

HISTORY_DAYS = 56
# The prior counts as much as so many signals; about two weeks of a small operator.
PRIOR_SIGNALS = 100.0
# One hour of the week needs this many signals of its own before it leaves the product of hour and weekday.
CELL_SIGNALS = 60.0
CLIPPINGS = 3
# How far a rhythm may be off, as a relative variance, before any day and per week learnt.
EARLY_VARIANCE = 0.25


def prior_shape() -> Floats:
    """Return the prior shape over 24 local hours, mean 1.

    >>> shape = prior_shape()
    >>> float(round(shape.mean(), 6)), int(shape.argmax()), int(shape.argmin())
    (1.0, 19, 4)
    """
    hours = np.arange(24)
    away = (hours - 20 + 12) % 24 - 12
    evening = np.exp(-0.5 * (away / 3.5) ** 2)
    day = np.exp(-0.5 * ((hours - 12) / 4.5) ** 2)
    shape = 0.2 + 0.9 * evening + 0.6 * day
    result: Floats = shape / shape.mean()
    return result


def _smooth(hourly: Floats) -> Floats:
    """Smooth circularly over neighbouring hours with weights 1-2-1."""
    result: Floats = 0.25 * np.roll(hourly, 1, axis=-1) + 0.5 * hourly + 0.25 * np.roll(hourly, -1, axis=-1)
    return result


def learn_week(days: Floats, weekdays: NDArray[np.int64]) -> Floats:
    """Learn the weekly shape from whole days.

    Args:
        days: signals per local hour of past days; shape (series, days, 24); NaN where the feed was missing.
        weekdays: weekday of each day, Monday 0; shape (days,).

    Returns: shape (series, 7, 24), mean 1 over the week.
    """
    shape = prior_shape()
    series = days.shape[0]
    if days.shape[1] == 0:
        return np.broadcast_to(shape, (series, 7, 24)).copy()
    known = ~np.isnan(days)
    clipped = np.where(known, days, 0.0)
    hours = np.maximum(known.sum(axis=(1, 2)), 1)
    # One bad day must not become the rhythm: an hour counts at most as a strong but ordinary one. The bad hour
    # raises the mean that bounds it, so the bound is drawn again from what it left.
    for _ in range(CLIPPINGS):
        mean = clipped.sum(axis=(1, 2)) / hours
        clipped = np.minimum(clipped, 3.0 * mean[:, None, None] * shape + 3.0)
    hour_sum = clipped.sum(axis=1)
    hour_days = known.sum(axis=1) * np.maximum(mean, 1e-9)[:, None]
    weight = PRIOR_SIGNALS / 24.0
    hourly = _smooth((hour_sum + weight * shape) / (hour_days + weight))
    hourly /= hourly.mean(axis=1, keepdims=True)
    member = weekdays[None, :] == np.arange(7)[:, None]
    expected = known * hourly[:, None, :] * np.maximum(mean, 1e-9)[:, None, None]
    week_seen = np.einsum("wd,sdh->sw", member, clipped)
    week_due = np.einsum("wd,sdh->sw", member, expected)
    weekly = (week_seen + PRIOR_SIGNALS / 7.0) / (week_due + PRIOR_SIGNALS / 7.0)
    product = weekly[:, :, None] * hourly[:, None, :]
    cell_seen = np.einsum("wd,sdh->swh", member, clipped)
    cell_due = np.einsum("wd,sdh->swh", member, known * mean[:, None, None]) * product
    cells = product * (cell_seen + CELL_SIGNALS) / (cell_due + CELL_SIGNALS)
    result: Floats = cells / cells.mean(axis=(1, 2), keepdims=True)
    return result


def rhythm_variance(days: int) -> float:
    """Return the relative variance of a rhythm learnt from `days` whole days.

    >>> rhythm_variance(0), rhythm_variance(14) < 0.09
    (0.25, True)
    """
    return EARLY_VARIANCE / (1.0 + days / 7.0)


def between_hours(week: Floats, weekday: int, day_fraction: Floats) -> Floats:
    """Read a weekly shape at moments of one weekday, linearly between the middles of hours.

    Args:
        week: shape (series, 7, 24).
        weekday: Monday 0.
        day_fraction: moments as a share of the day, 0..1; shape (moments,).

    Returns: shape (series, moments).
    """
    position = day_fraction * 24.0 - 0.5
    low = np.floor(position).astype(np.int64)
    part = position - low
    flat = week.reshape(week.shape[0], 168)
    first = flat[:, (weekday * 24 + low) % 168]
    second = flat[:, (weekday * 24 + low + 1) % 168]
    result: Floats = first * (1.0 - part) + second * part
    return result
