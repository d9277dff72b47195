"""Runs an engine of credits on a case: its tables become Parquet files, what the engine wrote becomes rows again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
from credit_cases import CreditCase, CreditRow, Row

from pulih.compensate.incident_file import read_incidents
from pulih.compensate.outages import in_order
from pulih.compensate.policy import read_policy
from pulih.ports.credit import CreditEngine, CreditInputs, CreditTask

_TEXT = pa.string()
_INSTANT = pa.timestamp("us", tz="UTC")
COLUMNS = {
    "subscribers": {
        "subscriber_id": pa.int64(),
        "plan_id": _TEXT,
        "segment": _TEXT,
        "monthly_fee_minor": pa.int64(),
        "currency": _TEXT,
        "payment": _TEXT,
        "home_region": _TEXT,
    },
    "presence": {"subscriber_id": pa.int64(), "region": _TEXT, "start": _INSTANT, "end": _INSTANT},
    "paid": {
        "subscriber_id": pa.int64(),
        "incident_id": _TEXT,
        "policy_id": _TEXT,
        "clause_id": _TEXT,
        "amount_minor": pa.int64(),
        "currency": _TEXT,
    },
    "affected": {
        "subscriber_id": pa.int64(),
        "incident_id": _TEXT,
        "service": _TEXT,
        "start": _INSTANT,
        "end": _INSTANT,
    },
}


def write_table(folder: Path, name: str, rows: list[Row], *, rows_a_group: int = 3, **writing: Any) -> str:
    """Write rows, sorted by subscriber, as a Parquet file of small row groups; return its path."""
    table = pa.Table.from_pylist(sorted(rows, key=lambda row: row["subscriber_id"]), schema=pa.schema(COLUMNS[name]))
    path = folder / f"{name}.parquet"
    pq.write_table(table, path, row_group_size=rows_a_group, **writing)
    return str(path)


def task_of(case: CreditCase, folder: Path) -> CreditTask:
    """The case as files in a folder and a task for an engine."""
    paths = {name: write_table(folder, name, getattr(case, name)) for name in COLUMNS}
    return CreditTask(
        policy=read_policy(case.policy),
        incidents=in_order(read_incidents(case.incidents)),
        inputs=CreditInputs(**paths),
        out=str(folder / "credits.parquet"),
    )


def run_engine(engine: CreditEngine, case: CreditCase, folder: Path) -> tuple[list[CreditRow], Row]:
    """Rows and totals that an engine gives for a case."""
    task = task_of(case, folder)
    totals = engine.run(task, lambda _what, _share: None)
    return credit_rows(task.out), msgspec.json.decode(msgspec.json.encode(totals))


def credit_rows(path: str) -> list[CreditRow]:
    """The rows of a file of credits; every explanation has words."""
    columns = pq.read_table(path).to_pydict()
    assert all(columns.pop("explanation"))
    return list(zip(*columns.values(), strict=True))
