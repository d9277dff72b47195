"""`pulih scan` as a person types it: findings and a chart, and one sentence where counts cannot be used."""

from __future__ import annotations

import csv
import gzip
import io
import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from typing_hands import typed

HEADER = "time,scope,count\n"
AT = "2025-10-03T00:00:00Z"


def _counts() -> str:
    held = io.StringIO()
    writer = csv.writer(held)
    writer.writerow(["time", "scope", "count"])
    for number in range(600):
        at = f"2025-10-0{1 + number // 288}T{number % 288 // 12:02}:{number % 12 * 5:02}:00+07:00"
        count = 40 if 400 <= number < 420 else number * 7 % 3
        if number != 350:
            writer.writerow([at, "zonanet", count])
    return held.getvalue()


COUNTS = _counts()


def _file(folder: Path, content: str | bytes, name: str = "counts.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_counts_are_scanned_with_a_chart(tmp_path: Path) -> None:
    chart = tmp_path / "chart.html"
    done = typed("scan", _file(tmp_path, COUNTS), "--chart", chart)
    assert done.returncode == 0, done.stderr
    finding = json.loads(done.stdout)["findings"][0]
    assert (finding["scope"], finding["onset_bin"], finding["alarm_bin"]) == ("zonanet", 400, 400)
    assert finding["alarm"] == "2025-10-02T02:25:00Z"
    page = chart.read_text()
    assert "<svg" in page
    assert "one bar is enough for an alarm" in page
    assert "satu batang cukup untuk alarm" in page


def _parquet(text: str) -> bytes:
    held = io.BytesIO()
    pq.write_table(pyarrow.csv.read_csv(pa.BufferReader(text.encode())), held)
    return held.getvalue()


WRITTEN = {
    "plain": COUNTS.encode(),
    "gzip": gzip.compress(COUNTS.encode()),
    "semicolons": COUNTS.replace(",", ";").encode(),
    "UTF-16": COUNTS.encode("utf-16"),
    "floats": COUNTS.replace("\r\n", ".0\r\n").replace("count.0", "count").encode(),
    "parquet": _parquet(COUNTS),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_counts_are_read_however_complaints_are(how: str, tmp_path: Path) -> None:
    done = typed("scan", "-", "--chart", tmp_path / "c.html", stdin=WRITTEN[how])
    assert done.returncode == 0, done.stderr
    assert [finding["alarm_bin"] for finding in json.loads(done.stdout)["findings"]] == [400]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("time,scope\n2025-10-03,a\n", "there is no column count; its columns are: time, scope"),
        (f"{HEADER}{AT},a,many\n", "row 2, column \"count\": 'many' is no count; write a whole number, 0 or more, or"),
        (f"{HEADER}{AT},a,1.5\n", "'1.5' is no count; write a whole number"),
        (
            f"{HEADER}{AT},a,\n",
            "'' is no count; write a whole number, 0 or more, or leave the row out when the feed was",
        ),
        (f"{HEADER}{AT},a,-1\n", "'-1' is no count"),
        (
            f"{HEADER}{AT},a,{10**18}\n",
            "'1000000000000000000' is more than anybody counts; at most 1,000,000,000,000 is read",
        ),
        (f"{HEADER}soon,a,1\n", "row 2, column \"time\": 'soon' is no time"),
        (f"{HEADER}{AT},a\n", "row 2: fewer cells than the header"),
        (HEADER, "has a header and no rows below it"),
        ("", "is empty"),
        (bytes(range(256)) * 64, "is binary data"),
        (HEADER.encode() + AT.encode() + b",caf\xe9,1\n", "looks like WINDOWS-1252, so convert it"),
        (
            f"{HEADER}{AT},a,1\n",
            "all rows have the same time, so that the width of a window cannot be told; say it with",
        ),
        (f"{HEADER}{AT},a,1\n2025-10-03T00:00:07Z,a,1\n", "lie 7s apart at the closest, and such windows do not work"),
        (
            f"{HEADER}{AT},a,1\n2025-10-04T00:00:00Z,a,1\n",
            "its times lie 1 day apart at the closest, and such windows do not work: windows of 1m to 1h that divide a "
            "day do; the nearest is 1h; give finer counts",
        ),
        (f"{HEADER}2099-01-01T00:00:00Z,a,1\n", "row 2, column \"time\": '2099-01-01T00:00:00Z' lies in the future"),
        (f"{HEADER}1970-01-01T00:00:00Z,a,1\n", "lies before 1990"),
        (f"{HEADER}{AT},a,1\n{AT},b,1\n{AT},a,2\n", "rows 2 and 4 both count 'a' at 2025-10-03T00:00:00Z; keep one"),
    ],
)
def test_counts_that_cannot_be_used_are_refused_with_the_place(content: str | bytes, said: str, tmp_path: Path) -> None:
    done = typed("scan", _file(tmp_path, content), "--chart", tmp_path / "c.html")
    assert done.returncode == 2, done.stderr
    assert said in done.stderr
    assert "counts.csv" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "c.html").exists()


@pytest.mark.parametrize("wrong", ["1999-01-01T00:00:00Z", "2024-06-01T00:00:00Z"])
def test_a_mistake_in_a_date_is_refused_at_once_with_its_row(wrong: str, tmp_path: Path) -> None:
    rows = [f"{AT},a,4", "2025-10-03T00:01:00Z,a,4", f"{wrong},a,4", "2025-10-03T00:02:00Z,a,4"]
    began = time.monotonic()
    done = typed("scan", _file(tmp_path, HEADER + "\n".join(rows) + "\n"), "--chart", tmp_path / "c.html")
    assert time.monotonic() - began < 20
    assert done.returncode == 2
    assert f"between row 4 ({wrong}) and row 2 ({AT}) lie" in done.stderr
    assert f"if the time of row 4 ({wrong}) is a mistake, mend it" in done.stderr


def test_counts_of_one_window_in_several_rows_are_added_up_when_asked(tmp_path: Path) -> None:
    start = datetime(2025, 10, 1, tzinfo=UTC)
    rows = [f"{(start + timedelta(minutes=n)).isoformat()},a,1" for n in range(600)]
    path = _file(tmp_path, HEADER + "\n".join(rows) + "\n")
    found = json.loads(typed("scan", path, "--bin", "5m", "--chart", tmp_path / "c.html").stdout)
    assert (found["source"]["windows"], found["settings"]["bin_s"]) == (120, 300)


def test_windows_begin_where_the_local_day_is_divided_in_any_zone(tmp_path: Path) -> None:
    rows = [f"2025-10-03T{hour:02}:10:00Z,a,1" for hour in range(24)]
    path = _file(tmp_path, HEADER + "\n".join(rows) + "\n")
    done = typed("scan", path, "--tz", "Asia/Kathmandu", "--chart", tmp_path / "c.html")
    assert done.returncode == 0, done.stderr


def test_a_chart_that_cannot_be_written_is_told_before_the_work(tmp_path: Path) -> None:
    done = typed("scan", _file(tmp_path, COUNTS), "--chart", tmp_path / "nowhere" / "c.html")
    assert done.returncode == 2
    assert "--chart" in done.stderr
