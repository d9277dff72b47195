"""`pulih check-config` looks into the tables of [credit] before a desk starts with them."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pulih.adapters.config import check_config

PRESENCE = {"subscriber_id": [1], "region": ["31"], "start": [0], "end": [1]}
SUBSCRIBERS = {
    "subscriber_id": [1],
    "plan_id": ["a"],
    "segment": ["residential"],
    "monthly_fee_minor": [1],
    "currency": ["IDR"],
    "payment": ["prepaid"],
    "home_region": ["31"],
}


def faults(folder: Path, credit: str) -> list[str]:
    time = pa.timestamp("us", tz="UTC")
    presence = pa.table({**PRESENCE, "start": pa.array([0], time), "end": pa.array([1], time)})
    pq.write_table(pa.table(SUBSCRIBERS), folder / "s.parquet")
    pq.write_table(presence, folder / "p.parquet")
    (folder / "s.csv").write_text("subscriber_id\n1\n")
    for name in ("s.parquet", "p.parquet", "s.csv"):
        (folder / name).chmod(0o600)
    settings = folder / "pulih.toml"
    settings.write_text(f"[credit]\n{credit}")
    return [fault.what for fault in check_config(settings)]


def test_sound_tables_are_taken(tmp_path: Path) -> None:
    assert faults(tmp_path, 'subscribers = "s.parquet"\npresence = "p.parquet"\nmemory = "900MB"\n') == []


def test_a_table_that_is_missing_csv_or_of_another_kind_is_refused_with_its_reason(tmp_path: Path) -> None:
    [alone] = faults(tmp_path, 'subscribers = "s.parquet"\n')
    assert "need presence too" in alone
    [gone, csv] = sorted(faults(tmp_path, 'subscribers = "s.csv"\npresence = "none.parquet"\n'))
    assert "cannot be read" in gone
    assert "is CSV" in csv
    [swapped] = faults(tmp_path, 'subscribers = "p.parquet"\npresence = "p.parquet"\n')
    assert "plan_id" in swapped
    [size] = faults(tmp_path, 'subscribers = "s.parquet"\npresence = "p.parquet"\nmemory = "much"\n')
    assert "memory" in size
