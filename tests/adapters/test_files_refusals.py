"""Files that cannot be used at all: one clear sentence each, whatever is wrong with them."""

from __future__ import annotations

import codecs
import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from complaint_files import csv_of, heard, opened, refusals, sentence, texts

from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
from pulih.adapters.files.reasons import NOT_UTF8
from pulih.model.errors import RefusedInput

AT = "2025-10-03T08:48:00Z"
CAFE = f"time,text\n{AT},sinyal hilang\n{AT},wifi café mati\n"


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "")
    assert sentence(path) == f"{path} is empty; wanted is a table of rows"


@pytest.mark.parametrize("content", ["\n\n", "  \r\n \r\n", "\ufeff\n"])
def test_a_file_of_blank_lines_is_refused(tmp_path: Path, content: str) -> None:
    path = csv_of(tmp_path, content)
    assert sentence(path).startswith(str(path))


def test_a_header_alone_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, "time,text\n")
    assert sentence(path) == f"{path} has a header and no rows below it; wanted is at least one"


def test_a_header_that_cannot_be_read_is_refused_with_its_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f'time,"text" x\n{AT},mati\n')
    assert sentence(path) == (
        f"{path}, row 1: the header cannot be read (quotes that do not match: 'time,\"text\" x'); "
        "the first row must name the columns, such as time,text"
    )


def test_random_bytes_are_refused_as_binary(tmp_path: Path) -> None:
    path = csv_of(tmp_path, bytes(range(256)) * 20)
    assert sentence(path) == (
        f"{path} is binary data, not a table of texts; wanted is CSV, JSON lines or Parquet, plain or as gzip or zstd"
    )


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (f"{AT},sinyal\0hilang", "NUL byte in the row (3); row 2: "),
        (f"{AT},{'mati ' * 300_000}", "longer than 1 MiB (3); row 2: "),
        (f'{AT},"sinyal" hilang', "quotes that do not match (3); row 2: "),
    ],
    ids=["NUL", "long", "quotes"],
)
def test_a_file_without_a_row_that_can_be_read_is_told_why(tmp_path: Path, row: str, says: str) -> None:
    path = csv_of(tmp_path, "time,text\n" + f"{row}\n" * 3)
    told = sentence(path)
    assert told.startswith(f"{path}: none of its 3 rows can be used: {says}")
    assert "right would be" in told or "has to be quoted" in told


def test_nul_bytes_alone_are_refused_as_binary(tmp_path: Path) -> None:
    assert "is binary data" in sentence(csv_of(tmp_path, b"\0" * 4096))


def test_a_workbook_is_refused_with_what_to_do(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as book:
        book.writestr("xl/workbook.xml", "<x/>")
    path = csv_of(tmp_path, held.getvalue(), "keluhan.csv")
    assert sentence(path) == f"{path} is a ZIP or Excel file (.xlsx); save the sheet as CSV UTF-8"


@pytest.mark.parametrize(
    ("magic", "word"),
    [(b"%PDF-1.7", "PDF"), (b"BZh91AY&SY", "bzip2"), (b"\xfd7zXZ\x00", "xz"), (b"SQLite format 3\x00", "SQLite")],
)
def test_other_formats_are_refused_by_their_name(tmp_path: Path, magic: bytes, word: str) -> None:
    assert word in sentence(csv_of(tmp_path, magic + b"\x80\x90" * 40))


def test_windows_1252_is_refused_with_row_byte_and_command(tmp_path: Path) -> None:
    path = csv_of(tmp_path, CAFE.encode("cp1252"))
    assert sentence(path) == (
        f"{path}, row 3: byte 0xE9 at position 30 of the row is not UTF-8; "
        f"the file looks like WINDOWS-1252, so convert it: iconv -f WINDOWS-1252 -t UTF-8 {path} > utf8.csv"
    )


def test_latin_1_is_told_from_windows_1252(tmp_path: Path) -> None:
    path = csv_of(tmp_path, b"time,text\n" + AT.encode() + b",mati \x81 caf\xe9\n")
    assert "looks like ISO-8859-1" in sentence(path)


@pytest.mark.parametrize(("encoding", "name"), [("utf-16-le", "UTF-16LE"), ("utf-16-be", "UTF-16BE")])
def test_utf_16_without_its_mark_is_refused_with_the_command(tmp_path: Path, encoding: str, name: str) -> None:
    path = csv_of(tmp_path, CAFE.encode(encoding))
    assert f"looks like {name} without its mark at the start; convert it: iconv -f {name}" in sentence(path)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("bulk", [1, 20_000])
def test_files_with_their_mark_are_read(tmp_path: Path, encoding: str, bulk: int) -> None:
    content = "time,text\n" + f"{AT},wifi café mati 😭\n" * bulk
    assert texts(heard(csv_of(tmp_path, content.encode(encoding)))) == ["wifi café mati 😭"] * bulk


def test_utf_16_big_endian_is_read_and_its_broken_end_is_refused(tmp_path: Path) -> None:
    content = codecs.BOM_UTF16_BE + CAFE.encode("utf-16-be")
    assert len(heard(csv_of(tmp_path, content))) == 2
    assert "is damaged or was cut off after row" in sentence(csv_of(tmp_path, content + b"\xd8"))


def test_one_damaged_row_in_a_file_of_good_utf_8_costs_one_row(tmp_path: Path) -> None:
    good = f"{AT},wifi café mati 😭\n".encode()
    path = csv_of(tmp_path, b"time,text\n" + good * 3 + AT.encode() + b',"putus \xf0\x9f\n lagi"\n' + good)
    assert len(heard(path)) == 4
    assert refusals(path) == [(5, NOT_UTF8)]


def test_bad_bytes_far_into_a_file_name_their_row(tmp_path: Path) -> None:
    path = csv_of(tmp_path, ("time,text\n" + f"{AT},sinyal hilang\n" * 50_000).encode() + AT.encode() + b",caf\xe9\n")
    assert sentence(path).startswith(f"{path}, row 50002: byte 0xE9 at position 25 of the row is not UTF-8")


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "hilang.csv"
    assert sentence(path) == f"{path} is not there; check the path"
    assert "is not there" in sentence(csv_of(tmp_path, "x") / "below")


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert sentence(tmp_path) == f"{tmp_path} is a folder; give the files in it instead, for example {tmp_path}/*.csv"


@pytest.mark.parametrize("path", ["a\0b", "x" * 5000])
def test_a_path_that_cannot_be_one_is_refused(path: str) -> None:
    assert "cannot be opened" in sentence(path)


UNPRIVILEGED = """
import os, sys
from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
from pulih.model.errors import RefusedInput
if os.geteuid() == 0:
    os.setgid(65534)
    os.setuid(65534)
try:
    open_sources([sys.argv[1]], ColumnWishes(), now_us=0)
except RefusedInput as told:
    print(told)
"""


def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = csv_of(tmp_path, CAFE)
    path.chmod(0)
    told = subprocess.run(
        [sys.executable, "-c", UNPRIVILEGED, str(path)], capture_output=True, text=True, check=True, env={**os.environ}
    )
    assert told.stdout.strip() == (
        f"{path} may not be read by this user; give it read permission (chmod +r) or run as its owner"
    )


def test_standard_input_that_is_not_there_is_refused() -> None:
    assert sentence("-") == '"-" means standard input, and nothing comes in there; name a file instead'


def test_standard_input_can_be_given_once() -> None:
    with pytest.raises(RefusedInput, match="standard input can be read once"):
        open_sources(["-", "-"], ColumnWishes(), now_us=0, stdin=io.BytesIO(b"x"))


def test_a_file_whose_rows_are_all_bad_is_refused_with_the_first_of_them(tmp_path: Path) -> None:
    path = csv_of(tmp_path, f"time,text,n\n{AT},,1\n{AT},,2\nkemarin,mati,3\n")
    assert sentence(path) == (
        f'{path}: none of its 3 rows can be used: no text (2), time not readable (1); row 2: ""; '
        "say with --text which column holds what people wrote"
    )


def test_a_later_bad_file_is_refused_before_any_row_is_read(tmp_path: Path) -> None:
    good, bad = csv_of(tmp_path, CAFE), tmp_path / "hilang.csv"
    with pytest.raises(RefusedInput, match=r"hilang\.csv is not there"):
        open_sources(["-", str(good), str(bad)], ColumnWishes(), now_us=0, stdin=io.BytesIO(CAFE.encode()))


def test_prose_is_refused(tmp_path: Path) -> None:
    assert "has no readable time" in sentence(csv_of(tmp_path, "Yth. Bapak,\n\ninternet mati.\n\nSalam\n"))


def test_the_row_after_a_byte_order_mark_is_the_header(tmp_path: Path) -> None:
    source = opened(csv_of(tmp_path, CAFE.encode("utf-8-sig")))
    assert (source.name, source.chosen.time, source.notes) == ("keluhan.csv", "time", [])
