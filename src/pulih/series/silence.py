"""Silence: bins in which a source said nothing at all for so long that it must have been off, not calm.

A calm week of one operator is still full of other talk. When nothing at all is heard for a day, and for many times
longer than the source ever pauses, the counts are unknown and not zero: a level learnt from a hole would take the
first ordinary day after it for an outage. Judged from what was heard before, bin by bin.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

DAY_S, HOUR_S = 86_400, 3600
# A pause twenty times the usual one happens once in e^20 pauses when nothing but chance makes them.
PAUSES = 20.0


def silent_bins(heard_s: Ints, *, start_s: int, bin_s: int, bins: int) -> Flags:
    """Return which bins lie in a silence; shape (bins,).

    Args:
        heard_s: moments at which anything was heard, seconds since 1970 UTC, sorted; shape (moments,).
        start_s, bin_s, bins: the bins.

    >>> hourly = np.concatenate([np.arange(0, 240), np.arange(1000, 1010)]) * 3600
    >>> mask = silent_bins(hourly, start_s=0, bin_s=3600, bins=1010)
    >>> int(mask.sum()), int(np.flatnonzero(mask)[0]), int(np.flatnonzero(mask)[-1])
    (737, 263, 999)
    """
    # A thousand texts within an hour say no more of the usual pause than one.
    hours = np.unique(heard_s // HOUR_S)
    opened = start_s + bin_s * np.arange(bins, dtype=np.int64)
    before = np.searchsorted(heard_s, opened + bin_s) - 1
    last = heard_s[np.maximum(before, 0)]
    count = np.searchsorted(hours, last // HOUR_S) + 1
    pause = (last - heard_s[0] + HOUR_S) / np.maximum(count, 1) if heard_s.size else np.zeros(bins)
    result: Flags = (before >= 0) & (opened - last >= np.maximum(DAY_S, PAUSES * pause))
    return result
