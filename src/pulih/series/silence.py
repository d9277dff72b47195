"""Silence: bins in which a source said nothing at all for so long that it must have been off, not calm.

A calm week of one operator is still full of other talk. When nothing at all is heard for a day, and for many times
longer than the source ever pauses, the counts are unknown and not zero: a level learnt from a hole would take the
first ordinary day after it for an outage. Judged from what was heard before, bin by bin.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.errors import RefusedInput

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


class Silence:
    """Tells bin by bin what `silent_bins` tells of a whole history, and remembers little for it.

    >>> silence = Silence()
    >>> for hour in (*range(240), *range(1000, 1010)):
    ...     silence.hear(hour * 3600)
    >>> mask = silence.bins(0, 3600, first=0, last=1010)
    >>> int(mask.sum()), int(np.flatnonzero(mask)[0]), int(np.flatnonzero(mask)[-1])
    (737, 263, 999)
    """

    def __init__(self) -> None:
        self._first_s = self._last_s = self._hour = -1
        self._hours = 0
        # Gaps that were silences: from when on that was known, and when something was heard again.
        self._gaps: list[tuple[float, int]] = []

    def hear(self, at_s: int) -> None:
        """Note that something was heard, seconds since 1970 UTC, not before what was heard last."""
        if self._hours == 0:
            self._first_s = at_s
        elif at_s >= (known_s := self._known_s()):
            self._gaps.append((known_s, at_s))
        if at_s // HOUR_S != self._hour:
            self._hours += 1
        self._last_s, self._hour = at_s, at_s // HOUR_S

    def bins(self, start_s: int, bin_s: int, *, first: int, last: int) -> Flags:
        """Return which bins, first to last, last excluded, lie in a silence, by what was heard so far.

        Args:
            start_s, bin_s: when bin 0 begins, and the width of a bin in seconds.
            first, last: numbers of bins.
        """
        opened = start_s + bin_s * np.arange(first, last, dtype=np.int64)
        silent: Flags = np.zeros(opened.size, dtype=np.bool_)
        for known_s, again_s in self._gaps:
            silent |= (opened >= known_s) & (opened + bin_s <= again_s)
        if self._hours:
            silent |= opened >= self._known_s()
        return silent

    def forget(self, before_s: int) -> None:
        """Drop the silences that ended before a moment."""
        self._gaps = [gap for gap in self._gaps if gap[1] >= before_s]

    def to_bytes(self) -> bytes:
        """Return all that is remembered."""
        return msgspec.msgpack.encode((self._first_s, self._last_s, self._hour, self._hours, self._gaps))

    @classmethod
    def from_bytes(cls, state: bytes) -> Silence:
        """Return what `to_bytes` wrote.

        Raises: RefusedInput when the bytes are no such state.
        """
        try:
            saved = msgspec.msgpack.decode(state, type=tuple[int, int, int, int, list[tuple[float, int]]])
        except msgspec.DecodeError as error:
            raise RefusedInput(f"silence: these bytes are not one ({error}); begin anew from the journal.") from None
        silence = cls()
        silence._first_s, silence._last_s, silence._hour, silence._hours, silence._gaps = saved
        return silence

    def _known_s(self) -> float:
        """Return from when on it will be known to be silent, if nothing is heard."""
        pause = (self._last_s - self._first_s + HOUR_S) / self._hours
        return self._last_s + max(float(DAY_S), PAUSES * pause)
