"""What a desk lets go of when its time is over, and that a wrong clock takes nothing that it should not."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk_here import desk_here

from pulih.adapters.config import DeskSettings, SiteTable
from pulih.adapters.config.settings import StorageTable
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.signal_store import SqlSignalStore
from pulih.adapters.sql.upgrading import upgrade
from pulih.model.clock import DAY_S, HOUR_S, MICROS
from pulih.ports.files import Wanted
from pulih.ports.intake import Keyed
from pulih.ports.live import Row
from pulih.serve.clocks import ReplayClock
from pulih.serve.expiring import Expiry
from pulih.serve.storage import Storage

NOON_US = 1_759_492_800_000_000
DAY_US = DAY_S * MICROS
ALL = Wanted(start_us=0, end_us=NOON_US * 2)


class Kept:
    """A journal with its ledger and the rows of a desk, and seconds that pass when they are told to."""

    def __init__(self, folder: Path) -> None:
        for name in ("journal", "keys"):
            (folder / name).mkdir()
        intake = open_engine(sqlite_url(folder / "intake.db"), "intake")
        desk = open_engine(sqlite_url(folder / "desk.db"), "desk")
        upgrade(intake, "intake")
        upgrade(desk, "desk")
        self.passed_s = 0.0
        self.quotes: list[int] = []
        self.texts: list[int] = []
        keys = DayKeys(folder / "keys", monotonic_s=lambda: self.passed_s)
        self.journal, self.ledger = SegmentJournal(folder / "journal", keys), SqlLedger(intake)
        self.signals = SqlSignalStore(desk)
        self.expiry = Expiry(
            self.journal,
            self.ledger,
            self.signals,
            forget_quotes=self.quotes.append,
            forget_texts=self.texts.append,
            storage=StorageTable(text_days=2, signal_days=100),
            monotonic_s=lambda: self.passed_s,
        )

    def hear(self, at_us: int) -> None:
        number = self.journal.append([b"mati"], at_us)
        self.ledger.accept(number, [Keyed(number, "form")], (), at_us=at_us)
        self.signals.keep([Row(frame=number, position=0, at_us=at_us, window_us=at_us, source="form", weight=1.0)])


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_of_frames_that_nobody_can_read_any_more_the_ledger_keeps_counters_alone(kept: Kept) -> None:
    for day in range(3):
        kept.hear(NOON_US + day * DAY_US)
        kept.hear(NOON_US + day * DAY_US)
    kept.expiry.expire(NOON_US + 3 * DAY_US)
    assert kept.journal.expired() == 2
    assert [one.frame for one in kept.ledger.accepted(0, 9)] == [3, 4, 5, 6]
    assert kept.ledger.counts()[0].counted == 6
    assert kept.quotes == [NOON_US + DAY_US]


def test_before_anything_expires_nothing_is_forgotten(kept: Kept) -> None:
    assert kept.journal.expired() == 0
    kept.hear(NOON_US)
    kept.expiry.expire(NOON_US)
    assert kept.journal.expired() == 0
    assert [one.frame for one in kept.ledger.accepted(0, 9)] == [1]


def test_rows_expire_when_the_clock_has_gone_right_for_an_hour(kept: Kept) -> None:
    kept.hear(NOON_US)
    late_us = NOON_US + 101 * DAY_US
    kept.expiry.expire(late_us)
    assert kept.signals.count(ALL).total == 1
    assert kept.texts == []
    kept.passed_s = HOUR_S
    kept.expiry.expire(late_us + HOUR_S * MICROS)
    assert kept.signals.count(ALL).total == 0
    assert kept.texts == [late_us + HOUR_S * MICROS - 2 * DAY_US]


def test_a_clock_that_jumps_ahead_and_back_takes_no_rows(kept: Kept) -> None:
    kept.hear(NOON_US)
    for minute in range(120):
        kept.passed_s = minute * 60.0
        wrong_us = 500 * DAY_US if 70 <= minute < 110 else 0
        kept.expiry.expire(NOON_US + minute * 60 * MICROS + wrong_us)
    assert kept.signals.count(ALL).total == 1


def test_what_a_killed_desk_left_in_the_journal_alone_counts_before_its_day_expires(tmp_path: Path) -> None:
    settings = DeskSettings(storage=StorageTable(text_days=2), site=SiteTable(on=False))
    with DataFolder(tmp_path / "desk") as folder:
        storage = Storage(folder.layout, settings)
        storage.journal.append([b'{"id": "1", "source": "form", "text": "mati"}'], NOON_US)
        storage.close()
        desk = desk_here(folder, settings, ReplayClock(NOON_US + 3 * DAY_US))
        desk.start()
        try:
            assert desk.live.counters().counted == 1
        finally:
            desk.stop()
