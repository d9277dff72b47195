"""The commands around a desk: what they do, what they say, which code they return."""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from small_desk import TOKEN, small_desk

from pulih.adapters.data_folder import DataFolder
from pulih.adapters.desk_commands import Goal, bring_back, read_token, send, take_backup, tell_config_faults
from pulih.model.errors import ForbiddenMove, RefusedInput

ROWS = "time,text\n" + "".join(f"2025-10-03T08:00:{second:02}Z,mati total {second}\n" for second in range(30))


def _token(folder: Path) -> Path:
    path = folder / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


def test_faults_of_settings_are_told_with_file_line_and_what_would_be_right(tmp_path: Path) -> None:
    path, out = tmp_path / "pulih.toml", io.StringIO()
    path.write_text("[server]\nport = 0\n")
    assert tell_config_faults(path, out) == 2
    assert out.getvalue() == (
        f"{path}, line 2: server port = 0 does not do: expected int >= 1; "
        "right would be a port number from 1 to 65535.\n"
    )
    path.write_text("[server]\nport = 1\n")
    assert tell_config_faults(path, out) == 0
    assert out.getvalue().endswith("no fault found.\n")


def test_a_backup_and_its_restoration_say_what_they_hold(tmp_path: Path) -> None:
    out = io.StringIO()
    with DataFolder(tmp_path / "desk"):
        assert take_backup(tmp_path / "desk", tmp_path / "b.tar.zst", out, version="1", now_us=0) == 0
    assert "1 files, 0.0 MiB, 0.0 MiB packed, taken while the desk was running." in out.getvalue()
    assert bring_back(tmp_path / "b.tar.zst", tmp_path / "new", out) == 0
    assert "as of 1970-01-01T00:00:00Z, all checksums right" in out.getvalue()
    with DataFolder(tmp_path / "new"), pytest.raises(ForbiddenMove):
        DataFolder(tmp_path / "new")


def test_a_folder_that_is_no_desk_is_not_backed_up(tmp_path: Path) -> None:
    with pytest.raises(RefusedInput, match="no data folder"):
        take_backup(tmp_path, None, io.StringIO(), version="1", now_us=0)


def test_sending_says_what_became_of_the_rows(tmp_path: Path) -> None:
    path, out = tmp_path / "posts.csv", io.StringIO()
    path.write_text(ROWS)
    with small_desk() as desk:
        goal = Goal(to=desk.address, token_file=_token(tmp_path))
        assert send(str(path), goal, out, stdin=io.BytesIO()) == 0
        assert send(str(path), goal, out, stdin=io.BytesIO()) == 0
    assert out.getvalue() == (
        f"{path}: 30 rows = 30 accepted + 0 repeated + 0 late + 0 refused.\n"
        f"{path}: 0 rows = 0 accepted + 0 repeated + 0 late + 0 refused, behind 30 that were sent before.\n"
    )
    assert (tmp_path / "posts.csv.position").is_file()


FOLLOW = """
import sys
from pathlib import Path
from pulih.adapters.desk_commands import Goal, tail
print("following", flush=True)
sys.exit(tail(Path(sys.argv[1]), Goal(to=sys.argv[2], token_file=Path(sys.argv[3])), sys.stdout, look_s=0.02))
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_following_ends_in_good_order_when_told_to(tmp_path: Path, number: signal.Signals) -> None:
    path = tmp_path / "posts.csv"
    path.write_text(ROWS)
    with small_desk() as desk:
        command = [sys.executable, "-c", FOLLOW, str(path), desk.address, str(_token(tmp_path))]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            end_s = time.monotonic() + 30
            while len(desk.reports) < 30 and time.monotonic() < end_s:
                time.sleep(0.02)
            os.kill(process.pid, number)
            said, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "30 rows = 30 accepted" in said


def test_a_token_that_others_may_read_or_that_is_none_is_refused(tmp_path: Path) -> None:
    path = _token(tmp_path)
    assert read_token(path) == TOKEN
    path.chmod(0o644)
    with pytest.raises(RefusedInput, match="everybody on this machine may read it"):
        read_token(path)
    path.write_text("\n")
    path.chmod(0o600)
    with pytest.raises(RefusedInput, match="holds no token"):
        read_token(path)
    with pytest.raises(RefusedInput, match="cannot be read"):
        read_token(tmp_path / "none")
