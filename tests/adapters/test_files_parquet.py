"""Parquet: every kind of column that holds times or text, large files in pieces, damaged ones refused."""

from __future__ import annotations

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from complaint_files import csv_of, heard, opened, refusals, rows, sentence, texts, times

from pulih.adapters.files.reasons import NO_TEXT, NO_TIME, NOT_UTF8, NUL_BYTE, UNREADABLE_TIME

AT = datetime(2025, 10, 3, 8, 48)  # noqa: DTZ001 - naive is what is tested
MICROS = 1_759_481_280_000_000


def parquet(tmp_path: Path, **columns: pa.Array | list[object]) -> Path:
    path = tmp_path / "keluhan.parquet"
    pq.write_table(pa.table(columns), path)
    return path


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_timestamps_of_every_unit_are_read(tmp_path: Path, unit: str) -> None:
    path = parquet(tmp_path, time=pa.array([AT], pa.timestamp(unit, "Asia/Jakarta")), text=["mati"])
    assert times(heard(path)) == ["2025-10-03T08:48:00Z"]


def test_naive_timestamps_are_taken_in_the_zone_asked_for(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=pa.array([AT], pa.timestamp("ns")), text=["mati"])
    assert times(heard(path, zone="WIB")) == ["2025-10-03T01:48:00Z"]
    assert times(heard(path)) == ["2025-10-03T08:48:00Z"]


def test_dates_texts_and_numbers_are_times_too(tmp_path: Path) -> None:
    for cells in ([date(2025, 10, 3)], ["2025-10-03 00:00"], [1_759_449_600], [1_759_449_600_000.0]):
        path = parquet(tmp_path, time=pa.array(cells), text=["mati"])
        assert times(heard(path)) == ["2025-10-03T00:00:00Z"]


def test_dictionary_binary_and_large_texts_are_read(tmp_path: Path) -> None:
    said = pa.array(["mati total 😭"])
    kinds = (
        said.dictionary_encode(),
        said.cast(pa.large_string()),
        said.cast(pa.binary()),
        said.cast(pa.string_view()),
    )
    for cells in kinds:
        assert texts(heard(parquet(tmp_path, time=pa.array([AT]), text=cells))) == ["mati total 😭"]


def test_row_numbers_count_rows_and_bad_cells_cost_their_row(tmp_path: Path) -> None:
    broken = pa.StringArray.from_buffers(
        3, pa.array([0, 4, 5, 9], pa.int32()).buffers()[1], pa.py_buffer(b"mati\xfflemo")
    )
    path = parquet(tmp_path, time=pa.array([AT] * 3), text=broken)
    assert refusals(path) == [(2, NOT_UTF8)]
    path = parquet(tmp_path, time=pa.array([AT, None, AT, AT]), text=["mati total", "x", None, "ma\0ti"])
    assert refusals(path) == [(2, NO_TIME), (3, NO_TEXT), (4, NUL_BYTE)]


def test_moments_outside_the_calendar_cost_their_row(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=pa.array([MICROS, 2**62], pa.timestamp("us", "UTC")), text=["mati", "lemot"])
    assert texts(heard(path)) == ["mati"]
    assert refusals(path) == [(2, UNREADABLE_TIME)]


def test_a_float_id_is_no_id_because_it_was_rounded(tmp_path: Path) -> None:
    path = parquet(tmp_path, id=pa.array([1.23e18]), time=pa.array([AT]), text=["mati"])
    assert opened(path).chosen.native_id == ""


def test_columns_with_lists_and_objects_are_left_aside(tmp_path: Path) -> None:
    path = parquet(tmp_path, tags=pa.array([["a"]]), user=pa.array([{"name": "x"}]), time=pa.array([AT]), text=["mati"])
    assert texts(heard(path)) == ["mati"]
    assert "its columns are, nearest spelling first: time, text" in sentence(path, author="user")


def test_many_row_groups_and_many_rows_come_in_order(tmp_path: Path) -> None:
    path = tmp_path / "keluhan.parquet"
    table = pa.table(
        {"time": pa.array([MICROS + i for i in range(10_000)]), "text": [f"mati {i}" for i in range(10_000)]}
    )
    pq.write_table(table, path, row_group_size=3_333)
    assert texts(heard(path)) == [f"mati {i}" for i in range(10_000)]


def test_parquet_comes_packed_and_through_standard_input(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=pa.array([AT]), text=["mati"])
    packed = gzip.compress(path.read_bytes())
    assert texts(heard(csv_of(tmp_path, packed, "a.gz"))) == ["mati"]
    for stdin in (path.read_bytes(), packed):
        assert texts(opened("-", stdin=stdin).rows()) == ["mati"]


def test_parquet_without_rows_is_refused(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=pa.array([], pa.timestamp("us")), text=pa.array([], pa.string()))
    assert sentence(path) == f"{path} has no rows; wanted is at least one"


def test_damaged_parquet_is_refused_with_the_row_reached(tmp_path: Path) -> None:
    path = tmp_path / "keluhan.parquet"
    table = pa.table({"time": pa.array([MICROS] * 20_000), "text": [f"mati total {i}" for i in range(20_000)]})
    pq.write_table(table, path, row_group_size=5_000, compression="zstd")
    whole = path.read_bytes()
    assert "is damaged or was cut off after row 0" in sentence(csv_of(tmp_path, whole[:-100], "cut.parquet"))
    start = pq.ParquetFile(path).metadata.row_group(3).column(1).dictionary_page_offset
    spoilt = whole[:start] + b"\xff" * 2_000 + whole[start + 2_000 :]
    assert f"spoilt.parquet is damaged or was cut off after row {15_000 - 15_000 % 2048}" in sentence(
        csv_of(tmp_path, spoilt, "spoilt.parquet")
    )


def test_aware_python_times_keep_their_moment(tmp_path: Path) -> None:
    path = parquet(tmp_path, time=pa.array([AT.replace(tzinfo=UTC)]), text=["mati"])
    assert [report.at_us for report in heard(path)] == [MICROS]
    assert len(rows(path)) == 1
