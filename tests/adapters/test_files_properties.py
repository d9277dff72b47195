"""Whatever is written comes back, in any order and any script; whatever bytes come, only a sentence refuses them."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard
from complaint_files import NOW_US
from hypothesis import given, settings
from hypothesis import strategies as st

from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
from pulih.adapters.files.reasons import REASONS
from pulih.model.clock import from_micros
from pulih.model.errors import RefusedInput
from pulih.model.raw_report import RawReport

# Letters of every script, and what breaks naive readers: quotes, separators, line ends, controls.
BREAKING = [
    '"', '""', ",", ";", "\t", "|", "\n", "\r\n", "\r", "\u2028", "\x85", "\x1c", "😭", "#", "=1+1", "\x07", "\ufeff",
]  # fmt: skip
PIECES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30)
TEXTS = st.lists(PIECES | st.sampled_from(BREAKING), max_size=6).map("".join)
MOMENTS = st.integers(631_152_000_000_000, NOW_US)
COMPLAINTS = st.lists(st.tuples(MOMENTS, TEXTS, TEXTS), min_size=1, max_size=8)
Rows = list[tuple[int, str, str]]


def read(content: bytes) -> list[RawReport | str]:
    wishes = ColumnWishes(text="text", time="time", author="author")
    [source] = open_sources(["-"], wishes, now_us=NOW_US, stdin=io.BytesIO(content))
    return [row if isinstance(row, RawReport) else row.reason for row in source.rows()]


def as_csv(rows: Rows, separator: str = ",") -> bytes:
    held = io.StringIO()
    writer = csv.writer(held, delimiter=separator, quoting=csv.QUOTE_ALL)
    writer.writerows(
        [("time", "text", "author"), *((from_micros(at).isoformat(), text, who) for at, text, who in rows)]
    )
    return held.getvalue().encode()


def as_json(rows: Rows) -> bytes:
    objects = ({"time": from_micros(at).isoformat(), "text": text, "author": who} for at, text, who in rows)
    return "\n".join(json.dumps(each) for each in objects).encode()


def as_array(rows: Rows) -> bytes:
    return json.dumps(
        [{"time": at, "text": text, "author": who} for at, text, who in rows], indent=1, ensure_ascii=False
    ).encode()


def as_parquet(rows: Rows) -> bytes:
    held = io.BytesIO()
    columns = zip(*rows, strict=True)
    at, said, who = (list(column) for column in columns)
    pq.write_table(pa.table({"time": pa.array(at, pa.timestamp("us", "UTC")), "text": said, "author": who}), held)
    return held.getvalue()


def visible(text: str) -> str:
    """Return what must come back: one line, without control characters."""
    spaced = "".join(" " if mark in "\t\n\v\f\r\x85\u2028\u2029" else mark for mark in text)
    return " ".join("".join(mark for mark in spaced if not (mark < " " or "\x7f" <= mark <= "\x9f")).split())


def expected(rows: Rows) -> list[tuple[int, str, str]]:
    return [(at, visible(text), visible(who)) for at, text, who in rows if visible(text)]


def squeezed(found: list[RawReport | str]) -> list[tuple[int, str, str]]:
    reports = [row for row in found if isinstance(row, RawReport)]
    return [(row.at_us, " ".join(row.text.split()), " ".join(row.author.split())) for row in reports]


@pytest.mark.parametrize("written", [as_csv, as_json, as_array, as_parquet])
@given(rows=COMPLAINTS)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_what_is_written_comes_back(written: object, rows: Rows) -> None:
    content = written(rows)  # type: ignore[operator]
    if not expected(rows):
        with pytest.raises(RefusedInput):
            read(content)
        return
    found = read(content)
    assert len(found) == len(rows)
    assert squeezed(found) == expected(rows)


@given(
    rows=COMPLAINTS, separator=st.sampled_from(",;\t|"), packing=st.sampled_from([gzip.compress, zstandard.compress])
)
@settings(derandomize=True, deadline=None, max_examples=60)
def test_separators_and_packing_make_no_difference(rows: Rows, separator: str, packing: object) -> None:
    rows = [(1_759_481_280_000_000, "sinyal hilang dari pagi", "budi"), *rows]
    assert read(packing(as_csv(rows, separator))) == read(as_csv(rows))  # type: ignore[operator]


@given(rows=COMPLAINTS, seed=st.integers(0, 9))
@settings(derandomize=True, deadline=None, max_examples=40)
def test_shuffled_rows_are_the_same_reports(rows: Rows, seed: int) -> None:
    rows = [(1_759_481_280_000_000, "sinyal hilang dari pagi", "budi"), *rows]
    shuffled = random.Random(seed).sample(rows, len(rows))
    assert sorted(map(repr, read(as_csv(rows)))) == sorted(map(repr, read(as_csv(shuffled))))


def endure(content: bytes) -> None:
    """Read anything: it is rows, or it is refused with one sentence, and every refused row has a listed reason."""
    try:
        [source] = open_sources(["-"], ColumnWishes(), now_us=NOW_US, stdin=io.BytesIO(content))
        for row in source.rows():
            if isinstance(row, RawReport):
                assert row.text
                assert row.text.isprintable() or not any(mark < " " for mark in row.text)
                row.text.encode()
            else:
                assert row.reason in REASONS
                row.excerpt.encode()
    except RefusedInput as told:
        assert "\n" not in str(told)[:40]
        str(told).encode()


@given(st.binary(max_size=400))
@settings(derandomize=True, deadline=None, max_examples=300)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    endure(content)


STARTS = st.sampled_from(
    [b"time,text\n", b"{", b"[", b"[{", b'{"time": "2025-10-03", "text": "', b"\xff\xfe", b"\xfe\xff", b"\xff\xfe\0\0",
     b"\x1f\x8b\x08\0", b"\x28\xb5\x2f\xfd", b"PAR1", b'time\ttext\n"', b"sep=;\n", b"\xef\xbb\xbf"]
)  # fmt: skip


@given(STARTS, st.binary(max_size=200), st.booleans())
@settings(derandomize=True, deadline=None, max_examples=400)
def test_bytes_that_begin_like_a_format_are_read_or_refused(start: bytes, rest: bytes, repeated: bool) -> None:
    endure(start + rest * (50 if repeated else 1))


@given(COMPLAINTS, st.sampled_from([as_csv, as_json, as_array, as_parquet]), st.data())
@settings(derandomize=True, deadline=None, max_examples=300)
def test_files_with_some_bytes_changed_are_read_or_refused(rows: Rows, written: object, data: st.DataObject) -> None:
    content = bytearray(written(rows))  # type: ignore[operator]
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    endure(bytes(content[: data.draw(st.integers(1, len(content)))]))


def test_a_file_is_the_same_through_its_name_and_through_standard_input() -> None:
    content = as_csv([(1_759_481_280_000_000 + second, f"mati {second}", "budi") for second in range(3_000)])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "keluhan.csv"
        path.write_bytes(content)
        [source] = open_sources([str(path)], ColumnWishes(), now_us=NOW_US)
        assert list(source.rows()) == read(content)
