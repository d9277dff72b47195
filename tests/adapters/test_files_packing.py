"""Packed files, standard input and pipes; and packed files that break off."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import threading
from pathlib import Path

import pytest
import zstandard
from complaint_files import csv_of, heard, opened, sentence, texts

AT = "2025-10-03T08:48:00Z"
ROWS = 30_000
CONTENT = ("time,text\n" + "".join(f"{AT},mati {number * 7919 % 104729}\n" for number in range(ROWS))).encode()
PACKED = {"gzip": gzip.compress(CONTENT), "zstd": zstandard.compress(CONTENT)}


@pytest.mark.parametrize("packing", PACKED)
def test_packed_files_are_told_by_content_and_not_by_name(tmp_path: Path, packing: str) -> None:
    assert len(heard(csv_of(tmp_path, PACKED[packing], "keluhan.csv"))) == ROWS


@pytest.mark.parametrize("packing", PACKED)
def test_packed_pieces_in_a_row_are_one_file(tmp_path: Path, packing: str) -> None:
    half = len(CONTENT) // 2
    pack = gzip.compress if packing == "gzip" else zstandard.compress
    assert len(heard(csv_of(tmp_path, pack(CONTENT[:half]) + pack(CONTENT[half:])))) == ROWS


@pytest.mark.parametrize("packing", PACKED)
@pytest.mark.parametrize("fault", ["cut", "spoilt", "followed"])
def test_a_damaged_packed_file_is_refused_with_the_row_reached(tmp_path: Path, packing: str, fault: str) -> None:
    whole = PACKED[packing]
    middle = len(whole) // 2
    content = {
        "cut": whole[:middle],
        "spoilt": whole[:middle] + b"\x55" * 40 + whole[middle + 40 :],
        "followed": whole + b"more",
    }[fault]
    told = sentence(csv_of(tmp_path, content))
    assert "keluhan.csv is damaged or was cut off after row " in told
    assert told.endswith("; copy or download it again")


@pytest.mark.parametrize("packing", PACKED)
def test_a_packed_file_cut_in_its_first_bytes_is_refused(tmp_path: Path, packing: str) -> None:
    assert "is damaged or was cut off after row 0" in sentence(csv_of(tmp_path, PACKED[packing][:9]))


def test_a_packed_empty_file_is_empty(tmp_path: Path) -> None:
    assert "is empty" in sentence(csv_of(tmp_path, gzip.compress(b"")))


@pytest.mark.parametrize("content", [CONTENT, *PACKED.values()])
def test_standard_input_is_read_like_a_file(content: bytes) -> None:
    source = opened("-", stdin=content)
    assert source.name == "stdin"
    assert len(list(source.rows())) == ROWS


class Dribble(io.RawIOBase):
    """Hands out a few bytes at a time, as a slow pipe does."""

    def __init__(self, content: bytes) -> None:
        self._held = io.BytesIO(content)

    def read(self, size: int = -1, /) -> bytes:
        return self._held.read(min(size, 7))


def test_a_slow_pipe_is_read_whole(tmp_path: Path) -> None:
    from pulih.adapters.files.columns import ColumnWishes
    from pulih.adapters.files.opening import open_sources

    content = "time,text\n" + f"{AT},mati 😭\r\n" * 500
    for bulk in (content.encode(), content.encode("utf-16"), gzip.compress(content.encode())):
        stdin = Dribble(bulk)
        [source] = open_sources(["-"], ColumnWishes(), now_us=2**60, stdin=stdin)  # type: ignore[arg-type]
        assert texts(source.rows()) == ["mati 😭"] * 500  # type: ignore[arg-type]


def test_a_named_pipe_is_read_though_it_opens_only_once(tmp_path: Path) -> None:
    pipe = tmp_path / "pipa"
    os.mkfifo(pipe)
    writer = threading.Thread(target=pipe.write_bytes, args=(CONTENT,))
    writer.start()
    assert len(heard(pipe)) == ROWS
    writer.join()


def test_reading_leaves_no_temporary_file_behind(tmp_path: Path) -> None:
    before = set(Path(tempfile.gettempdir()).glob("tmp*"))
    heard(csv_of(tmp_path, PACKED["zstd"]))
    assert {path for path in set(Path(tempfile.gettempdir()).glob("tmp*")) - before if path.is_file()} == set()


@pytest.mark.parametrize(
    ("name", "what"), [("fake.parquet", "Parquet"), ("fake.csv.gz", "gzip"), ("fake.zst", "zstandard")]
)
def test_a_name_that_promises_another_format_is_told(tmp_path: Path, name: str, what: str) -> None:
    path = csv_of(tmp_path, "hello", name)
    assert sentence(path) == (
        f"{path} is not a {what} file though its name says so; it was read as text, and then: "
        f"{path} has a header and no rows below it; wanted is at least one"
    )


def test_files_that_are_what_their_name_says_are_refused_for_what_they_hold(tmp_path: Path) -> None:
    assert "though its name" not in sentence(csv_of(tmp_path, gzip.compress(b"hello"), "a.csv.gz"))
