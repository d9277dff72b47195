"""Backup: taken while the desk writes, restored elsewhere to a desk that knows all it had acknowledged."""

from __future__ import annotations

import io
import os
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import zstandard
from database_here import database_in

from pulih.adapters.backup import MANIFEST, back_up, restore
from pulih.adapters.channels.push_key import push_key
from pulih.adapters.data_folder import DataFolder, Layout
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.sql.ledger import SqlLedger
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.intake import Accepted, Frame, Keyed

NOW_US = 1_759_500_000_000_000


@contextmanager
def _intake(layout: Layout) -> Iterator[tuple[SegmentJournal, SqlLedger]]:
    """Open journal and ledger of a folder as the desk does at its start."""
    engine = database_in(layout.intake_db, "intake")
    ledger = SqlLedger(engine)
    journal = SegmentJournal(layout.journal, DayKeys(layout.keys), ledger_at=ledger.position(), segment_bytes=2_000)
    try:
        yield journal, ledger
        ledger.settle()
    finally:
        journal.close()
        engine.dispose()


def _hear(journal: SegmentJournal, ledger: SqlLedger, number: int, at_us: int = NOW_US) -> None:
    """Take one report in, durable; the ledger is written now and then, as the desk does."""
    frame = journal.append([b'{"id": "%d", "source": "s", "text": "mati"}' % number], at_us)
    ledger.accept(frame, [Keyed(number, "s")], [], at_us=at_us)
    if number % 3 == 0:
        ledger.settle()


def _heard(layout: Layout) -> tuple[list[bytes], int, int]:
    """Return the reports of a folder, how many its ledger counted, and how far that is."""
    with _intake(layout) as (journal, ledger):
        reports = [report for frame in journal.frames(0) for report in frame.reports]
        return reports, sum(count.counted for count in ledger.counts()), ledger.position()


def _journal_of(layout: Layout) -> tuple[list[Frame], list[Accepted]]:
    """Return what findings are a function of: the frames with their moments, and what of them counts."""
    with _intake(layout) as (journal, ledger):
        return list(journal.frames(0)), ledger.accepted(0, 10_000)


def _back_up(layout: Layout, out: Path) -> Path:
    back_up(layout, out, version="1", now_us=NOW_US)
    return out


def _some_desk(root: Path, reports: int = 30) -> Layout:
    with DataFolder(root) as folder:
        with _intake(folder.layout) as (journal, ledger):
            for number in range(reports):
                _hear(journal, ledger, number, NOW_US + number * DAY_S * MICROS // 10)
        with sqlite3.connect(folder.layout.desk_db) as database:
            database.execute("CREATE TABLE incidents (id TEXT)")
            database.execute("INSERT INTO incidents VALUES ('20251003-abcd')")
        database.close()
        (folder.layout.snapshot / "1.state").write_bytes(b"what detection remembers")
        (folder.layout.calendars / "board.ics").write_bytes(b"BEGIN:VCALENDAR")
        return folder.layout


def test_a_restored_desk_has_everything_and_keeps_it_private(tmp_path: Path) -> None:
    layout = _some_desk(tmp_path / "desk")
    backup = _back_up(layout, tmp_path / "desk.tar.zst")
    restored = Layout(tmp_path / "new" / "desk")
    manifest = restore(backup, restored.root)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (*restored.root.rglob("*"), backup) if path.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(path.stat().st_mode) for path in restored.root.rglob("") if path.is_dir()} == {0o700}
    assert _heard(restored) == _heard(layout)
    assert len(_heard(restored)[0]) == 30
    assert _journal_of(restored) == _journal_of(layout)
    assert restored.secret.read_bytes() == layout.secret.read_bytes()
    assert (restored.snapshot / "1.state").read_bytes() == b"what detection remembers"
    assert (restored.calendars / "board.ics").is_file()
    with sqlite3.connect(restored.desk_db) as database:
        assert database.execute("SELECT id FROM incidents").fetchall() == [("20251003-abcd",)]
    database.close()
    assert len(manifest.parts) == len({part.name for part in manifest.parts})


def test_the_key_that_all_browsers_subscribed_with_is_part_of_a_backup(tmp_path: Path) -> None:
    layout = _some_desk(tmp_path / "desk")
    key = push_key(layout.push_key)
    restore(_back_up(layout, tmp_path / "desk.tar.zst"), tmp_path / "new")
    assert push_key(Layout(tmp_path / "new").push_key) == key


def test_a_desk_goes_on_after_it_was_restored(tmp_path: Path) -> None:
    layout = _some_desk(tmp_path / "desk")
    restore(_back_up(layout, tmp_path / "desk.tar.zst"), tmp_path / "new")
    with DataFolder(tmp_path / "new") as folder, _intake(folder.layout) as (journal, ledger):
        _hear(journal, ledger, 3)
        _hear(journal, ledger, 1_000)
    assert _heard(Layout(tmp_path / "new"))[1] == 31


def test_backups_taken_while_the_desk_writes_hold_all_that_was_acknowledged_before(tmp_path: Path) -> None:
    """The databases know no more than the journal, wherever in the writing the backup was taken."""
    layout = _some_desk(tmp_path / "desk", reports=1)
    acknowledged, stopping = [1], threading.Event()

    def write() -> None:
        with _intake(layout) as (journal, ledger):
            number = 1
            while not stopping.is_set():
                _hear(journal, ledger, number, NOW_US + number * 60 * MICROS * 30)
                number += 1
                acknowledged.append(number)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for turn in range(6):
            before = acknowledged[-1]
            backup = _back_up(layout, tmp_path / f"{turn}.tar.zst")
            restored = Layout(tmp_path / f"restored-{turn}")
            restore(backup, restored.root)
            reports, counted, position = _heard(restored)
            assert len(reports) >= before
            assert len(reports) >= position == counted >= before - 3
            assert reports == [b'{"id": "%d", "source": "s", "text": "mati"}' % n for n in range(len(reports))]
    finally:
        stopping.set()
        writer.join()


def test_days_that_expired_while_the_backup_was_taken_are_left_out(tmp_path: Path) -> None:
    layout = _some_desk(tmp_path / "desk")
    with _intake(layout) as (journal, _):
        assert journal.expire(NOW_US + DAY_S * MICROS) > 0
    restore(_back_up(layout, tmp_path / "desk.tar.zst"), tmp_path / "new")
    reports, counted, _ = _heard(Layout(tmp_path / "new"))
    assert 0 < len(reports) < counted == 30


def test_a_backup_never_replaces_a_file_and_leaves_no_half_one(tmp_path: Path) -> None:
    layout = _some_desk(tmp_path / "desk")
    _back_up(layout, tmp_path / "desk.tar.zst")
    with pytest.raises(RefusedInput, match="there already"):
        _back_up(layout, tmp_path / "desk.tar.zst")
    with pytest.raises(OutsideFailed, match="writing the backup failed"):
        _back_up(layout, tmp_path / "no-folder" / "desk.tar.zst")
    layout.desk_db.write_bytes(b"SQLite format 3\0" + os.urandom(5000))
    with pytest.raises(OutsideFailed, match=r"desk.db could not be copied"):
        _back_up(layout, tmp_path / "second.tar.zst")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "desk.tar.zst"]


def test_a_folder_that_holds_something_is_not_restored_into(tmp_path: Path) -> None:
    backup = _back_up(_some_desk(tmp_path / "desk"), tmp_path / "desk.tar.zst")
    with pytest.raises(RefusedInput, match="there is something already"):
        restore(backup, tmp_path / "desk")
    (tmp_path / "empty").mkdir()
    restore(backup, tmp_path / "empty")
    assert (tmp_path / "empty" / "secret.key").is_file()


def _repacked(backup: Path, out: Path, change: dict[str, bytes | None], kind: bytes = tarfile.REGTYPE) -> Path:
    """Pack a backup anew with some files changed, added or (None) left out."""
    with backup.open("rb") as file:
        plain = zstandard.ZstdDecompressor().stream_reader(file).read()
    held: dict[str, bytes | None] = {}
    with tarfile.open(fileobj=io.BytesIO(plain)) as tar:
        for member in tar:
            part = tar.extractfile(member)
            assert part is not None
            held[member.name] = part.read()
    manifest = held.pop(MANIFEST)
    held |= change | {MANIFEST: change.get(MANIFEST, manifest)}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, data in held.items():
            if data is not None:
                about = tarfile.TarInfo(name)
                about.size, about.type = len(data), kind if name in change else tarfile.REGTYPE
                about.linkname = "/etc/passwd" if kind == tarfile.SYMTYPE else ""
                tar.addfile(about, io.BytesIO(data))
    out.write_bytes(zstandard.ZstdCompressor().compress(packed.getvalue()))
    return out


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"secret.key": b"another"}, "'secret.key' is not what the manifest says"),
        ({"secret.key": None}, "'secret.key' is not what the manifest says"),
        ({"snapshot/2.state": b"more"}, "'snapshot/2.state' is not what the manifest says"),
        ({"../outside": b"x"}, "'../outside' does not belong"),
        ({"/etc/cron.d/x": b"x"}, "does not belong"),
        ({"journal/../../outside": b"x"}, "does not belong"),
        ({"other/file": b"x"}, "does not belong"),
        ({"journal/.hidden": b"x"}, "does not belong"),
        ({MANIFEST: None}, "its end is missing"),
        ({MANIFEST: b"{}"}, "its manifest cannot be read"),
        ({MANIFEST: b'{"schema": 9, "version": "7.0", "made": "", "parts": []}'}, "made by Pulih 7.0"),
    ],
)
def test_a_backup_that_was_tampered_with_is_refused_and_nothing_is_written(
    tmp_path: Path, change: dict[str, bytes | None], why: str
) -> None:
    backup = _back_up(_some_desk(tmp_path / "desk", reports=3), tmp_path / "desk.tar.zst")
    wrong = _repacked(backup, tmp_path / "wrong.tar.zst", change)
    with pytest.raises(RefusedInput, match=why):
        restore(wrong, tmp_path / "new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["desk", "desk.tar.zst", "wrong.tar.zst"]


def test_a_link_in_a_backup_is_refused(tmp_path: Path) -> None:
    backup = _back_up(_some_desk(tmp_path / "desk", reports=3), tmp_path / "desk.tar.zst")
    wrong = _repacked(backup, tmp_path / "wrong.tar.zst", {"journal/1.seg": b""}, tarfile.SYMTYPE)
    with pytest.raises(RefusedInput, match="does not belong"):
        restore(wrong, tmp_path / "new")


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
def test_a_backup_that_was_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    backup = _back_up(_some_desk(tmp_path / "desk"), tmp_path / "desk.tar.zst")
    data = backup.read_bytes()
    backup.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(RefusedInput, match="is no whole backup"):
        restore(backup, tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_what_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.tar.zst").write_bytes(b"hello")
    with pytest.raises(RefusedInput, match="is no whole backup"):
        restore(tmp_path / "x.tar.zst", tmp_path / "new")
    with pytest.raises(RefusedInput, match="cannot be read"):
        restore(tmp_path / "none.tar.zst", tmp_path / "new")
