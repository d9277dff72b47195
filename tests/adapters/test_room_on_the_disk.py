"""Reports leave the last room of a disk to the database, so that a desk whose disk fills up can still be worked at."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from database_here import database_in
from faulty_disk import FaultyDisk

from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import LEFT_BYTES, SegmentJournal
from pulih.adapters.sql.ledger import SqlLedger
from pulih.listen.payload import PayloadReader
from pulih.model.errors import OutsideFailed
from pulih.service.accepting import Accepting, Outcome
from pulih.web.api.health import storage_check

READER = PayloadReader(b"k" * 32)


class _Clock:
    def now_us(self) -> int:
        return time.time_ns() // 1000


class _Desk:
    """Journal, ledger and the thread that commits, on a disk that says how much is free."""

    def __init__(self, folder: Path, faulty: FaultyDisk) -> None:
        for name in ("journal", "keys"):
            (folder / name).mkdir()
        self.ledger = SqlLedger(database_in(folder / "intake.db", "intake"))
        self.journal = SegmentJournal(folder / "journal", DayKeys(folder / "keys", faulty.disk), disk=faulty.disk)
        self.accepting = Accepting(self.journal, self.ledger, _Clock(), READER)
        self.accepting.start()
        self.ready = storage_check(self.accepting.trouble, self.journal.try_disk, room=self.journal.check_room)

    def post(self, native_id: str) -> Outcome:
        body = b'{"id": "%s", "source": "form", "text": "mati total"}' % native_id.encode()
        return self.accepting.accept(READER.one(body, _Clock().now_us()))


@pytest.fixture
def faulty() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
def desk(tmp_path: Path, faulty: FaultyDisk) -> Iterator[_Desk]:
    made = _Desk(tmp_path, faulty)
    yield made
    made.accepting.close()
    made.journal.close()


def test_when_only_the_room_of_the_database_is_left_reports_are_refused_and_taken_again_with_more(
    desk: _Desk, faulty: FaultyDisk
) -> None:
    assert desk.post("1") == Outcome(accepted=1)
    faulty.free = LEFT_BYTES - (1 << 20)
    for _ in range(2):
        with pytest.raises(
            OutsideFailed, match=r"journal/ has 63\.0 MiB free, and the last 64 MiB are left to the data"
        ):
            desk.post("2")
    assert [desk.journal.last(), desk.ledger.position()] == [1, 1]
    with pytest.raises(OutsideFailed, match="right would be more room"):
        desk.ready()
    faulty.free = LEFT_BYTES + (1 << 20)
    assert desk.post("2") == Outcome(accepted=1)
    assert desk.ready() == ""
    assert [frame.number for frame in desk.journal.frames(0)] == [1, 2]


def test_a_frame_that_would_reach_into_that_room_is_refused_though_there_is_more_now(
    desk: _Desk, faulty: FaultyDisk
) -> None:
    faulty.free = LEFT_BYTES + 1
    assert desk.ready() == ""
    with pytest.raises(OutsideFailed, match="are left to the database"):
        desk.post("1")
    assert desk.journal.last() == 0


def test_what_counts_nothing_new_for_the_journal_is_settled_all_the_same(desk: _Desk, faulty: FaultyDisk) -> None:
    faulty.free = 0
    refused = READER.batch(b'{"id": "1"}\n{"id": "2"}\n', 0)
    assert desk.accepting.accept(refused) == Outcome()


def test_where_a_disk_does_not_say_what_is_free_reports_are_taken(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "keys").mkdir()
    disk = Disk(free=lambda _: None)
    journal = SegmentJournal(tmp_path / "journal", DayKeys(tmp_path / "keys"), disk=disk)
    assert journal.append([b"one"], 1_759_492_800_000_000) == 1
    journal.close()
