"""While reports are taken the next are read already, never too many of them, and after a failure none is lost (P2)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from database_here import database_in
from journal_in_memory import MemoryJournal, MemoryLedger, MemorySnapshots, SetClock, line, post
from live_world import SECOND_US, START_US, TUNING, fold, report

from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.listen.acceptance import Acceptor
from pulih.model.errors import OutsideFailed
from pulih.model.reading import Reading
from pulih.ports.live import Text
from pulih.service.live.heard import Ears
from pulih.service.live.looking import Looks
from pulih.service.live.pipeline import AHEAD_MAX, REPORTS_AHEAD_MAX, REPORTS_AT_ONCE, Pipeline, Rooms
from pulih.service.live.watching import Watch
from pulih.understand.gazetteer import Gazetteer
from pulih.understand.operators import Catalogue


class Noting:
    """Readers that note how many batches and texts are begun and not answered; the `failing`th answer fails."""

    def __init__(self, failing: int = 0) -> None:
        self.open: list[int] = []
        self.answering: Callable[[], None] = lambda: None
        self.seen: list[tuple[int, int]] = []
        self._failing = failing

    def read(self, texts: Sequence[Text]) -> list[Reading]:
        return [report("alpha", "31.74") for _ in texts]

    def begin(self, texts: Sequence[Text]) -> Callable[[], list[Reading]]:
        self.open.append(len(texts))
        return lambda: self._answered(texts)

    def _answered(self, texts: Sequence[Text]) -> list[Reading]:
        self.seen.append((len(self.open), sum(self.open)))
        self.open.pop(0)
        self.answering()
        self._failing -= 1
        if self._failing == 0:
            self.open.clear()
            raise OutsideFailed("a reader died")
        return self.read(texts)


class Desk:
    """A pipeline over a journal in memory."""

    def __init__(self, folder: Path, readers: Noting) -> None:
        self.journal, self.ledger, self.snapshots = MemoryJournal(), MemoryLedger(), MemorySnapshots()
        self._store = SqlSignalStore(database_in(folder / "desk.db"))
        self._readers = readers
        self.begin()

    def begin(self) -> None:
        """Begin, or begin again as after a stop, from what was kept."""
        self.state = fold()
        ears = Ears(Acceptor({}, frozenset()), b"k" * 32, self._readers, Catalogue(()), Gazetteer("ID", ()))
        rooms = Rooms(self.journal, self.ledger, ears, self._store, self.snapshots, SetClock())
        watch = Watch(self.state, Looks(self._store, lambda _: None), str, TUNING)
        self.pipeline = Pipeline(rooms, self.state, watch, threading.RLock())

    def accept(self, frame: int, reports: int) -> None:
        """Have a frame of reports in the journal and the ledger."""
        at_us = START_US + frame * 1_000
        post(self.journal, self.ledger, [line(f"{frame} {n}", at_us, "mati") for n in range(reports)], at_us)

    def counted(self) -> int:
        """Advance by ten minutes, and return how many reports count then."""
        self.pipeline.advance(START_US + 600 * SECOND_US)
        return int(self.state.tally.columns(["alpha"]).signals.sum())


def test_the_next_reports_are_read_before_the_last_are_taken_and_never_too_many(tmp_path: Path) -> None:
    readers = Noting()
    desk = Desk(tmp_path, readers)
    for frame in range(6):
        desk.accept(frame, REPORTS_AT_ONCE // 2)
    assert desk.counted() == 3 * REPORTS_AT_ONCE
    assert readers.seen[:2] == [(2, 2 * REPORTS_AT_ONCE)] * 2
    assert max(texts for _, texts in readers.seen) == REPORTS_AHEAD_MAX
    assert readers.open == []


def test_frames_of_which_nothing_counts_are_not_read_ahead_without_end(tmp_path: Path) -> None:
    readers = Noting()
    desk = Desk(tmp_path, readers)
    for _ in range(3_000):
        desk.accept(7, 1)
    assert desk.counted() == 1
    assert max(batches for batches, _ in readers.seen) <= AHEAD_MAX


def test_after_a_failure_what_was_begun_is_read_anew_and_counted_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Noting(failing=2))
    for frame in range(2):
        desk.accept(frame, REPORTS_AT_ONCE)
    with pytest.raises(OutsideFailed):
        desk.counted()
    assert desk.counted() == 2 * REPORTS_AT_ONCE


def test_a_desk_that_is_stopped_behind_a_backlog_ends_soon_and_goes_on_with_it_at_the_next_start(
    tmp_path: Path,
) -> None:
    readers = Noting()
    desk = Desk(tmp_path, readers)
    for frame in range(8):
        desk.accept(frame, REPORTS_AT_ONCE)
    readers.answering = desk.pipeline.end
    desk.pipeline.advance(START_US + SECOND_US)
    desk.pipeline.snapshot()
    assert 0 < desk.state.frame < 8
    readers.answering = lambda: None
    desk.begin()
    assert desk.counted() == 8 * REPORTS_AT_ONCE


def test_a_window_that_is_half_closed_when_there_is_no_time_left_is_not_kept_and_closed_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Noting())
    for frame in range(3):
        desk.accept(frame, REPORTS_AT_ONCE)
    desk.pipeline.on_taken(lambda: desk.pipeline.end(within_s=0))
    desk.accept(100_000, 1)
    desk.accept(300_000, REPORTS_AT_ONCE)
    desk.counted()
    desk.pipeline.snapshot()
    assert desk.snapshots.latest() is None
    desk.begin()
    assert desk.counted() == 4 * REPORTS_AT_ONCE + 1
