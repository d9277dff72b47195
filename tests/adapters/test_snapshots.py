"""A snapshot is kept whole or not at all, opens for its desk alone, and gives way to newer ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from pulih.adapters.snapshots import SnapshotFolder
from pulih.model.errors import OutsideFailed


def test_the_newest_snapshot_comes_back_and_two_are_kept(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path / "snapshot", b"k" * 32)
    assert folder.latest() is None
    for frame in (9, 10, 200):
        folder.save(frame, f"state {frame}".encode())
    assert folder.latest() == (200, b"state 200")
    assert len(list((tmp_path / "snapshot").iterdir())) == 2


def test_a_frame_that_is_kept_again_pushes_out_what_was_kept_before(tmp_path: Path) -> None:
    folder = SnapshotFolder(tmp_path, b"k" * 32)
    folder.save(1, b"old text")
    folder.save(2, b"old text")
    for turn in range(4):
        folder.save(2, b"state %d" % turn)
        assert folder.latest() == (2, b"state %d" % turn)
        assert len(list(tmp_path.iterdir())) == 2
    newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime_ns)
    newest.write_bytes(b"")
    assert folder.latest() == (2, b"state 2")
    folder.save(3, b"new")
    folder.save(4, b"newer")
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{frame:016d}.state" for frame in (3, 4)]


@pytest.mark.parametrize("damage", ["cut", "changed", "other desk", "empty"])
def test_a_damaged_snapshot_is_passed_over_for_the_one_before(tmp_path: Path, damage: str) -> None:
    folder = SnapshotFolder(tmp_path, b"k" * 32)
    folder.save(1, b"one")
    folder.save(2, b"two")
    path = tmp_path / f"{2:016d}.state"
    data = path.read_bytes()
    SnapshotFolder(tmp_path / "other", b"x" * 32).save(2, b"two")
    other = (tmp_path / "other" / path.name).read_bytes()
    changed = data[:-1] + bytes([data[-1] ^ 1])
    path.write_bytes({"cut": data[:-3], "changed": changed, "empty": b"", "other desk": other}[damage])
    assert folder.latest() == (1, b"one")


def test_where_no_snapshot_opens_the_desk_does_not_begin_anew_by_itself(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path, b"k" * 32).save(1, b"one")
    with pytest.raises(OutsideFailed, match=r"None of the snapshots in .* can be opened.*secret\.key.*move them away"):
        SnapshotFolder(tmp_path, b"x" * 32).latest()


def test_a_snapshot_is_for_its_owner_alone_and_shows_no_text(tmp_path: Path) -> None:
    SnapshotFolder(tmp_path / "s", b"k" * 32).save(1, b"smartfren mati total " * 100)
    [path] = (tmp_path / "s").iterdir()
    assert path.stat().st_mode & 0o077 == 0
    assert b"smartfren" not in path.read_bytes()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(OutsideFailed, match="cannot be kept"):
        SnapshotFolder(tmp_path / "file", b"k" * 32).save(1, b"one")
