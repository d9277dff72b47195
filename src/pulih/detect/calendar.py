"""Calendar: which local day, weekday and moment of the day each bin of a history is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.days import Calendar as DayCalendar
from pulih.detect.days import weekdays_of
from pulih.series.silence import silent_bins

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Calendar(msgspec.Struct, frozen=True):
    """The bins of a history in local time.

    Attributes:
        start_s: start of bin 0, seconds since 1970 UTC, a multiple of `bin_s`.
        bin_s: width of a bin in seconds.
        bins: how many.
        day: local day number of each bin, 0 for the first; shape (bins,).
        hour: local hour of each bin; shape (bins,).
        fraction: share of the local day gone at the middle of each bin.
        weekdays: weekday that each local day behaves like, Monday 0; shape (days,).
        silent: bins in which the source was off, see `series.silence`; shape (bins,).
    """

    start_s: int
    bin_s: int
    bins: int
    day: Ints
    hour: Ints
    fraction: Floats
    weekdays: Ints
    silent: Flags


def lay_out(
    first_s: int,
    last_s: int,
    *,
    bin_s: int,
    zone: tzinfo,
    heard_s: Ints | None = None,
    special: DayCalendar | None = None,
) -> Calendar:
    """Lay out the bins that hold `first_s` to `last_s` and one more, so that the last can be judged.

    Args:
        first_s, last_s: seconds since 1970 UTC.
        bin_s: width of a bin in seconds.
        zone: the local zone.
        heard_s: moments at which anything was heard, sorted; None = the source was never off.
        special: holidays, which behave like Sundays.
    """
    start_s = first_s // bin_s * bin_s
    bins = last_s // bin_s - first_s // bin_s + 1
    times = local_times(start_s, bin_s, zone=zone, bins=(0, bins))
    return Calendar(
        start_s=int(start_s),
        bin_s=bin_s,
        bins=int(bins),
        day=times.day - times.day[0],
        hour=times.hour,
        fraction=times.fraction,
        weekdays=weekdays_of(np.arange(times.day[0], times.day[-1] + 1), special),
        silent=(
            np.zeros(bins, dtype=np.bool_)
            if heard_s is None
            else silent_bins(heard_s, start_s=int(start_s), bin_s=bin_s, bins=int(bins))
        ),
    )


class LocalTimes(msgspec.Struct, frozen=True):
    """The middles of some bins in local time: day number since 1970, hour, share of the day gone; shape (bins,)."""

    day: Ints
    hour: Ints
    fraction: Floats


def local_times(start_s: int, bin_s: int, *, zone: tzinfo, bins: tuple[int, int]) -> LocalTimes:
    """Return the local times of bins, first to last, last excluded; there must be one at least.

    Args:
        start_s, bin_s: when bin 0 begins, seconds since 1970 UTC, and the width of a bin.
        zone: the local zone.
        bins: number of the first, and of the one behind the last.
    """
    seconds = start_s + bin_s * np.arange(bins[0], bins[1], dtype=np.int64)
    local = seconds + _offsets(seconds, zone) + bin_s // 2
    return LocalTimes(local // 86_400, (local % 86_400) // 3600, (local % 86_400) / 86_400.0)


def _offsets(seconds: Ints, zone: tzinfo) -> Ints:
    """Return the UTC offset in seconds at each moment, looked up hour by hour: clocks change on the hour."""
    hours = seconds // 3600
    first, last = int(hours[0]), int(hours[-1])
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    table = np.empty(last - first + 1, dtype=np.int64)
    for i in range(table.size):
        offset = (epoch + timedelta(hours=first + i)).astimezone(zone).utcoffset()
        table[i] = 0 if offset is None else int(offset.total_seconds())
    result: Ints = table[hours - first]
    return result
