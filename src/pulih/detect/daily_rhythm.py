"""Daily rhythm: what is usual at each moment of a local day, learnt from the days before it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih.detect.calendar import Calendar
from pulih.series.rhythm import RhythmBook, Week, read_day

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def daily_rhythm(national: Floats, calendar: Calendar) -> Floats:
    """Return the rhythm of each bin, learnt from the days before its own; mean about 1.

    Args:
        national: signals of each bin; shape (bins,).
    """
    days = calendar.weekdays.size
    of_day = calendar.day * 24 + calendar.hour
    hourly = binned(of_day, national, days * 24).reshape(days, 24)
    known = 1.0 - binned(of_day, calendar.silent.astype(np.float64), days * 24).reshape(days, 24) * (
        calendar.bin_s / 3600
    )
    edges = np.searchsorted(calendar.day, np.arange(days + 1))
    rhythm = np.empty(calendar.bins)
    book = RhythmBook(1)
    for day in range(days):
        weekday, bins = int(calendar.weekdays[day]), slice(int(edges[day]), int(edges[day + 1]))
        rhythm[bins] = day_rhythm(book.learn(), weekday, calendar.fraction[bins], bin_s=calendar.bin_s)
        # The first day of a history is rarely whole, so it does not teach.
        if day > 0:
            teach_day(book, weekday, hourly[day], known[day])
    return rhythm


def day_rhythm(week: Week, weekday: int, fraction: Floats, *, bin_s: int) -> Floats:
    """Return the rhythm at moments of one local day, as `day_table` has it.

    Args:
        week, weekday: the weekly shape, and Monday 0.
        fraction: share of the day gone at the middle of each bin; shape (bins,), one or more.
        bin_s: width of a bin in seconds.
    """
    second = np.rint(fraction * 86_400).astype(np.int64)
    return from_table(day_table(week, weekday, int(second[0] % bin_s), bin_s=bin_s), second, bin_s=bin_s)


def day_table(week: Week, weekday: int, offset_s: int, *, bin_s: int) -> Floats:
    """Return the rhythm at all moments of a local day that lie `offset_s` behind a multiple of `bin_s`.

    A day is read whole however few of its bins are asked for: the last bit of a product of matrices depends on their
    size, and what is scanned bin by bin must be what is scanned at once.
    """
    table: Floats = read_day(week, weekday, np.arange(offset_s, 86_400, bin_s) / 86_400.0)[0]
    return table


def from_table(table: Floats, second: Ints, *, bin_s: int) -> Floats:
    """Return the rhythm at seconds of the day, out of `day_table`."""
    result: Floats = table[np.minimum(second // bin_s, table.size - 1)]
    return result


def teach_day(book: RhythmBook, weekday: int, hourly: Floats, known: Floats) -> None:
    """Let a day that is over teach the rhythm; signals of each local hour and the share of it that was heard."""
    book.forget()
    for hour in range(24):
        book.add(weekday, hour, hourly[hour : hour + 1], known[hour : hour + 1])


def binned(index: Ints, weights: NDArray[np.floating[Any]], size: int) -> Floats:
    """Return the sum of `weights` at each index below `size`."""
    return np.bincount(index, weights, size).astype(np.float64)
