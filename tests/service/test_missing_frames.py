"""A file gone from the middle of the journal is told of, and the rest is counted; an expired one is not missed."""

from __future__ import annotations

from pathlib import Path

import pytest
from database_here import database_in
from journal_in_memory import MINUTE_US, MemoryLedger, MemorySnapshots, NoChanges, SetClock, line, post
from live_world import START_US

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.reading_workers import OneReader
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.main_reading import Knowledge, load_knowledge
from pulih.model.clock import DAY_S, MICROS
from pulih.ports.files import Wanted
from pulih.service.live.desk import LiveDesk, LiveRooms, LiveSettings

FRAMES = 30


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return load_knowledge()


class _Desk:
    """A live desk over a journal on the disk whose files hold a frame each, without a snapshot."""

    def __init__(self, folder: Path, knowledge: Knowledge) -> None:
        for name in ("journal", "keys"):
            (folder / name).mkdir()
        self.folder, self._knowledge = folder, knowledge
        self._ledger = MemoryLedger()
        self.journal = SegmentJournal(folder / "journal", DayKeys(folder / "keys"), segment_bytes=1)
        for number in range(FRAMES):
            at_us = START_US + number * MINUTE_US
            lines = [line(f"{number} {n}", at_us, "smartfren mati total", author=f"{n}") for n in range(2)]
            post(self.journal, self._ledger, lines, at_us)

    def started(self) -> LiveDesk:
        """Return a desk that took all that is there, as after a start; and how many rows it keeps."""
        self.journal.close()
        self.journal = SegmentJournal(self.folder / "journal", DayKeys(self.folder / "keys"), ledger_at=FRAMES)
        self.store = SqlSignalStore(database_in(self.folder / "desk.db"))
        rooms = LiveRooms(
            journal=self.journal,
            ledger=self._ledger,
            store=self.store,
            snapshots=MemorySnapshots(),
            readers=OneReader(self._knowledge.reader),
            planned=NoChanges(),
            clock=SetClock(START_US),
            catalogue=self._knowledge.catalogue,
            gazetteer=self._knowledge.gazetteer,
            key=b"k" * 32,
        )
        desk = LiveDesk(rooms, LiveSettings())
        desk.advance(START_US + 60 * MINUTE_US)
        return desk

    def kept(self) -> int:
        return self.store.count(Wanted(start_us=0, end_us=START_US + DAY_S * MICROS)).total


def test_a_whole_journal_lacks_nothing(tmp_path: Path, knowledge: Knowledge) -> None:
    desk = _Desk(tmp_path, knowledge)
    assert desk.started().trouble() == ""
    assert desk.kept() == 2 * FRAMES


def test_files_that_are_gone_from_the_middle_are_told_of_with_how_much_stood_in_them(
    tmp_path: Path, knowledge: Knowledge
) -> None:
    desk = _Desk(tmp_path, knowledge)
    for number in (11, 12, 20):
        (tmp_path / "journal" / f"{number:020}.seg").unlink()
    told = desk.started().trouble()
    assert told.startswith("6 reports that count stand in no file of the journal (between frames 11 and 20)")
    assert desk.kept() == 2 * FRAMES - 6


def test_what_expired_is_not_missed(tmp_path: Path, knowledge: Knowledge) -> None:
    desk = _Desk(tmp_path, knowledge)
    desk.journal.expire(START_US + 2 * DAY_S * MICROS)
    assert desk.started().trouble() == ""
