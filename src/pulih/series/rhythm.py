"""Rhythm: the weekly shape of complaints by local time, learnt day by day, from a prior shape at first.

What people know before any data: few write at night, more in the working day, most in the evening. The learnt
day is a sum of harmonics, each drawn towards that prior as far as the signals behind it are few (a Wiener filter
with a smooth prior); a week is that day times a factor a weekday, and single hours of the week leave the product
only as far as their scatter shows that hours do. All from days already over, so nothing is known before its time.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Harmonics = NDArray[np.complex128]

HISTORY_DAYS = 56
# A weekday leaves the others as if so many signals of it were known beforehand.
WEEKDAY_SIGNALS = 15.0
# Series learnt at once; a piece of this size stays in the processor's cache.
CHUNK = 2048
# How far a harmonic of the day may lie from the prior one: a half of the mean for the first, less for finer ones.
HARMONIC_SD, HARMONIC_DECAY = 0.5, 1.5
# No hour is quieter than this share of the mean; a zero would make one signal at night infinite evidence.
FLOOR = 0.03
# How far a rhythm may be off, as a relative variance, before any day and per week learnt.
EARLY_VARIANCE = 0.25

# Harmonics read as means of hours.
HOUR_WAVES = np.exp(2j * np.pi * np.arange(13)[:, None] * (np.arange(24)[None, :] + 0.5) / 24) * np.sinc(
    np.arange(13)[:, None] / 24
)


class Week(msgspec.Struct, frozen=True):
    """The weekly shape of several series.

    Attributes:
        day: harmonics of the day's shape, the mean first; shape (series, 13).
        weekday: factor of each weekday, Monday first, mean 1; shape (series, 7).
        cells: factor of each hour of the week over their product; shape (series, 7, 24).
        variance: relative variance that the shape of an hour still has; shape (series,).
    """

    day: Harmonics
    weekday: Floats
    cells: NDArray[np.float32]
    variance: Floats


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


# Asked for with every hour of every series.
_PRIOR = prior_shape()


class RhythmBook:
    """Adds up hours of the week of several series, forgets them slowly, and reads their weekly shape from that.

    Args:
        series: how many.
    """

    def __init__(self, series: int) -> None:
        self.seen = np.zeros((series, 7, 24), dtype=np.float32)
        self.known = np.zeros((series, 7, 24), dtype=np.float32)

    def add(self, weekday: int, hour: int, counts: Floats, share: Floats) -> None:
        """Take one local hour.

        Args:
            weekday, hour: which, Monday 0.
            counts: signals in it; shape (series,).
            share: which part of it was seen, 0..1; shape (series,).
        """
        # One bad day must not become the rhythm: an hour counts at most as a strong but ordinary one.
        mean = self.seen.sum(axis=(1, 2)) / np.maximum(self.known.sum(axis=(1, 2)), 1e-9)
        bound = np.where(mean > 0, 3.0 * mean * _PRIOR[hour] + 3.0, np.inf)
        self.seen[:, weekday, hour] += np.minimum(counts, bound)
        self.known[:, weekday, hour] += share

    def forget(self) -> None:
        """A day is over: what was seen before counts a little less."""
        keep = np.float32(np.exp(-1.0 / HISTORY_DAYS))
        self.seen *= keep
        self.known *= keep

    def learn(self, scatter: Floats | None = None, *, into: Week | None = None) -> Week:
        """Return the weekly shape.

        Args:
            into: a shape that is not needed any more and makes room for it.
            scatter: variance of an hour's count over its mean, 1 for Poisson counts; shape (series,).
        """
        series = self.seen.shape[0]
        noise = np.ones(series) if scatter is None else np.maximum(scatter, 1.0)
        week = into or blank_week(series)
        for i in range(0, series, CHUNK):
            piece = slice(i, i + CHUNK)
            seen, known = self.seen[piece], self.known[piece]
            prior = _waves(_PRIOR[None, :])
            sums = seen.sum(axis=1, dtype=np.float64), known.sum(axis=1, dtype=np.float64)
            week.day[piece], week.variance[piece] = _harmonics(*sums, prior, noise[piece])
            _fill_week(seen, known, week.day[piece], noise[piece], HOUR_WAVES, week.weekday[piece], week.cells[piece])
        return week


def blank_week(series: int) -> Week:
    """Return room for the weekly shapes of `series` series."""
    return Week(
        day=np.empty((series, 13), dtype=np.complex128),
        weekday=np.empty((series, 7)),
        cells=np.empty((series, 7, 24), dtype=np.float32),
        variance=np.empty(series),
    )


def read_day(week: Week, weekday: int, day_fraction: Floats) -> Floats:
    """Read a weekly shape at moments of one weekday.

    Args:
        week: the shape.
        weekday: Monday 0.
        day_fraction: moments as a share of the day, 0..1; shape (moments,).

    Returns: shape (series, moments), mean about 1 over the week.
    """
    waves = day_waves(day_fraction)
    shape = np.maximum(week.day.real @ waves.real - week.day.imag @ waves.imag, FLOOR)
    position = day_fraction * 24.0 - 0.5
    low = np.floor(position).astype(np.int64)
    part = position - low
    flat = week.cells.reshape(week.cells.shape[0], 168)
    first = flat[:, (weekday * 24 + low) % 168]
    second = flat[:, (weekday * 24 + low + 1) % 168]
    result: Floats = shape * week.weekday[:, weekday, None] * (first * (1.0 - part) + second * part)
    return result


def day_waves(day_fraction: Floats) -> Harmonics:
    """Return the waves that harmonics of a day are read with; shape (13, moments); kept, so not to be written to."""
    moments = day_fraction.tobytes()
    return _waves_of_one(moments) if day_fraction.size == 1 else _waves_of_many(moments)


def _computed(moments: bytes) -> Harmonics:
    day_fraction = np.frombuffer(moments)
    result: Harmonics = np.exp(2j * np.pi * np.arange(13)[:, None] * day_fraction[None, :])
    result.flags.writeable = False
    return result


# Each day asks for the same moments: a stream for one after another, at most one a minute, and a whole day for all of
# them as a table, of hundreds of kilobytes.
_waves_of_one = lru_cache(maxsize=2048)(_computed)
_waves_of_many = lru_cache(maxsize=8)(_computed)


def drawn_day(seen: Floats, known: Floats, prior: Harmonics, scatter: Floats) -> Harmonics:
    """Return the harmonics of a day's shape, drawn towards `prior` as far as the signals are few.

    Args:
        seen, known: signals and days of each local hour; shape (series, 24).
        prior: harmonics of the shape believed; shape (series, 13).
        scatter: variance of an hour's count over its mean; shape (series,).
    """
    size = prior[:, :1].real
    return _harmonics(seen, known, prior / np.maximum(size, 1e-9), np.maximum(scatter, 1.0))[0] * size


def rhythm_variance(days: int) -> float:
    """Return the relative variance of a rhythm learnt from `days` whole days.

    >>> rhythm_variance(0), rhythm_variance(14) < 0.09
    (0.25, True)
    """
    return EARLY_VARIANCE / (1.0 + days / 7.0)


def _harmonics(hour_sum: Floats, hour_days: Floats, prior: Harmonics, noise: Floats) -> tuple[Harmonics, Floats]:
    """Return the harmonics of the day's shape, drawn towards the prior, and the variance they leave an hour."""
    total = hour_sum.sum(axis=1)
    order = np.arange(prior.shape[1])
    per_hour = hour_sum / np.maximum(hour_days, 1e-9)
    hours = (hour_days > 0).sum(axis=1)
    mean = (np.where(hour_days > 0, per_hour, 0.0).sum(axis=1) / np.maximum(hours, 1))[:, None]
    # Until every hour was seen once there is no shape to speak of.
    whole = (hours == 24)[:, None] & (mean > 0)
    found = np.where(whole, _waves(per_hour / np.maximum(mean, 1e-12)), prior)
    doubt = (noise / np.maximum(total, 1e-9))[:, None]
    believed = (HARMONIC_SD / np.maximum(order, 1) ** HARMONIC_DECAY) ** 2
    trust = np.where(order == 0, 1.0, believed / (believed + doubt))
    day = prior + trust * (found - prior)
    # What the scatter of the hours leaves open.
    left = 2.0 * (trust * doubt)[:, 1:].sum(axis=1)
    return day / day[:, :1].real, np.minimum(left, EARLY_VARIANCE)


def _waves(hourly: Floats) -> Harmonics:
    """Return the harmonics of a shape known as means of hours, at the middle of each; shape (series, 13)."""
    order = np.arange(13)
    at_middle = np.exp(-2j * np.pi * order * 0.5 / 24)
    # The mean of an hour flattens fine waves; the sinc takes that back.
    result: Harmonics = np.fft.rfft(hourly, axis=1) / 24 * at_middle / np.sinc(order / 24)
    result[:, 1:12] *= 2.0
    return result


@njit(cache=True)
def _fill_week(seen: Any, known: Any, day: Any, noise: Any, waves: Any, weekday: Any, cells: Any) -> None:  # noqa: PLR0917
    """Fill factors of weekdays, and of the hours of the week."""
    due = np.empty((7, 24))
    for i in range(seen.shape[0]):
        _fill_weekdays(seen[i], known[i], day[i], waves, weekday[i], due)
        _fill_cells(seen[i], due, noise[i], cells[i])


@njit(cache=True)
def _fill_weekdays(seen: Any, known: Any, day: Any, waves: Any, weekday: Any, due: Any) -> None:  # noqa: PLR0917
    """Fill the factor of each weekday, and what is due in each hour of the week."""
    hourly = np.empty(24)
    for h in range(24):
        mean = 0.0
        for k in range(13):
            mean += day[k].real * waves[k, h].real - day[k].imag * waves[k, h].imag
        hourly[h] = max(mean, FLOOR)
    signals = expected = 0.0
    for d in range(7):
        for h in range(24):
            due[d, h] = known[d, h] * hourly[h]
            signals += seen[d, h]
            expected += due[d, h]
    rate = signals / max(expected, 1e-9)
    whole = 0.0
    for d in range(7):
        heard = usual = 0.0
        for h in range(24):
            heard += seen[d, h]
            usual += due[d, h] * rate
        weekday[d] = (heard + WEEKDAY_SIGNALS) / (usual + WEEKDAY_SIGNALS)
        whole += weekday[d]
    for d in range(7):
        weekday[d] *= 7.0 / whole
        for h in range(24):
            due[d, h] *= rate * weekday[d]


@njit(cache=True)
def _fill_cells(seen: Any, due: Any, noise: float, cells: Any) -> None:
    """Fill the factor of each hour of the week, trusted as far as hours scatter more than chance lets them."""
    weight = spread = 0.0
    for d in range(7):
        for h in range(24):
            if due[d, h] > 0.0:
                doubt = noise / due[d, h]
                weight += 1.0 / doubt
                spread += ((seen[d, h] / due[d, h] - 1.0) ** 2 - doubt) / doubt
    real = min(max(spread / max(weight, 1e-9), 0.0), 1.0)
    for d in range(7):
        for h in range(24):
            factor = 1.0
            if due[d, h] > 0.0:
                trust = real / (real + noise / due[d, h])
                factor = max(1.0 + trust * (seen[d, h] / due[d, h] - 1.0), FLOOR)
            cells[d, h] = factor
