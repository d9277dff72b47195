"""The same rows give the same bytes: shuffled, in another container, or in files given in another order."""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pulih import Wishes, backtest

HEADER = ["id", "time", "text", "author", "kota"]
START = datetime(2025, 8, 1, tzinfo=UTC)
Row = list[str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """A quiet month with an hour of outage; places are known from its second half on, and a quarter was edited."""
    chance = random.Random(7)
    minutes = sorted(
        [chance.randrange(43_200) for _ in range(1_000)] + [chance.randrange(30_000, 30_060) for _ in range(150)]
    )
    posts = [
        [
            str(number),
            (START + timedelta(minutes=minute)).isoformat(),
            f"zonanet mati {chance.choice(['total', 'lagi', 'dari pagi', 'terus'])} {number}",
            f"akun{number % 700}",
            "Bandung" if minute > 21_600 else "",
        ]
        for number, minute in enumerate(minutes)
    ]
    edited = [[one, at, f"{text} (disunting)", who, place] for one, at, text, who, place in posts[::4]]
    return posts + edited


def _csv(path: Path, rows: Sequence[Row]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([HEADER, *rows])
    return path


def _result(out: Path, *paths: Path) -> bytes:
    backtest(paths, out=out, wishes=Wishes(operator="Zonanet"))
    return (out / "findings.json").read_bytes()


def _but_source(result: bytes) -> dict[str, Any]:
    found = json.loads(result)
    assert found["findings"]
    return {key: value for key, value in found.items() if key != "source"} | {"digest": found["source"]["digest"]}


def test_shuffled_rows_give_the_same_bytes_though_ids_repeat_and_columns_begin_empty(
    rows: list[Row], tmp_path: Path
) -> None:
    path = tmp_path / "posts.csv"
    plain = _result(tmp_path / "a", _csv(path, rows))
    found = json.loads(plain)
    assert found["counters"]["repeated"] == len(rows) - 1_150
    assert (found["source"]["columns"][0]["native_id"], found["source"]["columns"][0]["place"]) == ("id", "kota")
    for seed in (1, 2):
        assert _result(tmp_path / "b", _csv(path, random.Random(seed).sample(rows, len(rows)))) == plain


def test_container_and_order_of_files_show_in_the_source_only(rows: list[Row], tmp_path: Path) -> None:
    whole = _csv(tmp_path / "posts.csv", rows)
    plain = _but_source(_result(tmp_path / "out", whole))
    packed = tmp_path / "posts.csv.gz"
    packed.write_bytes(gzip.compress(whole.read_bytes()))
    lines = tmp_path / "posts.jsonl"
    lines.write_text("".join(json.dumps(dict(zip(HEADER, row, strict=True))) + "\n" for row in rows))
    columns = dict(zip(HEADER, map(list, zip(*rows, strict=True)), strict=True))
    times = pa.array([datetime.fromisoformat(at) for at in columns.pop("time")], pa.timestamp("us", "UTC"))
    pq.write_table(pa.table({**columns, "time": times}), tmp_path / "posts.parquet")
    for path in (packed, lines, tmp_path / "posts.parquet"):
        assert _but_source(_result(tmp_path / "out", path)) == plain
    one, other = _csv(tmp_path / "one.csv", rows[:500]), _csv(tmp_path / "other.csv", rows[500:])
    assert _but_source(_result(tmp_path / "out", one, other)) == plain
    assert _but_source(_result(tmp_path / "out", other, one)) == plain
