"""The Python API refuses what cannot be meant with a sentence, and takes one path as well as several."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pulih import backtest, read_texts
from pulih.model.errors import RefusedInput

GOOD = "id,time,text,author\n77123,2025-10-03T08:48:00+07:00,internet smartfren mati dari pagi,budi\n"


@pytest.mark.parametrize("kind", [str, Path])
def test_one_path_is_a_file_and_no_list_of_letters(kind: Any, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(GOOD)
    assert backtest(kind(path)).counters.counted == 1


@pytest.mark.parametrize(
    ("paths", "said"),
    [
        ([], "backtest: which file?"),
        (None, "backtest: give the path of a file, or a list of paths; this is None."),
        (5, "this is of type int"),
        ([b"a.csv"], "a path is a str or a Path, and one of these is of type bytes."),
        ([None], "one of these is None"),
    ],
)
def test_paths_that_are_none_are_refused(paths: Any, said: str) -> None:
    with pytest.raises(RefusedInput) as told:
        backtest(paths)
    assert said in str(told.value)


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        ("abc", "give several texts, such as a list; this is of type str. For one: read_texts([text])."),
        (b"abc", "this is of type bytes"),
        (None, "this is None"),
        ([None], "text 0 (the first is 0) is None; give texts of type str."),
        (["indihome mati", b"x"], "text 1 (the first is 0) is of type bytes; give texts of type str."),
    ],
)
def test_texts_that_are_none_are_refused(texts: Any, said: str) -> None:
    with pytest.raises(RefusedInput) as told:
        list(read_texts(texts))
    assert said in str(told.value)


def test_texts_before_one_that_is_none_are_answered() -> None:
    readings = read_texts(["indihome mati", "biznet lemot", 5])
    assert [next(readings).operator, next(readings).operator] == ["indihome", "biznet"]
    with pytest.raises(RefusedInput, match="text 2"):
        next(readings)


def test_texts_that_come_one_by_one_are_read_when_they_come() -> None:
    coming = iter(["indihome mati", "biznet lemot"])
    assert next(read_texts(coming)).operator == "indihome"
    assert next(coming) == "biznet lemot"


def test_what_leads_to_an_author_is_kept_as_a_pseudonym_only(tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.write_text(GOOD)
    for _ in range(2):
        backtest(path, out=tmp_path / "out")
    whole = (tmp_path / "out" / "signals.parquet").read_bytes()
    [row] = pq.read_table(tmp_path / "out" / "signals.parquet").to_pylist()
    assert b"77123" not in whole
    assert b"budi" not in whole
    assert (len(row["native_id"]), len(row["author"])) == (16, 16)
    path.write_text(GOOD.replace("77123,", ","))
    backtest(path, out=tmp_path / "out")
    assert not pq.read_table(tmp_path / "out" / "signals.parquet").to_pylist()[0]["native_id"].startswith("content:")
