"""Make subscribers, where they were, an incident of forty windows and the default policy, as large as asked.

    python bench/credit/make_population.py --subscribers 1000000 --out DIR

The same numbers give the same files, block by block, so memory does not grow with them. Nearly a quarter of the
subscribers lives or passes where something was down; the rest makes the files as long as an operator's are.
"""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

BLOCK: Final = 1_000_000
FIRST_ID: Final = 62_811_000_000_000
DAY_START: Final = datetime(2025, 10, 2, 17, 0, tzinfo=UTC)
_DAY_US: Final = 86_400_000_000
_START_US: Final = int(DAY_START.timestamp()) * 1_000_000
# Rows of presence a subscriber: 1.95 on average, and some have none.
_ROWS_SHARE: Final = (0.05, 0.31, 0.34, 0.24, 0.06)
_PLANS: Final = tuple(f"plan-{number:02}" for number in range(12))
_FEES_MINOR: Final = np.array([0, 1_500_000, 2_500_000, 3_500_000, 5_000_000, 6_500_000, 7_500_000, 10_000_000,
                               12_500_000, 15_000_000, 25_000_000, 50_000_000])  # fmt: skip
_REGENCIES: Final = tuple(f"{province:02}.{regency:02}" for province in range(11, 49) for regency in range(1, 15))
_DISTRICTS_EACH: Final = 6
_DISTRICTS: Final = tuple(
    f"{regency}.{number:02}" for regency in _REGENCIES for number in range(1, _DISTRICTS_EACH + 1)
)
_POLICY: Final = """id = "idn-default"
[[clause]]
id = "pro-rata-minute"
services = ["data", "voice", "sms", "fixed"]
location = "presence_else_home"
threshold = { measure = "total", op = ">=", seconds = 3600 }
quantity = { kind = "duration", measure = "total", unit_s = 60, rounding = "down", count_from = "start" }
value = { kind = "fee", per_s = 60, month = "30" }
cap = { fee_percent = 100 }
"""


def main() -> None:
    """Read the options and write the four files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--out", type=Path, required=True)
    chosen = parser.parse_args()
    print(f"{chosen.subscribers:,} subscribers, {make_population(chosen.out, chosen.subscribers):,} rows of presence")


def make_population(folder: Path, subscribers: int) -> int:
    """Write subscribers.parquet, presence.parquet, incident.json and policy.toml; return the rows of presence."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "incident.json").write_text(json.dumps(_incident(), indent=1), encoding="utf-8")
    (folder / "policy.toml").write_text(_POLICY, encoding="utf-8")
    rows = 0
    with (
        pq.ParquetWriter(folder / "subscribers.parquet", _schema(_subscriber_block(0, 1)), compression="zstd",
                         compression_level=1) as people,
        pq.ParquetWriter(folder / "presence.parquet", _schema(_presence_block(0, 1)), compression="zstd",
                         compression_level=1) as places,
    ):  # fmt: skip
        for begin in range(0, subscribers, BLOCK):
            size = min(BLOCK, subscribers - begin)
            people.write_table(_subscriber_block(begin, size), row_group_size=BLOCK)
            presence = _presence_block(begin, size)
            places.write_table(presence, row_group_size=BLOCK)
            rows += presence.num_rows
    return rows


def _schema(table: pa.Table) -> pa.Schema:
    return table.schema


def _homes(begin: int, size: int) -> np.ndarray:
    """Districts in which the subscribers live: a few large towns and many small ones."""
    chance = np.random.default_rng([1, begin])
    return (len(_DISTRICTS) * chance.random(size) ** 1.6).astype(np.int32)


def _subscriber_block(begin: int, size: int) -> pa.Table:
    chance = np.random.default_rng([2, begin])
    plan = chance.integers(0, len(_PLANS), size, dtype=np.int32)
    return pa.table(
        {
            "subscriber_id": _ids(begin, size),
            "plan_id": _text(plan, _PLANS),
            "segment": _text(chance.random(size) < 0.04, ("residential", "business")),
            "monthly_fee_minor": _FEES_MINOR[plan],
            "currency": _text(np.zeros(size), ("IDR",)),
            "payment": _text(chance.random(size) < 0.08, ("prepaid", "postpaid")),
            "home_region": _text(_homes(begin, size), _DISTRICTS),
        }
    )


def _presence_block(begin: int, size: int) -> pa.Table:
    """Where the subscribers were on the day: mostly at home, else anywhere; pieces in order, with gaps now and then."""
    chance = np.random.default_rng([3, begin])
    rows = chance.choice(len(_ROWS_SHARE), size=size, p=_ROWS_SHARE)
    subscriber = np.repeat(np.arange(size), rows)
    number = np.arange(len(subscriber)) - np.repeat(np.cumsum(rows) - rows, rows)
    piece_us = _DAY_US // np.maximum(rows, 1)[subscriber]
    start_us = _START_US + number * piece_us + chance.integers(0, 600_000_000, len(subscriber))
    end_us = _START_US + (number + 1) * piece_us + chance.integers(-1_200_000_000, 600_000_000, len(subscriber))
    away = (len(_DISTRICTS) * chance.random(len(subscriber)) ** 1.6).astype(np.int32)
    region = np.where(chance.random(len(subscriber)) < 0.6, _homes(begin, size)[subscriber], away)
    instant = pa.timestamp("us", tz="UTC")
    return pa.table(
        {
            "subscriber_id": _ids(begin, size)[subscriber],
            "region": _text(region, _DISTRICTS),
            "start": pa.array(start_us).cast(instant),
            "end": pa.array(end_us).cast(instant),
        }
    )


def _ids(begin: int, size: int) -> np.ndarray:
    """Ids in order, with gaps as numbers given back leave them."""
    place = np.arange(begin, begin + size, dtype=np.int64)
    return FIRST_ID + 3 * place + place % 2


def _text(codes: np.ndarray, values: tuple[str, ...]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32)), pa.array(values))


def _incident() -> dict[str, object]:
    """Forty windows in as many regencies, a third of them among the large ones, of half an hour to half a day."""
    chance = np.random.default_rng(4)
    windows = []
    for number in range(40):
        regency = _REGENCIES[2 * number if number < 14 else 5 * number]
        start = DAY_START + timedelta(minutes=int(chance.integers(0, 900)))
        end = start + timedelta(minutes=int(chance.integers(30, 540)), microseconds=int(chance.integers(0, 1_000_000)))
        service = ("data", "voice", "*", "data")[number % 4]
        windows.append({"region": regency, "service": service, "start": start.isoformat(), "end": end.isoformat()})
    return {"id": "INC-BENCH", "operator": "op-1", "zone": "Asia/Jakarta", "cause": "fibre_cut", "windows": windows}


if __name__ == "__main__":
    main()
