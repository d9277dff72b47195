"""A damaged journal is looked at without being changed, and mended so that nothing is lost but what is damaged."""

from __future__ import annotations

import io
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from pulih.adapters.config import DeskSettings
from pulih.adapters.data_folder import DataFolder
from pulih.adapters.journal.disk import Disk
from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.adapters.journal.salvage import set_aside, survey
from pulih.adapters.journal.segment import OPENING_BYTES
from pulih.adapters.sql.engine import writing
from pulih.adapters.sql.people_store import SqlPeopleStore
from pulih.adapters.sql.upgrading import shape, version_table
from pulih.listen.payload import PayloadReader
from pulih.model.clock import DAY_S, MICROS
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.serve.clocks import ReplayClock
from pulih.serve.journal_repair import check_journal, repair_journal
from pulih.serve.storage import Storage, open_storage
from pulih.service.accepting import Accepting

NOON_US = 1_759_492_800_000_000
DAY_US = DAY_S * MICROS


def opened(folder: Path, *, ledger_at: int = 0, segment_bytes: int = 1 << 20) -> SegmentJournal:
    for name in ("journal", "keys"):
        (folder / name).mkdir(exist_ok=True)
    return SegmentJournal(
        folder / "journal", DayKeys(folder / "keys"), ledger_at=ledger_at, segment_bytes=segment_bytes
    )


def filled(folder: Path, frames: int, *, segment_bytes: int = 1 << 20) -> None:
    journal = opened(folder, segment_bytes=segment_bytes)
    for number in range(1, frames + 1):
        assert journal.append([b"frame %d" % number], NOON_US) == number
    journal.close()


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (folder / "journal").iterdir()}


def spoilt(path: Path, start: int, size: int, fill: int = 0xFF) -> None:
    data = bytearray(path.read_bytes())
    data[start : start + size] = bytes([fill]) * len(data[start : start + size])
    path.write_bytes(data)


def mended(folder: Path, ledger_at: int, ledger_from: int = 0) -> set[int]:
    """Set all damage aside, and return the numbers of the frames that are told to be lost."""
    found = survey(folder / "journal", DayKeys(folder / "keys"), ledger_at, ledger_from=ledger_from)
    for one in found:
        set_aside(one, Disk())
    return {number for one in found for harm in one.harms for number in range(harm.first, harm.last + 1)}


def test_a_whole_journal_has_no_damage_and_a_torn_end_that_nobody_was_told_of_is_none(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    [path] = (tmp_path / "journal").iterdir()
    path.write_bytes(path.read_bytes() + b"torn")
    assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 3) == []


def test_damage_in_the_middle_loses_that_frame_only_and_the_damaged_file_is_kept(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    [path] = (tmp_path / "journal").iterdir()
    third = path.read_bytes().index((3).to_bytes(8, "little"))
    spoilt(path, third + 30, 2)
    damaged = path.read_bytes()
    with pytest.raises(OutsideFailed, match="pulih repair-journal"):
        opened(tmp_path, ledger_at=5)
    [found] = survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 5)
    assert [(harm.first, harm.last, harm.reports) for harm in found.harms] == [(3, 3, 1)]
    assert path.read_bytes() == damaged
    aside = set_aside(found, Disk())
    assert aside is not None
    assert aside.read_bytes() == damaged
    assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 5) == []
    again = opened(tmp_path, ledger_at=5)
    assert [(one.number, one.reports) for one in again.frames(0)] == [
        (number, (b"frame %d" % number,)) for number in (1, 2, 4, 5)
    ]
    assert again.frame(3) is None
    assert again.append([b"next"], NOON_US) == 6


def test_newest_frames_that_are_gone_keep_their_numbers_however_often_the_desk_is_started(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    with pytest.raises(OutsideFailed, match="ledger took frame 7"):
        opened(tmp_path, ledger_at=7)
    assert mended(tmp_path, 7) == {4, 5, 6, 7}
    for _ in range(2):
        journal = opened(tmp_path, ledger_at=7)
        assert [one.number for one in journal.frames(0)] == [1, 2, 3]
    assert journal.append([b"next"], NOON_US) == 8
    assert [one.number for one in opened(tmp_path, ledger_at=8).frames(0)] == [1, 2, 3, 8]


def test_a_journal_that_is_gone_altogether_goes_on_behind_the_ledger(tmp_path: Path) -> None:
    filled(tmp_path, 1)
    shutil.rmtree(tmp_path / "journal")
    (tmp_path / "journal").mkdir()
    assert mended(tmp_path, 4) == {1, 2, 3, 4}
    journal = opened(tmp_path, ledger_at=4)
    assert list(journal.frames(0)) == []
    assert journal.append([b"next"], NOON_US) == 5


def test_a_file_that_is_gone_from_the_middle_is_told_and_then_known_to_be_gone(tmp_path: Path) -> None:
    filled(tmp_path, 5, segment_bytes=1)
    (tmp_path / "journal" / f"{3:020}.seg").unlink()
    before = files(tmp_path)
    [found] = survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 5)
    assert [(harm.first, harm.last, harm.gone) for harm in found.harms] == [(3, 3, True)]
    assert set_aside(found, Disk()) is None
    assert before.items() <= files(tmp_path).items()
    for _ in range(2):
        journal = opened(tmp_path, ledger_at=5)
        journal.expire(NOON_US)
        assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 5, ledger_from=1) == []
        assert [one.number for one in journal.frames(0)] == [1, 2, 4, 5]
        journal.close()


def test_a_file_that_lost_its_last_frames_to_the_byte_is_told_though_it_ends_whole(tmp_path: Path) -> None:
    filled(tmp_path, 6, segment_bytes=200)
    first, *_ = sorted((tmp_path / "journal").iterdir())
    first.write_bytes(first.read_bytes()[: first.read_bytes().index((2).to_bytes(8, "little")) - 8])
    [found] = survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 6)
    assert [(harm.first, harm.gone) for harm in found.harms] == [(2, True)]
    assert 2 in mended(tmp_path, 6)
    assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 6) == []


def test_the_oldest_files_are_missed_as_long_as_the_ledger_knows_of_their_frames(tmp_path: Path) -> None:
    filled(tmp_path, 4, segment_bytes=1)
    for number in (1, 2):
        (tmp_path / "journal" / f"{number:020}.seg").unlink()
    assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 4, ledger_from=3) == []
    assert mended(tmp_path, 4, ledger_from=1) == {1, 2}
    assert survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 4, ledger_from=1) == []
    assert opened(tmp_path, ledger_at=4).expired() == 2


def test_days_that_expired_in_any_order_are_not_missed(tmp_path: Path) -> None:
    """A clock that was wrong for a while leaves a day in the middle that goes before, or stays behind, the others."""
    journal = opened(tmp_path, segment_bytes=1)
    for number, days in enumerate((5, 0, 0, 6, 1, 7), start=1):
        assert journal.append([b"mati"], NOON_US + days * DAY_US) == number
    for until in range(1, 8):
        DayKeys(tmp_path / "keys").drop(NOON_US + until * DAY_US)
        keys = DayKeys(tmp_path / "keys")
        again = SegmentJournal(tmp_path / "journal", keys, ledger_at=6, segment_bytes=1)
        again.expire(0)
        begins = again.expired() + 1
        assert survey(tmp_path / "journal", keys, 6, ledger_from=begins if begins <= 6 else 0) == []
        again.close()
    assert sum(len(data) > OPENING_BYTES for data in files(tmp_path).values()) == 1, "that of the last frame stays"


def test_a_file_that_expires_while_it_is_looked_at_is_not_missed(tmp_path: Path) -> None:
    filled(tmp_path, 3, segment_bytes=1)
    listed = DayKeys(tmp_path / "keys")
    path = tmp_path / "journal" / f"{1:020}.seg"
    path.unlink()
    path.symlink_to(tmp_path / "gone")
    assert survey(tmp_path / "journal", listed, 3) == []


def test_a_damaged_opening_loses_nothing_as_long_as_the_key_of_its_day_is_there(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    [path] = (tmp_path / "journal").iterdir()
    spoilt(path, 0, 28)
    with pytest.raises(OutsideFailed, match="repair-journal"):
        opened(tmp_path, ledger_at=3)
    assert mended(tmp_path, 3) == set()
    assert [one.number for one in opened(tmp_path, ledger_at=3).frames(0)] == [1, 2, 3]


def test_a_file_whose_key_nobody_has_is_kept_and_its_numbers_are_not_given_again(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    [path] = (tmp_path / "journal").iterdir()
    spoilt(path, 0, 28)
    damaged = path.read_bytes()
    next((tmp_path / "keys").iterdir()).unlink()
    assert mended(tmp_path, 3) == {1, 2, 3}
    assert damaged in files(tmp_path).values()
    assert opened(tmp_path, ledger_at=3).append([b"next"], NOON_US) == 4


def test_a_crash_half_way_leaves_something_that_can_be_mended_again(tmp_path: Path) -> None:
    filled(tmp_path, 6)
    [path] = (tmp_path / "journal").iterdir()
    spoilt(path, path.read_bytes().index((3).to_bytes(8, "little")), 4)
    [found] = survey(tmp_path / "journal", DayKeys(tmp_path / "keys"), 6)
    synced: list[int] = []

    def sync(file: int) -> None:
        synced.append(file)
        if len(synced) == 2:
            raise OSError(28, "No space left on device")

    with pytest.raises(OutsideFailed, match="Make room"):
        set_aside(found, Disk(sync=sync))
    assert mended(tmp_path, 6) == {3}
    assert [one.number for one in opened(tmp_path, ledger_at=6).frames(0)] == [1, 2, 4, 5, 6]
    assert len([name for name in files(tmp_path) if "damaged" in name]) == 1


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), fill=st.sampled_from([0, 0xFF]))
def test_wherever_files_are_spoilt_what_is_told_lost_and_what_is_left_are_all_there_was(
    tmp_path: Path, data: st.DataObject, fill: int
) -> None:
    folder = tmp_path / "one"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    filled(folder, 8, segment_bytes=200)
    paths = sorted((folder / "journal").iterdir())
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(paths))
        size = path.stat().st_size if path.exists() else 0
        if not size or data.draw(st.booleans(), label="the whole file"):
            path.unlink(missing_ok=True)
        else:
            spoilt(path, data.draw(st.integers(28, size - 1)), data.draw(st.integers(1, size)), fill)
    lost = mended(folder, 8, ledger_from=1)
    assert survey(folder / "journal", DayKeys(folder / "keys"), 8, ledger_from=1) == []
    left = list(opened(folder, ledger_at=8).frames(0))
    assert all(one.reports == (b"frame %d" % one.number,) for one in left)
    assert sorted([*lost, *(one.number for one in left)]) == list(range(1, 9))


def accepted_on(folder: DataFolder, clock: ReplayClock, moments_us: Sequence[int]) -> None:
    """Have a desk accept seven reports at each of some moments, in a frame of their own."""
    storage, reader = Storage(folder.layout, DeskSettings()), PayloadReader(folder.secret)
    accepting = Accepting(storage.journal, storage.ledger, clock, reader)
    accepting.start()
    for number, moment_us in enumerate(moments_us):
        clock.set(moment_us)
        lines = b"\n".join(b'{"id": "%d-%d", "source": "shop"}' % (number, one) for one in range(7))
        assert accepting.accept(reader.batch(lines, moment_us)).accepted == 7
    accepting.close()
    storage.close()


def test_a_person_is_told_what_is_lost_and_the_audit_log_keeps_it(tmp_path: Path) -> None:
    out, clock = io.StringIO(), ReplayClock(NOON_US)
    with DataFolder(tmp_path / "desk") as folder:
        layout = folder.layout
        accepted_on(folder, clock, [NOON_US, NOON_US])
        [path] = layout.journal.iterdir()
        spoilt(path, path.stat().st_size - 3, 2)
        with pytest.raises(ForbiddenMove):
            repair_journal(tmp_path / "desk", None, out, clock)
    assert check_journal(tmp_path / "desk", None, out) == 1
    assert "frame 2 cannot be read; 7 reports that were counted have lost their texts." in out.getvalue()
    assert repair_journal(tmp_path / "desk", None, out, clock) == 0
    assert "The desk can be started." in out.getvalue()
    assert check_journal(tmp_path / "desk", None, out) == 0
    engine = open_storage(layout, DeskSettings(), "desk")
    [deed] = SqlPeopleStore(engine).deeds(before=None, limit=10)
    engine.dispose()
    assert (deed.actor, deed.action) == ("command line", "journal_repaired")
    assert "7 reports" in deed.detail
    storage = Storage(layout, DeskSettings())
    assert storage.journal.last() == 2
    storage.close()


def test_a_person_is_told_of_a_missing_file_once_and_the_desk_goes_on_without_it(tmp_path: Path) -> None:
    out, clock = io.StringIO(), ReplayClock(NOON_US)
    with DataFolder(tmp_path / "desk") as folder:
        layout = folder.layout
        accepted_on(folder, clock, [NOON_US + day * DAY_US for day in range(4)])
    first, _, third, _ = sorted(layout.journal.iterdir())
    first.unlink()
    third.unlink()
    assert check_journal(tmp_path / "desk", None, out) == 1
    assert "frame 1 stands in no file, here or behind; 7 reports that were counted have lost" in out.getvalue()
    assert "frame 3 stands in no file, here or behind; 7 reports that were counted have lost" in out.getvalue()
    assert repair_journal(tmp_path / "desk", None, out, clock) == 0
    assert "There was no damaged file to keep." in out.getvalue()
    assert check_journal(tmp_path / "desk", None, out) == 0
    storage = Storage(layout, DeskSettings())
    assert [one.number for one in storage.journal.frames(0)] == [2, 4]
    storage.close()


def test_a_check_makes_no_database_and_changes_none_of_an_older_version(tmp_path: Path) -> None:
    out = io.StringIO()
    with DataFolder(tmp_path / "desk") as folder:
        layout = folder.layout
    assert check_journal(tmp_path / "desk", None, out) == 0
    assert not layout.intake_db.exists()
    engine = open_storage(layout, DeskSettings(), "intake")
    with writing(engine) as connection:
        connection.execute(text(f"DELETE FROM {version_table('intake')} WHERE version_num = 'ledger_0003'"))
        connection.execute(text(f"INSERT INTO {version_table('intake')} VALUES ('ledger_0002')"))
    with pytest.raises(RefusedInput, match=r"shape of an older version.*nothing was changed"):
        check_journal(tmp_path / "desk", None, out)
    assert shape(engine, "intake") == "older"
    engine.dispose()
