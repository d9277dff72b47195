"""The commands as a person types them: what they print, how they refuse, and that nothing is left half-written."""

from __future__ import annotations

import gzip
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typing_hands import typed, typed_in_a_process

HEADER = "time,text\n"
# A shell has what it starts in the background ignore Ctrl-C, and tests may be started like that.
HEEDS_CTRL_C = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); from pulih.cli import run; run()"
)
GOOD = HEADER + "2025-10-03T08:48:00+07:00,internet zonanet mati dari pagi\n"


def _small_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, 2_000))


def _file(folder: Path, content: str | bytes, name: str = "posts.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


BAD_FILES: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "empty"),
    "only a header": (HEADER, "no row"),
    "binary": (bytes(range(256)) * 64, "binary"),
    "wrong encoding": (b"time,text\n2025-10-03,caf" + b"\xe9 mati\n", "iconv"),
    "no readable time": (HEADER + "kemarin sore,zonanet mati\n" * 3, "time"),
    "times in the future": (HEADER + "2099-01-01T00:00:00Z,zonanet mati\n" * 3, "future"),
    "no text column": ("time,jumlah\n2025-10-03,7\n2025-10-04,8\n", "text"),
}


@pytest.mark.parametrize("kind", list(BAD_FILES))
def test_a_file_that_cannot_be_used_gets_one_sentence_and_nothing_is_written(kind: str, tmp_path: Path) -> None:
    content, said = BAD_FILES[kind]
    done = typed("backtest", _file(tmp_path, content), "--out", tmp_path / "out")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "posts.csv" in done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = typed("backtest", _file(tmp_path, GOOD), "--text", "isi", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "isi" in done.stderr
    assert "text" in done.stderr


def test_a_folder_a_missing_file_and_a_forbidden_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "not-there.csv"):
        done = typed("backtest", path, "--out", tmp_path / "out")
        assert done.returncode == 2
        assert path.name in done.stderr


@pytest.mark.parametrize(
    ("wish", "value"),
    [
        ("--tz", "Mars/Olympus"),
        ("--bin", "7s"),
        ("--bin", "soon"),
        ("--false-alarms-per-week", "0"),
        ("--operator", "?!"),
        ("--holidays", "Atlantis"),
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused_by_its_name(wish: str, value: str, tmp_path: Path) -> None:
    done = typed("backtest", _file(tmp_path, GOOD), wish, value, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert wish in done.stderr


def test_rows_that_cannot_be_read_are_counted_and_the_rest_is_used(tmp_path: Path) -> None:
    long_line = "x" * 10_000_000
    rows = (
        f"{GOOD}2025-10-03T09:00:00+07:00,{long_line}\n2025-10-03T09:01:00+07:00,zonanet\x00mati\nlater,zonanet mati\n"
    )
    done = typed("backtest", _file(tmp_path, rows), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "refused 3" in done.stdout
    assert "counted 1" in done.stdout


def test_mixed_time_zones_are_read_row_by_row(tmp_path: Path) -> None:
    rows = HEADER + "2025-10-03T08:48:00+07:00,a mati\n2025-10-03T01:49:00Z,b mati\n2025-10-03 08:50,c mati\n"
    done = typed("backtest", _file(tmp_path, rows), "--tz", "WIB", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    source = json.loads((tmp_path / "out" / "findings.json").read_text())["source"]
    assert (source["first"], source["last"]) == ("2025-10-03T01:48:00Z", "2025-10-03T01:50:00Z")


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path) -> None:
    # Python would leave what it compiles half-written, for all who run it later.
    env = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = typed_in_a_process("backtest", _file(tmp_path, GOOD), "--out", tmp_path / "out", env=env, first=_small_files)
    assert done.returncode == 1
    assert "--out" in done.stderr
    assert list(tmp_path.iterdir()) == [tmp_path / "posts.csv"]


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_backtest_that_is_stopped_says_so_and_leaves_nothing(number: int, code: int, tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = _file(tmp_path, HEADER + "".join(f"{at},zonanet mati lagi\n" for at in range(1_750_000_000, 1_750_040_000)))
    running = subprocess.Popen(
        [sys.executable, "-c", HEEDS_CTRL_C, "backtest", str(path), "--out", str(out)], stderr=subprocess.PIPE
    )
    until = time.monotonic() + 30
    while not list(out.glob(".pulih-*")) and time.monotonic() < until:
        time.sleep(0.01)
    running.send_signal(number)
    _, told = running.communicate(timeout=30)
    assert (running.returncode, told.decode()) == (
        code,
        "pulih: stopped before the end; no file was left half-written.\n",
    )
    assert not out.exists()


def test_a_result_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    done = typed("backtest", _file(tmp_path, GOOD), "--out", _file(tmp_path, "x", "out"))
    assert done.returncode == 2
    assert "--out" in done.stderr


def test_standard_input_and_packed_files_are_read(tmp_path: Path) -> None:
    done = typed_in_a_process("backtest", "-", "--out", tmp_path / "out", stdin=gzip.compress(GOOD.encode()))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "findings.json", "report.html", "signals.parquet",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["read", "foo.txt"], "read reads standard input: pulih read < foo.txt"),
        (
            ["foo"],
            "there is no command foo; there are backtest, read, scan, impact, serve, check-config, token, send, tail, "
            "backup, restore, accept-clock, check-journal, repair-journal, publish, verify, import-statuspage, "
            "segments, credit, explain, hand-over, control-report, check-report, policy, listen, sources, probe.",
        ),
        (["impact"], "impact: RESULT needs a value; `pulih impact --help` lists what it takes."),
        (["impact", "a", "b"], "impact: b is one too many; `pulih impact --help` lists what it takes."),
        (["scan"], "scan: FILE needs a value; `pulih scan --help` lists what it takes."),
        (["scan", "a", "b"], "scan: b is one too many; `pulih scan --help` lists what it takes."),
        (["read", "--foo"], "read: Unknown option: --foo; `pulih read --help` lists what it takes."),
        (["backtest"], "backtest: which file? Give one or more files of complaints, or - for standard input."),
        (
            ["backtest", "x", "--bin", "7m"],
            "--bin: windows of 7m do not work; windows of 1m to 1h that divide a day do; the nearest are 6m and 8m.",
        ),
        (["scan", "x", "--bin", "5"], "--bin 5: this needs a unit; give 5m."),
        (["scan", "x", "--bin", "300"], "--bin 300: this needs a unit; give 300s."),
        (
            ["scan", "x", "--false-alarms-per-week", "100000"],
            "--false-alarms-per-week: 100000 is not a rate that can be kept; give a number above 0 and at most 100, "
            "such as 0.1.",
        ),
    ],
)
def test_a_command_that_cannot_be_understood_gets_one_sentence(words: list[str], said: str) -> None:
    done = typed(*words)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"pulih: {said}\n")


def test_an_id_that_came_again_with_another_text_is_counted_once_and_told(tmp_path: Path) -> None:
    at = "2025-08-01T10:00:00Z"
    path = _file(tmp_path, f"id,time,text\n1,{at},smartfren mati\n1,{at},smartfren mati beda\n", "i.csv")
    done = typed("backtest", path, "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "native_id 'id'" in done.stdout
    assert "counted 1 + refused 0 + repeated 1" in done.stdout
    assert "came again with another text (rows: 1)" in " ".join(done.stdout.split())
    done = typed("backtest", path, "--id", "", "--out", tmp_path / "out")
    assert "counted 2 + refused 0 + repeated 0" in done.stdout


def test_a_process_refuses_as_the_function_does_that_the_other_tests_call() -> None:
    assert typed_in_a_process("scan", "x", "--bin", "5").stderr == typed("scan", "x", "--bin", "5").stderr
    done = typed_in_a_process("backtest")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pulih: backtest: which file? ")


def test_the_version_is_told() -> None:
    assert typed_in_a_process("--version").stdout.strip() == "0.1.0"


def test_what_was_refused_is_said_with_its_reasons(tmp_path: Path) -> None:
    rows = GOOD + "kemarin,zonanet mati\n2025-10-03T09:00:00+07:00,\n"
    done = typed("backtest", _file(tmp_path, rows), "--operator", "Zonanet", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Refused: no text (1), time not readable (1); the report shows examples." in done.stdout


def test_the_package_is_run_as_the_command_is(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "pulih", "backtest", tmp_path / "none.csv"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("pulih: ")
