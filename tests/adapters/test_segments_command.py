"""An operator's own platforms are told who is told which text, and the list stays where it was (T4)."""

from __future__ import annotations

import csv
import io
import stat
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest
from sample_bulletin import bulletin, outage, over, taken_back

from pulih.model.errors import RefusedInput
from pulih.ports.segments import Addressed
from pulih.serve.segments import SegmentsAsked, Streams, hand_over
from pulih.service.segment_sheet import COLUMNS, safe_cell

INCIDENT = "20251003-k7qm"
LIST = """nomor,merek,layanan,wilayah,bahasa
+6281200000001,smartfren,mobile_data,31.74,id
+6281200000002,smartfren,mobile_data,Jawa Barat,en
+6281200000003,smartfren,,31.71,
+6281200000004,smartfren,mobile_voice,31.74,
+6281200000005,xl,mobile_data,31.74,
+6281200000006,smartfren,mobile_data,11,
+6281200000001,smartfren,mobile_data,32,id
=cmd|'/c calc'!A1,smartfren,mobile_data,31,
+6281200000008,nobody,mobile_data,31,
+6281200000009,smartfren,mobile_data,Atlantis,
+6281200000010,smartfren,telepati,31,
,smartfren,mobile_data,31,
"""


def _ran(folder: Path, **asked: object) -> tuple[str, str]:
    file = folder / "bulletin.json"
    if not file.exists():
        file.write_bytes(msgspec.json.encode(bulletin()))
    given = {"incident": INCIDENT, "data": folder, "bulletin": file, **asked}
    stdin, out, said = io.BytesIO(LIST.encode()), io.StringIO(newline=""), io.StringIO()
    assert hand_over(SegmentsAsked(**given), Streams(stdin, out, said)) == 0  # type: ignore[arg-type]
    return out.getvalue(), said.getvalue()


def test_each_customer_in_the_place_with_the_service_is_told_once_in_their_language(tmp_path: Path) -> None:
    out, said = _ran(tmp_path, subscribers="-")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert [(row["subscriber"], row["surely"], row["language"]) for row in rows] == [
        ("+6281200000001", "surely", "id"),
        ("+6281200000002", "surely", "en"),
        ("+6281200000003", "perhaps", "id"),
        ("'=cmd|'/c calc'!A1", "surely", "id"),
    ]
    assert "Smartfren" in rows[0]["text"]
    assert len(rows[0]["text"]) <= 160
    assert rows[1]["link"] == f"https://status.example.net/en/incident/{INCIDENT}/"
    assert {(row["incident"], row["word"]) for row in rows} == {(INCIDENT, "n2")}
    assert "12 rows: 4 to be told, 3 outside, 1 repeated, 4 unusable." in said
    assert "row 10: its operator is none of the catalogue" in said
    assert "62812" not in said


def test_without_a_list_each_segment_stands_once_in_both_languages(tmp_path: Path) -> None:
    out, _ = _ran(tmp_path, form="jsonl", surface="push")
    lines = [msgspec.json.decode(line, type=Addressed) for line in out.splitlines()]
    assert [(one.region, one.service, one.language) for one in lines] == [
        ("31", "mobile_data", "id"), ("31", "mobile_data", "en"),
        ("32", "mobile_data", "id"), ("32", "mobile_data", "en"),
    ]  # fmt: skip
    assert {one.subscriber for one in lines} == {""}


def test_the_file_is_whole_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    out, _ = _ran(tmp_path, subscribers="-", out=tmp_path / "told.csv")
    assert out == ""
    assert stat.S_IMODE((tmp_path / "told.csv").stat().st_mode) == 0o600
    assert len((tmp_path / "told.csv").read_text().splitlines()) == 5


def test_a_list_that_breaks_off_leaves_no_file(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("nomor,wilayah\n+6281200000001,31\n")
    with pytest.raises(RefusedInput, match="no column operator"):
        _ran(tmp_path, subscribers=str(tmp_path / "list.csv"), out=tmp_path / "told.csv")
    assert sorted(one.name for one in tmp_path.iterdir()) == ["bulletin.json", "list.csv"]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"incident": "20990101-none"}, "no public incident"),
        ({"word": "n9"}, "those that stand are n1, n2"),
        ({"incident": taken_back().id, "word": "n1"}, "taken back"),
        ({"bulletin": Path("nowhere.json")}, "pulih publish"),
    ],
)
def test_what_cannot_be_handed_over_is_refused_with_what_would_be_right(
    tmp_path: Path, asked: dict[str, object], told: str
) -> None:
    with pytest.raises(RefusedInput, match=told):
        _ran(tmp_path, **asked)


def test_an_incident_of_which_nothing_was_said_or_all_was_taken_back_is_handed_over_to_nobody(tmp_path: Path) -> None:
    silent = outage(words=())
    (tmp_path / "bulletin.json").write_bytes(msgspec.json.encode(bulletin(current=(silent,), past=(over(),))))
    with pytest.raises(RefusedInput, match="nothing was said"):
        _ran(tmp_path)


@pytest.mark.parametrize("cell", ["=1+1", "+62 81", "-2+3", "@SUM(1+1)", "\t=1", " =1", "\r=1", "+", "-"])
def test_no_cell_begins_a_formula(cell: str) -> None:
    assert safe_cell(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["+6281200000001", "6281", "-5", "Pulih.", "", "a=b"])
def test_numbers_and_words_are_let_be(cell: str) -> None:
    assert safe_cell(cell) == cell


def test_the_command_writes_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "bulletin.json").write_bytes(msgspec.json.encode(bulletin()))
    (tmp_path / "list.csv").write_text(LIST)
    ran = subprocess.run(
        [
            sys.executable, "-m", "pulih.cli", "segments", INCIDENT, "--bulletin", str(tmp_path / "bulletin.json"),
            "--subscribers", str(tmp_path / "list.csv"), "--surface", "chat", "--format", "csv",
        ],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.splitlines()[0].split(",") == list(COLUMNS)
    assert "4 to be told" in ran.stderr
