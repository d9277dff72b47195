"""Fold: what the journal adds up to, frame by frame, window by window (requirements P2, D1).

Everything here follows from the frames, their order and the moments at which they were received. In which batches they
are read, how often the desk was restarted between them, and in which order the reports of one window came makes no
difference; tests hold that. A window that is over is weighed in the order in which its reports were said, counted, and
taken by the scans of the operators that somebody spoke of, or of which something is suspected.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import tzinfo

import msgspec

from pulih.detect.live_family import Feed, Grid, LiveFamily, marks_of
from pulih.detect.live_state import Mark
from pulih.detect.tally import Tally, blamed
from pulih.listen.weighing import Weigher
from pulih.model.clock import HOUR_S, MICROS, WEEK_S
from pulih.model.errors import RefusedInput
from pulih.model.weight import Weight
from pulih.ports.live import Row
from pulih.series.silence import Silence
from pulih.series.tuning import Tuning
from pulih.service.hierarchy import Family
from pulih.service.live.heard import STATES, Heard, row_of
from pulih.service.live.windows import LATECOMER, Windows

# What older weeks say about usual is in the state of the scans; their counts are dropped.
KEPT_WEEKS = 13


class Frame(msgspec.Struct, frozen=True):
    """The read reports of one frame that count, and when it was received."""

    number: int
    received_us: int
    heard: tuple[Heard, ...]


class Closed(msgspec.Struct, frozen=True):
    """A window that was closed: its start, number and rows, and the families whose scans it moved."""

    window_us: int
    number: int
    rows: tuple[Row, ...]
    moved: tuple[str, ...]


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    frame: int
    received_us: int
    open_us: int
    start_s: int
    waiting: dict[int, list[Heard]]
    weigher: bytes
    tally: bytes
    silence: bytes
    families: dict[str, bytes]


class Fold:
    """Adds up frames.

    Args:
        tuning: constants of detection; its `bin_s` is the width of a window.
        zone: the local zone of the rhythm.
        families_of: the families of operators that were heard of, networks first.
    """

    def __init__(self, tuning: Tuning, zone: tzinfo, families_of: Callable[[list[str]], list[Family]]) -> None:
        self.windows = Windows(tuning.bin_s)
        self.tally = Tally(tuning.bin_s)
        self.families: list[Family] = []
        self.scans: dict[str, LiveFamily] = {}
        self.frame = 0
        self.received_us = 0
        # Start of the first open window; 0 before the first frame.
        self.open_us = 0
        self.grid = Grid(0, tuning.bin_s, zone)
        self._tuning = tuning
        self._families_of = families_of
        self._waiting: dict[int, list[Heard]] = {}
        self._weigher = Weigher()
        self._silence = Silence()
        self._heard_of: set[str] = set()

    @property
    def bin(self) -> int:
        """Number of the first open window."""
        return self.grid.number(self.open_us // MICROS)

    def waiting(self) -> list[Heard]:
        """Return the reports of windows that are still open."""
        return [one for heard in self._waiting.values() for one in heard]

    def take(self, frame: Frame) -> Iterator[Closed]:
        """Take a frame; yield first what windows are closed by its being received, oldest first.

        To be run to its end. A frame that is not behind the last one is left alone.
        """
        if frame.number <= self.frame:
            return
        yield from self.close(frame.received_us)
        late = []
        for one in frame.heard:
            window_us = self.windows.place(one.signal.at_us, self.open_us)
            if window_us == LATECOMER:
                late.append(row_of(one, Weight(0.0), 0))
            else:
                self._waiting.setdefault(window_us, []).append(one)
        self.frame = frame.number
        if late:
            yield Closed(0, self.bin, tuple(late), ())

    def close(self, received_us: int) -> Iterator[Closed]:
        """Close the windows that are over for what is received from now on; yield those in which something is new."""
        self.received_us = max(self.received_us, received_us)
        until_us = self.windows.open_from(self.received_us)
        if self.open_us == 0:
            self.open_us = until_us
            self.grid = Grid(until_us // MICROS, self._tuning.bin_s, self.grid.zone)
        while (window_us := self._next(until_us)) < until_us:
            self.open_us = window_us
            yield self._close(window_us)
        self.open_us = max(self.open_us, until_us)

    def settle(self) -> None:
        """Take every scan to the first open window, and forget what is too old."""
        for scan in self.scans.values():
            scan.take(self.bin)
        kept = self.bin - KEPT_WEEKS * WEEK_S // self._tuning.bin_s
        if self.scans and min(scan.first for scan in self.scans.values()) < kept - HOUR_S * 24 // self._tuning.bin_s:
            for scan in self.scans.values():
                scan.forget(kept)
            self.tally.forget(self.grid.second(kept))
            self._silence.forget(self.grid.second(kept))

    def feed(self, family: Family) -> Feed:
        """Return where the scan of a family hears from."""

        def silent(first: int, last: int) -> object:
            return self._silence.bins(self.grid.start_s, self.grid.bin_s, first=first, last=last)

        return Feed(
            between=lambda first_s, last_s: self.tally.between(family.members, first_s, last_s),
            codes=self.tally.codes,
            silent=silent,
        )
