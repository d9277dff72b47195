"""Whatever a disk does, a frame that was acknowledged is there afterwards, or the desk says which one is not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from faulty_disk import FaultyDisk
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulih.adapters.journal.keys import DayKeys
from pulih.adapters.journal.log import SegmentJournal
from pulih.model.errors import OutsideFailed

NOON_US = 1_759_492_800_000_000
DAY_US = 86_400_000_000


def opened(folder: Path, faulty: FaultyDisk | None = None, *, ledger_at: int = 0) -> SegmentJournal:
    for name in ("journal", "keys"):
        (folder / name).mkdir(exist_ok=True)
    disk = faulty.disk if faulty else None
    keys = DayKeys(folder / "keys", disk)
    return SegmentJournal(folder / "journal", keys, ledger_at=ledger_at, disk=disk)


def segment(folder: Path) -> Path:
    return max((folder / "journal").glob("*.seg"))


def numbers(journal: SegmentJournal) -> list[int]:
    return [frame.number for frame in journal.frames(0)]


def test_nothing_is_acknowledged_before_it_was_synced(tmp_path: Path) -> None:
    faulty = FaultyDisk()
    journal = opened(tmp_path, faulty)
    journal.append([b"mati"], NOON_US)
    faulty.calls.clear()
    journal.append([b"mati"], NOON_US)
    assert faulty.calls == ["write", "sync"]


def test_when_power_goes_every_acknowledged_frame_is_there(tmp_path: Path) -> None:
    faulty = FaultyDisk()
    journal = opened(tmp_path, faulty)
    for number in range(5):
        journal.append([b"mati %d" % number], NOON_US + number * DAY_US // 2)
    faulty.fail_sync = True
    with pytest.raises(OutsideFailed):
        journal.append([b"never acknowledged"], NOON_US)
    faulty.cut_power(tmp_path)
    assert numbers(opened(tmp_path, ledger_at=5)) == [1, 2, 3, 4, 5]


def test_a_write_torn_at_any_byte_is_cut_off_and_its_number_given_anew(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append([b"one"], NOON_US)
    whole = segment(tmp_path).stat().st_size
    journal.append([b"two"], NOON_US)
    torn = segment(tmp_path).stat().st_size
    for size in range(whole, torn):
        copy = tmp_path.with_name(f"torn-{size}")
        shutil.copytree(tmp_path, copy)
        os.truncate(segment(copy), size)
        again = opened(copy, ledger_at=1)
        assert numbers(again) == [1]
        assert again.append([b"other"], NOON_US) == 2
        assert [frame.reports for frame in opened(copy, ledger_at=2).frames(0)] == [(b"one",), (b"other",)]


def test_a_tail_of_zeros_is_cut_off(tmp_path: Path) -> None:
    opened(tmp_path).append([b"one"], NOON_US)
    with segment(tmp_path).open("ab") as file:
        file.write(bytes(4_096))
    assert numbers(opened(tmp_path, ledger_at=1)) == [1]


def test_a_segment_that_was_only_just_begun_is_no_trouble(tmp_path: Path) -> None:
    opened(tmp_path).append([b"one"], NOON_US)
    for size in (0, 5, 28):
        begun = tmp_path / "journal" / f"{2:020}.seg"
        begun.write_bytes(segment(tmp_path).read_bytes()[:size])
        if size == 28:
            # Complete but for its first frame, as after a crash right behind its making.
            begun.unlink()
            opened(tmp_path, ledger_at=1).append([b"two"], NOON_US)
            os.truncate(segment(tmp_path), 28)
        again = opened(tmp_path, ledger_at=1)
        assert numbers(again) == [1]
    assert again.append([b"two"], NOON_US) == 2


def test_a_damaged_frame_that_was_acknowledged_is_told_with_its_place(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append([b"one"], NOON_US)
    whole = segment(tmp_path).stat().st_size
    journal.append([b"two"], NOON_US)
    flip(segment(tmp_path), -3)
    before = segment(tmp_path).read_bytes()
    with pytest.raises(OutsideFailed) as told:
        opened(tmp_path, ledger_at=2)
    assert f"Frame 2 of the journal is damaged ({segment(tmp_path)}, byte {whole})" in str(told.value)
    assert "restore the file from a backup" in str(told.value)
    assert segment(tmp_path).read_bytes() == before


@pytest.mark.parametrize("byte", [0, 5, 12, 40])
def test_a_damaged_frame_that_a_whole_one_follows_was_acknowledged_though_the_ledger_lags(
    tmp_path: Path, byte: int
) -> None:
    journal = opened(tmp_path)
    journal.append([b"one"], NOON_US)
    whole = segment(tmp_path).stat().st_size
    for name in (b"two", b"three"):
        journal.append([name], NOON_US)
    flip(segment(tmp_path), whole + byte)
    before = segment(tmp_path).read_bytes()
    with pytest.raises(OutsideFailed, match="Frame 2 of the journal is damaged"):
        opened(tmp_path, ledger_at=1)
    assert segment(tmp_path).read_bytes() == before


def test_damage_in_the_middle_is_told_when_it_is_read_and_the_frames_around_it_are_not_lost(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    for name in (b"one", b"two", b"three"):
        journal.append([name], NOON_US)
    offsets = journal._segments[0].known()
    opened(tmp_path, ledger_at=3).append([b"four"], NOON_US)
    flip(min((tmp_path / "journal").glob("*.seg")), offsets[2] - 2)
    again = opened(tmp_path, ledger_at=4)
    with pytest.raises(OutsideFailed, match="Frame 2 of the journal is damaged"):
        list(again.frames(0))
    assert [frame.number for frame in again.frames(2)] == [3, 4]


def test_a_damaged_opening_and_missing_files_are_told(tmp_path: Path) -> None:
    journal = opened(tmp_path)
    journal.append([b"one"], NOON_US)
    with pytest.raises(OutsideFailed, match="ends with frame 1, and the ledger took frame 7: newer files"):
        opened(tmp_path, ledger_at=7)
    flip(segment(tmp_path), 9)
    with pytest.raises(OutsideFailed, match=r"The first 28 bytes of .* are damaged"):
        opened(tmp_path, ledger_at=1)


@pytest.mark.parametrize("room", [0, 1, 20, 28, 29, 40, 60, 70])
def test_a_full_disk_is_told_and_all_goes_on_when_there_is_room_again(tmp_path: Path, room: int) -> None:
    faulty = FaultyDisk()
    journal = opened(tmp_path, faulty)
    journal.append([b"one"], NOON_US)
    # A new day, so that key, segment and frame all have to be written.
    for _ in range(2):
        faulty.room = room
        with pytest.raises(OutsideFailed, match=r"No space left on device\. Make room on its disk"):
            journal.append([b"two"], NOON_US + DAY_US)
        assert journal.last() == 1 and numbers(journal) == [1]
        assert numbers(opened(tmp_path, ledger_at=1)) == [1]
    faulty.room = None
    assert journal.append([b"three"], NOON_US + DAY_US) == 2
    assert [frame.reports for frame in opened(tmp_path, ledger_at=2).frames(0)] == [(b"one",), (b"three",)]


def test_a_sync_that_fails_is_undone_in_the_file_and_that_file_is_not_written_again(tmp_path: Path) -> None:
    faulty = FaultyDisk()
    journal = opened(tmp_path, faulty)
    journal.append([b"one"], NOON_US)
    before = segment(tmp_path)
    faulty.fail_sync = True
    with pytest.raises(OutsideFailed, match="Look at the disk"):
        journal.append([b"two"], NOON_US)
    faulty.fail_sync = False
    assert journal.append([b"three"], NOON_US) == 2
    assert segment(tmp_path) != before
    assert [frame.reports for frame in opened(tmp_path, ledger_at=2).frames(0)] == [(b"one",), (b"three",)]


def test_while_a_failed_write_cannot_be_undone_nothing_is_accepted(tmp_path: Path) -> None:
    faulty = FaultyDisk()
    journal = opened(tmp_path, faulty)
    journal.append([b"one"], NOON_US)
    faulty.fail_sync = faulty.fail_truncate = True
    for _ in range(2):
        with pytest.raises(OutsideFailed):
            journal.append([b"two"], NOON_US)
    faulty.fail_sync = faulty.fail_truncate = False
    assert journal.append([b"three"], NOON_US) == 2
    assert [frame.reports for frame in opened(tmp_path, ledger_at=2).frames(0)] == [(b"one",), (b"three",)]


steps = st.lists(
    st.tuples(st.sampled_from(("well", "full", "sync", "stuck", "power")), st.integers(0, 90)), max_size=12
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_after_any_row_of_faults_every_acknowledged_frame_is_there_once_and_no_other_stands_in_its_place(
    tmp_path_factory: pytest.TempPathFactory, drawn: list[tuple[str, int]]
) -> None:
    folder = tmp_path_factory.mktemp("faults")
    faulty = FaultyDisk()
    journal = opened(folder, faulty)
    acknowledged: dict[int, bytes] = {}
    for step, (what, room) in enumerate(drawn):
        faulty.room = room if what == "full" else None
        faulty.fail_sync = what in ("sync", "stuck")
        faulty.fail_truncate = what == "stuck"
        line = b"report %d" % step
        try:
            acknowledged[journal.append([line], NOON_US + step * DAY_US // 3)] = line
        except OutsideFailed:
            assert what != "well"
        if what == "power":
            journal.close()
            faulty.cut_power(folder)
            journal = opened(folder, faulty, ledger_at=max(acknowledged, default=0))
    journal.close()
    faulty.cut_power(folder)
    kept = {frame.number: frame.reports for frame in opened(folder).frames(0)}
    assert {number: kept.get(number) for number in acknowledged} == {n: (line,) for n, line in acknowledged.items()}


FULL = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from test_journal_faults import NOON_US, opened, numbers
from pulih.model.errors import OutsideFailed
journal = opened(Path({folder!r}))
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))
count = 0
try:
    while True:
        count = journal.append([b"%d" % count * 40], NOON_US)
except OutsideFailed as problem:
    assert numbers(journal) == list(range(1, count + 1))
    print(count, problem)
"""


def test_a_real_limit_of_the_system_on_the_size_of_a_file_ends_the_same_way(tmp_path: Path) -> None:
    told = run(FULL.format(here=str(Path(__file__).parent), folder=str(tmp_path)))
    count, _, sentence = told.partition(" ")
    assert "File too large. Make room on its disk; nothing acknowledged is lost." in sentence
    assert numbers(opened(tmp_path, ledger_at=int(count))) == list(range(1, int(count) + 1))


BARRED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {here!r})
from test_journal_faults import NOON_US, opened
from pulih.model.errors import OutsideFailed
folder = Path({folder!r})
journal = opened(folder)
journal.append([b"one"], NOON_US)
for part in ("journal", "keys"):
    (folder / part).chmod(0o555)
if os.geteuid() == 0:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, 65534, 65534)
    os.setuid(65534)
try:
    journal.append([b"two"], NOON_US + {day})
except OutsideFailed as problem:
    print(problem)
"""


def test_a_folder_that_may_not_be_written_is_told_and_keeps_what_it_has(tmp_path: Path) -> None:
    folder = Path("/tmp") / f"pulih-barred-{os.getpid()}"
    folder.mkdir()
    try:
        told = run(BARRED.format(here=str(Path(__file__).parent), folder=str(folder), day=DAY_US))
        assert "Permission denied. The folder must be writable for the user that runs the desk." in told
        for part in ("journal", "keys"):
            (folder / part).chmod(0o755)
        assert numbers(opened(folder, ledger_at=1)) == [1]
    finally:
        shutil.rmtree(folder)


def flip(path: Path, place: int) -> None:
    data = bytearray(path.read_bytes())
    data[place] ^= 0x40
    path.write_bytes(data)


def run(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout
