"""The data folder: private, kept by one process at a time, and clear about what the disk refuses."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pulih.adapters.data_folder import (
    LOOKED_AT_S,
    DataFolder,
    known_layout,
    read_secret,
    running_process,
    write_private,
)
from pulih.adapters.disk_errors import disk_refused
from pulih.model.errors import ForbiddenMove, OutsideFailed, RefusedInput
from pulih.serve.storage import settings_of

NOBODY = 65534
HOLDER = """
import sys
from pathlib import Path
from pulih.adapters.data_folder import DataFolder
with DataFolder(Path(sys.argv[1])):
    print("mine", flush=True)
    sys.stdin.read()
"""


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def _held_elsewhere(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", HOLDER, str(folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "mine\n"
        try:
            yield process
        finally:
            process.kill()


@contextmanager
def _as_somebody() -> Iterator[None]:
    """Be an ordinary user for a while: root may write anywhere."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_place() -> Iterator[Path]:
    """A folder that every user may enter."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)


def test_a_new_folder_is_private_with_a_secret_of_its_own(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "deep" / "desk") as folder:
        layout = folder.layout
        assert _mode(layout.root) == 0o700
        assert _mode(layout.secret) == 0o600
        assert _mode(layout.lock) == 0o600
        assert len(folder.secret) == 32
        assert {_mode(one) for one in (layout.journal, layout.keys, layout.snapshot)} == {0o700}


def test_the_secret_stays_the_same_from_start_to_start(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as first:
        secret = first.secret
    with DataFolder(tmp_path / "desk") as second:
        assert second.secret == secret
    with DataFolder(tmp_path / "other") as other:
        assert other.secret != secret


def test_a_folder_that_was_open_to_others_is_closed_to_them(tmp_path: Path) -> None:
    (tmp_path / "desk").mkdir(mode=0o755)
    with DataFolder(tmp_path / "desk"):
        assert _mode(tmp_path / "desk") == 0o700


def test_a_second_process_is_refused_and_told_who_has_the_folder(tmp_path: Path) -> None:
    with _held_elsewhere(tmp_path / "desk") as process:
        with pytest.raises(ForbiddenMove, match=rf"process {process.pid} has this folder.*kill {process.pid}"):
            DataFolder(tmp_path / "desk")
        assert running_process(known_layout(tmp_path / "desk")) == process.pid


def test_who_asks_whether_a_desk_runs_keeps_none_from_starting(tmp_path: Path) -> None:
    """A token or a backup is made at any moment, also in that in which the desk is started again."""
    DataFolder(tmp_path / "desk").close()
    asked = os.open(tmp_path / "desk" / "lock", os.O_RDWR)
    fcntl.flock(asked, fcntl.LOCK_SH | fcntl.LOCK_NB)
    assert running_process(known_layout(tmp_path / "desk")) is None, "another who asks is no desk"
    let_go = threading.Timer(LOOKED_AT_S / 4, os.close, (asked,))
    let_go.start()
    with DataFolder(tmp_path / "desk"):
        let_go.join()


def test_of_two_first_starts_at_once_one_begins_and_the_other_is_told_who(tmp_path: Path) -> None:
    for again in range(8):
        together = threading.Barrier(2)
        told: list[object] = []
        root = tmp_path / f"{again}" / "desk"

        def start(together: threading.Barrier = together, root: Path = root, told: list[object] = told) -> None:
            together.wait(60)
            try:
                told.append(DataFolder(root))
            except BaseException as problem:
                told.append(problem)

        threads = [threading.Thread(target=start) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        [folder] = [one for one in told if isinstance(one, DataFolder)]
        [refused] = [one for one in told if one is not folder]
        assert isinstance(refused, ForbiddenMove), refused
        folder.close()


def test_a_killed_desk_leaves_no_lock_behind(tmp_path: Path) -> None:
    with _held_elsewhere(tmp_path / "desk") as process:
        process.kill()
        process.wait()
        with DataFolder(tmp_path / "desk") as folder:
            assert running_process(folder.layout) == os.getpid()
    assert running_process(known_layout(tmp_path / "desk")) is None


def test_a_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "desk").write_text("no folder")
    with pytest.raises(RefusedInput, match="this is a file"):
        DataFolder(tmp_path / "desk")


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.doc").write_text("years of work")
    before = _mode(tmp_path)
    with pytest.raises(RefusedInput, match=r"holds other things \(thesis.doc\)"):
        DataFolder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]
    assert _mode(tmp_path) == before


def test_a_folder_that_holds_the_settings_of_a_desk_before_its_first_start_is_its_folder(tmp_path: Path) -> None:
    (tmp_path / "pulih.toml").write_text("[server]\nport = 8001\n")
    (tmp_path / "tickets.secret").write_text("0123456789abcdef")
    with DataFolder(tmp_path):
        assert settings_of(tmp_path, None).server.port == 8001


def test_a_folder_that_may_not_be_written_is_named_with_the_way_out(open_place: Path) -> None:
    with _as_somebody():
        if os.geteuid() != NOBODY:
            open_place.chmod(0o500)
        with pytest.raises(OutsideFailed, match=r"making the data folder failed because this user may not.*chown"):
            DataFolder(open_place / "desk")


def test_a_folder_that_may_not_be_entered_is_named_with_the_way_out(open_place: Path) -> None:
    DataFolder(open_place / "closed" / "desk").close()
    (open_place / "closed").chmod(0o000 if os.geteuid() else 0o700)
    with _as_somebody():
        with pytest.raises(OutsideFailed, match=r"making the data folder failed because this user may not"):
            DataFolder(open_place / "closed" / "desk")
        with pytest.raises(OutsideFailed, match=r"looking into the data folder failed because this user may not"):
            known_layout(open_place / "closed" / "desk")
    (open_place / "closed").chmod(0o700)


def test_a_secret_that_others_may_read_is_refused(tmp_path: Path) -> None:
    with DataFolder(tmp_path / "desk") as folder:
        secret = folder.layout.secret
    secret.chmod(0o644)
    with pytest.raises(OutsideFailed, match=r"others than its owner.*chmod 600"):
        DataFolder(tmp_path / "desk")
    secret.chmod(0o600)
    secret.write_bytes(b"short")
    with pytest.raises(OutsideFailed, match=r"5 bytes and should have 32"):
        read_secret(secret)
    with pytest.raises(OutsideFailed, match="5 bytes"):
        DataFolder(tmp_path / "desk")
    assert running_process(known_layout(tmp_path / "desk")) is None


def test_a_folder_without_a_secret_is_no_desk(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="no data folder of a desk"):
        known_layout(tmp_path)


def test_a_private_file_is_replaced_whole(tmp_path: Path) -> None:
    write_private(tmp_path / "one", b"first")
    write_private(tmp_path / "one", b"second")
    assert (tmp_path / "one").read_bytes() == b"second"
    assert _mode(tmp_path / "one") == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["one"]


def test_a_full_disk_leaves_the_old_file_and_no_draft(tmp_path: Path) -> None:
    """A process that may not write more stands for a disk that cannot hold more."""
    write_private(tmp_path / "one", b"first")
    script = (
        "import resource, signal, sys\n"
        "from pathlib import Path\n"
        "from pulih.adapters.data_folder import write_private\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "write_private(Path(sys.argv[1]), b'x' * 5000)\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "one")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "writing it failed because the disk is full; free some space there" in done.stderr
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("one", b"first")]


@pytest.mark.parametrize(
    ("number", "way_out"),
    [
        (errno.ENOSPC, "disk is full; free some space"),
        (errno.EDQUOT, "disk is full; free some space"),
        (errno.EROFS, "read-only; mount it writable"),
        (errno.EACCES, "this user may not; let it own"),
        (errno.EIO, "look at the disk"),
    ],
)
def test_what_the_disk_refuses_is_said_with_a_way_out(number: int, way_out: str) -> None:
    error = OSError(number, os.strerror(number))
    assert way_out in str(disk_refused(error, Path("desk"), doing="writing"))
