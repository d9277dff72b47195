"""The commands as a person types them: what they print, how they refuse, and that nothing is left half-written."""

from __future__ import annotations

import csv
import gzip
import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

PULIH = str(Path(sys.executable).with_name("pulih"))
HEADER = "time,text\n"
GOOD = HEADER + "2025-10-03T08:48:00+07:00,internet zonanet mati dari pagi\n"


def _run(*arguments: str | Path, stdin: bytes = b"", limit: int | None = None) -> subprocess.CompletedProcess[str]:
    def small_files() -> None:
        if limit is not None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    done = subprocess.run(
        [PULIH, *map(str, arguments)], input=stdin, capture_output=True, check=False, preexec_fn=small_files
    )
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


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
    done = _run("backtest", _file(tmp_path, content), "--out", tmp_path / "out")
    assert done.returncode == 2, done.stdout + done.stderr
    assert "posts.csv" in done.stderr
    assert said in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists() or list((tmp_path / "out").iterdir()) == []


def test_a_column_that_is_not_there_is_named_with_those_that_are(tmp_path: Path) -> None:
    done = _run("backtest", _file(tmp_path, GOOD), "--text", "isi", "--out", tmp_path / "out")
    assert done.returncode == 2
    assert "isi" in done.stderr
    assert "text" in done.stderr


def test_a_folder_a_missing_file_and_a_forbidden_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "not-there.csv"):
        done = _run("backtest", path, "--out", tmp_path / "out")
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
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused_by_its_name(wish: str, value: str, tmp_path: Path) -> None:
    done = _run("backtest", _file(tmp_path, GOOD), wish, value, "--out", tmp_path / "out")
    assert done.returncode == 2
    assert wish in done.stderr


def test_rows_that_cannot_be_read_are_counted_and_the_rest_is_used(tmp_path: Path) -> None:
    long_line = "x" * 10_000_000
    rows = (
        f"{GOOD}2025-10-03T09:00:00+07:00,{long_line}\n2025-10-03T09:01:00+07:00,zonanet\x00mati\nlater,zonanet mati\n"
    )
    done = _run("backtest", _file(tmp_path, rows), "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "refused 3" in done.stdout
    assert "counted 1" in done.stdout


def test_mixed_time_zones_are_read_row_by_row(tmp_path: Path) -> None:
    rows = HEADER + "2025-10-03T08:48:00+07:00,a mati\n2025-10-03T01:49:00Z,b mati\n2025-10-03 08:50,c mati\n"
    done = _run("backtest", _file(tmp_path, rows), "--tz", "WIB", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    source = json.loads((tmp_path / "out" / "findings.json").read_text())["source"]
    assert (source["first"], source["last"]) == ("2025-10-03T01:48:00Z", "2025-10-03T01:50:00Z")


def test_a_full_disk_is_said_and_nothing_half_written_stays(tmp_path: Path) -> None:
    done = _run("backtest", _file(tmp_path, GOOD), "--out", tmp_path / "out", limit=2_000)
    assert done.returncode == 1
    assert "--out" in done.stderr
    assert list((tmp_path / "out").iterdir()) == []


def test_a_result_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    done = _run("backtest", _file(tmp_path, GOOD), "--out", _file(tmp_path, "x", "out"))
    assert done.returncode == 2
    assert "--out" in done.stderr


def test_standard_input_and_packed_files_are_read(tmp_path: Path) -> None:
    done = _run("backtest", "-", "--out", tmp_path / "out", stdin=gzip.compress(GOOD.encode()))
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "findings.json", "report.html", "signals.parquet",
    ]  # fmt: skip


def test_reading_gives_one_object_a_text_in_order() -> None:
    lines = b'biznet mati dari pagi\n\n{"text": "sinyal hilang di tebet", "operator": "xl", "at": "2025-10-03"}\n'
    done = _run("read", stdin=lines)
    readings = [json.loads(line) for line in done.stdout.splitlines()]
    assert [reading["operator"] for reading in readings] == ["biznet", None, "xl"]
    assert list(readings[0]) == [
        "is_report", "p_report", "acute", "service", "symptom", "operator", "places", "groups", "recovered",
        "language", "evidence",
    ]  # fmt: skip
    assert readings[2]["places"][0]["code"] == "31.74"


def test_a_json_line_without_a_text_is_refused_with_its_row() -> None:
    done = _run("read", stdin=b'mati\n{"teks": "mati"}\n')
    assert done.returncode == 2
    assert "row 2" in done.stderr


def test_hostile_lines_never_stop_the_reading() -> None:
    lines = [b"\x00\x01\x02", b"\xff\xfe\xfa", b"<script>alert(1)</script>", "\u202e\u200b".encode(), b"x" * 1_100_000]
    done = _run("read", stdin=b"\n".join(lines) + b"\n")
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == len(lines)


def _counts(folder: Path) -> Path:
    path = folder / "counts.csv"
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["time", "scope", "count"])
        for number in range(600):
            at = f"2025-10-0{1 + number // 288}T{number % 288 // 12:02}:{number % 12 * 5:02}:00+07:00"
            count = 40 if 400 <= number < 420 else number * 7 % 3
            if number != 350:
                writer.writerow([at, "zonanet", count])
    return path


def test_counts_are_scanned_with_a_chart(tmp_path: Path) -> None:
    chart = tmp_path / "chart.html"
    done = _run("scan", _counts(tmp_path), "--chart", chart)
    assert done.returncode == 0, done.stderr
    finding = json.loads(done.stdout)["findings"][0]
    assert (finding["scope"], finding["onset_bin"], finding["alarm_bin"]) == ("zonanet", 400, 400)
    assert finding["alarm"] == "2025-10-02T02:25:00Z"
    assert "<svg" in chart.read_text()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("time,scope\n2025-10-03,a\n", "count"),
        ("time,scope,count\n2025-10-03T00:00:00Z,a,many\n", "row 2"),
        ("time,scope,count\nsoon,a,1\n", "row 2"),
        ("time,scope,count\n2025-10-03T00:00:00Z,a\n", "row 2"),
        ("time,scope,count\n", "no rows"),
        ("time,scope,count\n2025-10-03T00:00:00Z,a,1\n", "--bin"),
        ("time,scope,count\n2025-10-03T00:00:00Z,a,1\n2025-10-03T00:00:07Z,a,1\n", "--bin"),
    ],
)
def test_counts_that_cannot_be_used_are_refused_with_the_place(content: str, said: str, tmp_path: Path) -> None:
    done = _run("scan", _file(tmp_path, content, "counts.csv"), "--chart", tmp_path / "c.html")
    assert done.returncode == 2
    assert said in done.stderr
    assert not (tmp_path / "c.html").exists()


def test_the_version_is_told() -> None:
    assert _run("--version").stdout.strip() == "0.1.0"


def test_what_was_refused_is_said_with_its_reasons(tmp_path: Path) -> None:
    rows = GOOD + "kemarin,zonanet mati\n2025-10-03T09:00:00+07:00,\n"
    done = _run("backtest", _file(tmp_path, rows), "--operator", "Zonanet", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert "Refused: no text (1), time not readable (1); the report shows examples." in done.stdout
