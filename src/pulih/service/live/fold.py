"""Fold: what the journal adds up to, frame by frame, window by window (requirements P2, D1).

Everything here follows from the frames, their order and the moments at which they were received. In which batches they
are read, how often the desk was restarted between them, and in which order the reports of one window came makes no
difference; tests hold that. A window that is over is weighed in the order in which its reports were said, counted, and
taken by the scans of the operators that somebody spoke of, or of which something is suspected. A big one is weighed and
counted in pieces, between which further frames may be received: what they bring belongs to later windows.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from datetime import tzinfo

import msgspec
import numpy as np
from numpy.typing import NDArray
from zstandard import ZstdError

from pulih.detect.days import Calendar
from pulih.detect.live_family import Feed, Grid, LiveFamily, marks_of
from pulih.detect.live_state import Mark
from pulih.detect.tally import NOTHING_ASIDE, Aside, Tally, blamed
from pulih.listen.weighing import Weigher
from pulih.model.clock import DAY_S, MICROS, WEEK_S
from pulih.model.errors import RefusedInput
from pulih.model.signal import STATES
from pulih.model.weight import Weight
from pulih.ports.live import Row
from pulih.series.silence import Silence
from pulih.series.tuning import Tuning
from pulih.service.hierarchy import Family
from pulih.service.live.failing import Probed
from pulih.service.live.heard import Heard, row_of, target_of
from pulih.service.live.waiting import Part, Speaking, Waiting
from pulih.service.live.windows import LATECOMER, Windows

# What older weeks say about usual is in the state of the scans; their counts are dropped.
KEPT_WEEKS = 13
# So many reports of a window are counted at once, and the rest of their second; some 0.1 s of work.
PIECE_REPORTS = 2_000


class Frame(msgspec.Struct, frozen=True):
    """The read reports of one frame that count, and when it was received."""

    number: int
    received_us: int
    heard: tuple[Heard, ...]


class Closed(msgspec.Struct, frozen=True):
    """A window that was closed: its start, number and last rows, and the families whose scans it moved.

    Of its earlier rows, and of latecomers, only the rows are told, and 0 as the start.
    """

    window_us: int
    number: int
    rows: tuple[Row, ...]
    moved: tuple[str, ...]


class _Saved(msgspec.Struct, frozen=True, array_like=True):
    frame: int
    received_us: int
    open_us: int
    start_s: int
    first: int
    waiting: dict[int, list[Part]]
    heard_of: list[str]
    weigher: bytes
    tally: bytes
    silence: bytes
    scans: dict[str, bytes]
    probed: bytes = b""


class Fold:
    """Adds up frames.

    Args:
        tuning: constants of detection; its `bin_s` is the width of a window.
        zone: the local zone of the rhythm.
        special: holidays, which behave like Sundays.
        families_of: the families of operators that were heard of, networks first.
        afar: names of sources that measure from a distance: they are no probes.
    """

    def __init__(
        self,
        tuning: Tuning,
        zone: tzinfo,
        families_of: Callable[[list[str]], list[Family]],
        *,
        special: Calendar | None = None,
        afar: Collection[str] = (),
    ) -> None:
        self.windows = Windows(tuning.bin_s)
        self.tally = Tally(tuning.bin_s)
        self.probed = Probed()
        self.families: list[Family] = []
        self.scans: dict[str, LiveFamily] = {}
        self.frame = 0
        self.received_us = 0
        # Start of the first open window; 0 before the first frame.
        self.open_us = 0
        self.grid = Grid(0, tuning.bin_s, zone, special)
        self._tuning = tuning
        self._families_of = families_of
        self._afar = frozenset(afar)
        self._waiting = Waiting()
        # Start of the first window that is not closed, and whom those spoke of of whom it is counted already.
        self._closed_us = 0
        self._spoken: set[str] = set()
        self._weigher = Weigher()
        self._silence = Silence()
        self._heard_of: set[str] = set()
        # The first window whose counts are kept.
        self._first = 0

    @property
    def bin(self) -> int:
        """Number of the first open window."""
        return self.grid.number(self.open_us // MICROS)

    @property
    def closed_us(self) -> int:
        """Start of the first window that is not closed yet; microseconds since 1970 UTC."""
        return self._closed_us

    def waiting(self) -> list[Speaking]:
        """Return how many reports of windows that are not closed will count for whom, where."""
        return self._waiting.speaking()

    @property
    def waiting_bytes(self) -> int:
        """How many bytes the reports of windows that are not closed take."""
        return self._waiting.held_bytes

    def take(self, frame: Frame) -> Iterator[Closed]:
        """Take a frame; yield first what windows are closed by its being received, oldest first.

        To be run to its end. A frame that is not behind the last one is left alone.
        """
        late = self.receive(frame)
        yield from self._due()
        if late:
            yield late

    def close(self, received_us: int) -> Iterator[Closed]:
        """Close the windows that are over for what is received from now on; yield those in which something is new.

        To be run to its end. Before the first frame there is nothing to close.
        """
        self.pass_time(received_us)
        yield from self._due()

    def receive(self, frame: Frame) -> Closed | None:
        """Take a frame without closing the windows that are over by then; return the rows of latecomers, if any.

        A frame that is not behind the last one is left alone.
        """
        if frame.number <= self.frame:
            return None
        self.frame = frame.number
        if self.open_us == 0 and frame.received_us == 0:
            # It has expired, and nothing before it says when it was received.
            return None
        if self.open_us == 0:
            self.open_us = self._closed_us = self.windows.open_from(frame.received_us)
            self.grid = msgspec.structs.replace(self.grid, start_s=self.open_us // MICROS)
        self.pass_time(frame.received_us)
        late = []
        for one in frame.heard:
            window_us = self.windows.place(one.signal.at_us, self.open_us)
            if window_us == LATECOMER:
                late.append(row_of(one, Weight(0.0), 0))
            else:
                self._waiting.put(window_us, one)
        return Closed(0, self.bin, tuple(late), ()) if late else None

    def pass_time(self, received_us: int) -> None:
        """Note that whatever comes is received from now on; `close_piece` closes what is over by that."""
        if self.open_us:
            self.received_us = max(self.received_us, received_us)
            self.open_us = max(self.open_us, self.windows.open_from(self.received_us))

    def close_piece(self) -> Closed | None:
        """Go on with closing the windows that are over, oldest first; None when nothing is left to close."""
        window_us = self._next()
        self._closed_us = min(window_us, self.open_us)
        if window_us >= self.open_us:
            return None
        number = self.grid.number(window_us // MICROS)
        self._forget(number)
        heard, last = self._waiting.pop(window_us, PIECE_REPORTS)
        rows = tuple(self._count(one, window_us) for one in heard)
        self._spoken.update(name for one in heard if one.signal.kind not in STATES for name in _operators(one))
        if not last:
            return Closed(0, number, rows, ())
        spoken, self._spoken = self._spoken, set()
        self._closed_us = window_us + self._tuning.bin_s * MICROS
        return Closed(window_us, number, rows, self._moved(number, spoken))

    def settle(self) -> None:
        """Take every scan to the first open window, for whoever asks what is usual now.

        They would get there by themselves when somebody speaks, with the same result; so nobody does it every minute.
        """
        for scan in self.scans.values():
            scan.take(self.grid.number(self._closed_us // MICROS))

    def family(self, operator: str) -> Family:
        """Return the family of an operator, whether it was heard of or not."""
        return next(one for one in self._families_of([operator]) if one.operator == operator)

    def feed(self, family: Family, aside: Aside = NOTHING_ASIDE) -> Feed:
        """Return where the scan of a family hears from, without what is set aside."""
        return Feed(
            between=lambda first_s, last_s: self.tally.between(family.members, first_s, last_s, aside=aside),
            codes=self.tally.codes,
            silent=self.silent,
        )

    def silent(self, first: int, last: int) -> NDArray[np.bool_]:
        """Return in which windows, first to last by number, last excluded, nothing at all could be heard."""
        return self._silence.bins(self.grid.start_s, self.grid.bin_s, first=first, last=last)

    def forget_texts(self, before_us: int) -> None:
        """Forget texts that were said before `before_us`, two days ago at least; nothing that comes depends on them."""
        self._weigher.forget_texts(before_us)

    def to_bytes(self) -> bytes:
        """Return the whole state, when no window is half closed.

        It holds texts of the last two days, so whoever keeps it must lock it away.
        """
        return msgspec.msgpack.encode(
            _Saved(
                frame=self.frame,
                received_us=self.received_us,
                open_us=self.open_us,
                start_s=self.grid.start_s,
                first=self._first,
                waiting=self._waiting.saved(),
                heard_of=sorted(self._heard_of),
                weigher=self._weigher.to_bytes(),
                tally=self.tally.to_bytes(),
                silence=self._silence.to_bytes(),
                scans={operator: self.scans[operator].to_bytes() for operator in sorted(self.scans)},
                probed=self.probed.to_bytes(),
            )
        )

    def restore(self, state: bytes) -> None:
        """Go on from what `to_bytes` wrote, instead of what is here.

        Raises: RefusedInput when the bytes are no such state.
        """
        try:
            saved = msgspec.msgpack.decode(state, type=_Saved)
            waiting, probed = Waiting.of(saved.waiting), Probed.from_bytes(saved.probed)
        except (msgspec.DecodeError, ZstdError) as error:
            raise RefusedInput(
                f"The snapshot cannot be read ({error}); without it the desk begins anew from the journal."
            ) from None
        self.frame, self.received_us, self.open_us = saved.frame, saved.received_us, saved.open_us
        self.grid = msgspec.structs.replace(self.grid, start_s=saved.start_s)
        self._closed_us, self._spoken = saved.open_us, set()
        self._first, self._waiting, self._heard_of = saved.first, waiting, set(saved.heard_of)
        self._weigher = Weigher.from_bytes(saved.weigher)
        self.tally = Tally.from_bytes(saved.tally)
        self._silence, self.probed = Silence.from_bytes(saved.silence), probed
        self.families = self._families_of(sorted(self._heard_of))
        self.scans = {family.operator: self._scan(family, self._marks(family, saved.scans)) for family in self.families}

    def _marks(self, family: Family, saved: dict[str, bytes]) -> list[Mark]:
        """Return what a scan goes on from; one of whom the catalogue knew nothing before begins with what is kept."""
        state = saved.get(family.operator)
        return [Mark(self._first)] if state is None else marks_of(state)

    def _due(self) -> Iterator[Closed]:
        while (closed := self.close_piece()) is not None:
            yield closed

    def _next(self) -> int:
        """Return the start of the next window that must be looked at, `open_us` or later when none is over."""
        if self._closed_us < self.open_us and any(scan.is_tense() for scan in self.scans.values()):
            return self._closed_us
        return self._waiting.first(self.open_us)

    def _moved(self, number: int, spoken: set[str]) -> tuple[str, ...]:
        """Have scans take a window that was counted; return whose did."""
        if not spoken <= self._heard_of:
            self._meet(spoken)
        moved = []
        for family in self.families:
            scan = self.scans[family.operator]
            if scan.is_tense() or not spoken.isdisjoint(family.members):
                scan.take(number + 1)
                moved.append(family.operator)
        return tuple(moved)

    def _count(self, one: Heard, window_us: int) -> Row:
        """Weigh one report and count it in its window; return the row that is kept of it."""
        if one.signal.kind in STATES:
            if one.signal.kind == "probe" and one.signal.source not in self._afar:
                self.probed.hear(one.signal, one.reading, target_of(one.signal))
            return row_of(one, Weight(1.0), window_us)
        at_us = max(one.signal.at_us, window_us)
        signal, reading = one.signal, one.reading
        if signal.at_us != at_us:
            signal = msgspec.structs.replace(signal, at_us=at_us)
        weight = self._weigher.weigh(signal, witness=bool(reading.places), advert=reading.talk == "promotion")
        self._silence.hear(at_us // MICROS)
        self.tally.add(at_us, reading, weight.value)
        return row_of(one, weight, window_us)

    def _meet(self, spoken: set[str]) -> None:
        """Begin a scan for each operator that is heard of for the first time, and for the network that carries it."""
        self._heard_of |= spoken
        self.families = self._families_of(sorted(self._heard_of))
        for family in self.families:
            if family.operator not in self.scans:
                self.scans[family.operator] = self._scan(family, [Mark(self._first)])

    def _scan(self, family: Family, marks: list[Mark]) -> LiveFamily:
        return LiveFamily(family.regions, self.grid, tuning=self._tuning, feed=self.feed(family), marks=marks)

    def _forget(self, number: int) -> None:
        """Drop the counts of a day that is older than what is kept, once it is."""
        day = DAY_S // self._tuning.bin_s
        kept = (number - KEPT_WEEKS * WEEK_S // self._tuning.bin_s) // day * day
        if kept <= self._first:
            return
        self._first = kept
        for scan in self.scans.values():
            scan.take(number)
            scan.forget(kept)
        self.tally.forget(self.grid.second(kept))
        self._silence.forget(self.grid.second(kept))


def _operators(heard: Heard) -> set[str]:
    """Return whom a report counts for, and whom else it names."""
    return {blamed(heard.reading), *heard.reading.named}
