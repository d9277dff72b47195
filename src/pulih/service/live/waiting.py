"""Waiting: the reports of windows that are not closed, packed, by the second in which they were said.

At thousands of reports a second a minute of them as objects is half a gigabyte, which the collector of garbage walks
through again and again while nobody else gets to work. Packed they are a fifth of that and nothing to walk through;
blocks of a hundred or so are squeezed too (zstd), since people say much the same and the names of fields are the same
in all. They are unpacked second by second when their window is closed, in the order in which they count.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
import zstandard

from pulih.detect.tally import blamed_by, counted
from pulih.model.clock import MICROS
from pulih.model.signal import STATES
from pulih.service.live.heard import Heard

_encode_into = msgspec.msgpack.Encoder().encode_into
_decode = msgspec.msgpack.Decoder(list[Heard]).decode
# The first byte of a list of whatever length in MessagePack; its length follows in four bytes.
_LIST: Final = b"\xdd"
# So much is squeezed at once: larger blocks become hardly smaller, and what is not squeezed yet adds up over seconds.
_BLOCK_BYTES: Final = 1 << 16
# The quickest level above the fastest ones; a block takes less than a thousandth of a second.
_LEVEL: Final = 1

# One part of a window in a snapshot: a squeezed list of reports, or one report as older versions kept it.
Part = Heard | bytes


class Speaking(msgspec.Struct, frozen=True, gc=False):
    """How many reports of a window will count for an operator in a region ("" none named), as far as is known yet."""

    window_us: int
    operator: str
    region: str
    reports: int


class _Second:
    """The reports of one second, packed one behind the other, and how many will count for whom, where.

    Attributes:
        blocks: squeezed lists of its first reports.
        reports: how many there are.
        speaking: how many will count, by operator and region.
    """

    __slots__ = ("_open", "_opened", "blocks", "reports", "speaking")

    def __init__(self) -> None:
        self.blocks: list[bytes] = []
        # What is not squeezed yet, and how many reports that is.
        self._open, self._opened = bytearray(), 0
        self.reports = 0
        self.speaking: Counter[tuple[str, str]] = Counter()

    def put(self, one: Heard, squeezer: zstandard.ZstdCompressor) -> int:
        """Take a report; return how many bytes more are held."""
        before = len(self._open)
        _encode_into(one, self._open, -1)
        self._opened += 1
        self.reports += 1
        if len(self._open) < _BLOCK_BYTES:
            return len(self._open) - before
        self.blocks.append(self._squeezed(squeezer))
        self._open, self._opened = bytearray(), 0
        return len(self.blocks[-1]) - before

    def size(self) -> int:
        """Return how many bytes are held."""
        return sum(map(len, self.blocks)) + len(self._open)

    def unpacked(self) -> list[Heard]:
        """Return the reports in the order in which they came."""
        blocks = [one for block in self.blocks for one in _block(block)]
        return blocks + _decode(_list(self._open, self._opened))

    def saved(self, squeezer: zstandard.ZstdCompressor) -> list[bytes]:
        """Return all of it in squeezed lists."""
        return [*self.blocks, self._squeezed(squeezer)] if self._opened else list(self.blocks)

    def _squeezed(self, squeezer: zstandard.ZstdCompressor) -> bytes:
        return squeezer.compress(_list(self._open, self._opened))


class Waiting:
    """Keeps reports until their window is closed."""

    def __init__(self) -> None:
        self._windows: dict[int, dict[int, _Second]] = {}
        # The sum over the seconds of each window: whoever asks does so for dozens of places one after the other.
        self._speaking: dict[int, Counter[tuple[str, str]]] = {}
        # Of its own: two threads must not use one at the same time.
        self._squeezer = zstandard.ZstdCompressor(level=_LEVEL)
        self._held_bytes = 0

    @property
    def held_bytes(self) -> int:
        """How many bytes the reports take that wait."""
        return self._held_bytes

    def put(self, window_us: int, one: Heard) -> None:
        """Keep a report of the window that begins at `window_us`."""
        seconds = self._windows.setdefault(window_us, {})
        at_s = one.signal.at_us // MICROS
        if at_s not in seconds:
            seconds[at_s] = _Second()
        second = seconds[at_s]
        self._held_bytes += second.put(one, self._squeezer)
        for scope in _spoken_of(one):
            second.speaking[scope] += 1
            self._speaking.setdefault(window_us, Counter())[scope] += 1

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
            second = seconds.pop(at_s)
            self._held_bytes -= second.size()
            self._speaking.get(window_us, Counter()).subtract(second.speaking)
            heard += sorted(second.unpacked(), key=_order)
            if len(heard) >= at_least:
                break
        if not seconds:
            self._windows.pop(window_us, None)
            self._speaking.pop(window_us, None)
        return heard, not seconds

    def speaking(self) -> list[Speaking]:
        """Return how many reports that wait will count for whom, where; by window."""
        return [
            Speaking(window_us, operator, region, reports)
            for window_us, speaking in self._speaking.items()
            for (operator, region), reports in speaking.items()
            if reports
        ]

    def saved(self) -> dict[int, list[Part]]:
        """Return the reports by window, in parts that `of` takes."""
        return {
            window_us: [part for at_s in sorted(seconds) for part in seconds[at_s].saved(self._squeezer)]
            for window_us, seconds in sorted(self._windows.items())
        }

    @classmethod
    def of(cls, windows: Mapping[int, Iterable[Part]]) -> Waiting:
        """Return what waits when these reports do, by window.

        Raises: msgspec.DecodeError or zstandard.ZstdError when a part is none.
        """
        waiting = cls()
        for window_us, parts in windows.items():
            for part in parts:
                for one in _block(part) if isinstance(part, bytes) else (part,):
                    waiting.put(window_us, one)
        return waiting


def _spoken_of(one: Heard) -> list[tuple[str, str]]:
    """Return for whom a report will count, with its region ("" none named)."""
    signal, reading = one.signal, one.reading
    if signal.kind in STATES or signal.role != "public" or counted(reading, 1.0) <= 0:
        return []
    region = reading.places[0].code if reading.places else ""
    return [(operator, region) for operator in blamed_by(reading)]


def _list(packed: bytearray, reports: int) -> bytes:
    return b"".join([_LIST, reports.to_bytes(4), packed])


def _block(squeezed: bytes) -> list[Heard]:
    return _decode(zstandard.ZstdDecompressor().decompress(squeezed))


def _order(one: Heard) -> tuple[int, str, str]:
    return one.signal.at_us, one.signal.source, one.signal.native_id
