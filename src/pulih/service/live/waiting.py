"""Waiting: the reports of windows that are not closed, packed, by the second in which they were said.

At thousands of reports a second a minute of them as objects is half a gigabyte, which the collector of garbage walks
through again and again while nobody else gets to work. Packed they are a fifth of that and nothing to walk through;
they are unpacked second by second when their window is closed, in the order in which they count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from pulih.detect.tally import blamed_by, counted
from pulih.model.clock import MICROS
from pulih.model.signal import STATES
from pulih.service.live.heard import Heard

_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[Heard]).decode
# The first byte of a list of whatever length in MessagePack; its length follows in four bytes.
_LIST: Final = b"\xdd"


class Speaking(msgspec.Struct, frozen=True, gc=False):
    """How many reports of one second will count for an operator in a region ("" none named), as far as is known yet."""

    at_us: int
    operator: str
    region: str
    reports: int


class _Second:
    """The reports of one second, packed one behind the other, and how many will count for whom, where."""

    __slots__ = ("packed", "reports", "speaking")

    def __init__(self) -> None:
        self.packed, self.reports = bytearray(), 0
        self.speaking: Counter[tuple[str, str]] = Counter()

    def put(self, one: Heard) -> None:
        _encode_into(one, self.packed, -1)
        self.reports += 1
        signal, reading = one.signal, one.reading
        if signal.kind not in STATES and signal.role == "public" and counted(reading, 1.0) > 0:
            for operator in blamed_by(reading):
                self.speaking[operator, reading.places[0].code if reading.places else ""] += 1


class Waiting:
    """Keeps reports until their window is closed."""

    def __init__(self) -> None:
        self._windows: dict[int, dict[int, _Second]] = {}

    def put(self, window_us: int, one: Heard) -> None:
        """Keep a report of the window that begins at `window_us`."""
        seconds = self._windows.setdefault(window_us, {})
        at_s = one.signal.at_us // MICROS
        if at_s not in seconds:
            seconds[at_s] = _Second()
        seconds[at_s].put(one)

    def first(self, default: int) -> int:
        """Return the start of the first window of which something waits, `default` when nothing does."""
        return min(self._windows, default=default)

    def pop(self, window_us: int, at_least: int) -> tuple[list[Heard], bool]:
        """Take out the earliest reports of a window, whole seconds; return them, and whether none is left.

        Args:
            window_us: start of the window; one of which nothing waits is empty.
            at_least: how many to take, where there are as many.

        Returns: reports in the order in which they count: by moment, source and id.
        """
        seconds = self._windows.get(window_us, {})
        heard: list[Heard] = []
        for at_s in sorted(seconds):
            heard += sorted(_unpacked([seconds.pop(at_s)]), key=_order)
            if len(heard) >= at_least:
                break
        if not seconds:
            self._windows.pop(window_us, None)
        return heard, not seconds

    def speaking(self) -> list[Speaking]:
        """Return how many reports that wait will count for whom, where; by second."""
        return [
            Speaking(at_s * MICROS, operator, region, reports)
            for seconds in self._windows.values()
            for at_s, second in seconds.items()
            for (operator, region), reports in second.speaking.items()
        ]

    def packed(self) -> dict[int, msgspec.Raw]:
        """Return the reports by window, each window a list in MessagePack."""
        return {
            window_us: msgspec.Raw(_list([self._windows[window_us][at_s] for at_s in sorted(self._windows[window_us])]))
            for window_us in sorted(self._windows)
        }

    @classmethod
    def of(cls, windows: Mapping[int, Iterable[Heard]]) -> Waiting:
        """Return what waits when these reports do, by window."""
        waiting = cls()
        for window_us, heard in windows.items():
            for one in heard:
                waiting.put(window_us, one)
        return waiting


def _list(seconds: Iterable[_Second]) -> bytes:
    kept = list(seconds)
    many = sum(one.reports for one in kept)
    return b"".join([_LIST, many.to_bytes(4), *(one.packed for one in kept)])


def _unpacked(seconds: Iterable[_Second]) -> list[Heard]:
    return _decode(_list(seconds))


def _order(one: Heard) -> tuple[int, str, str]:
    return one.signal.at_us, one.signal.source, one.signal.native_id
