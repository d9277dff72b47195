"""Writes a case of credits as the files that an engine reads, and reads what an engine wrote."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from credit_cases import CreditCase, CreditRow

from pulih.compensate.incident_file import read_incidents
from pulih.compensate.policy import read_policy
from pulih.main_credit import CreditWishes, credit
from pulih.ports.credit import CreditInputs, CreditTask
from pulih.service.crediting import Credited

_TIME = pa.timestamp("us", tz="UTC")
SCHEMAS = {
    "subscribers": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("plan_id", pa.string()),
            ("segment", pa.string()),
            ("monthly_fee_minor", pa.int64()),
            ("currency", pa.string()),
            ("payment", pa.string()),
            ("home_region", pa.string()),
        ]
    ),
    "presence": pa.schema([("subscriber_id", pa.int64()), ("region", pa.string()), ("start", _TIME), ("end", _TIME)]),
    "paid": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("incident_id", pa.string()),
            ("policy_id", pa.string()),
            ("clause_id", pa.string()),
            ("amount_minor", pa.int64()),
            ("currency", pa.string()),
        ]
    ),
    "affected": pa.schema(
        [
            ("subscriber_id", pa.int64()),
            ("incident_id", pa.string()),
            ("service", pa.string()),
            ("start", _TIME),
            ("end", _TIME),
        ]
    ),
}


def write_inputs(case: CreditCase, folder: Path, *, ordered: bool = False) -> CreditInputs:
    """Write the tables of a case; `ordered` sorts them by subscriber, as some engines like it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, schema in SCHEMAS.items():
        rows: list[dict[str, Any]] = getattr(case, name)
        if ordered:
            rows = sorted(rows, key=lambda row: row["subscriber_id"])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet", row_group_size=2)
    return CreditInputs(**{name: str(folder / f"{name}.parquet") for name in SCHEMAS})


def task_of(case: CreditCase, folder: Path, *, ordered: bool = False) -> CreditTask:
    """A task for an engine: the case's tables in `folder`/in, credits to be written to `folder`/out."""
    (folder / "out").mkdir(parents=True, exist_ok=True)
    return CreditTask(
        policy=read_policy(case.policy),
        incidents=read_incidents(case.incidents),
        inputs=write_inputs(case, folder / "in", ordered=ordered),
        out=str(folder / "out" / "credits.parquet"),
    )


def read_credits(path: Path | str) -> list[CreditRow]:
    """Rows of credits in the order written, without their explanation, which must not be empty."""
    table = pq.read_table(path)
    assert all(table.column("explanation").to_pylist())
    names = ["subscriber_id", "incident_id", "policy_id", "clause_id", "affected_s", "amount_minor", "currency"]
    return list(zip(*(table.column(name).to_pylist() for name in names), strict=True))


def read_totals(path: Path | str) -> dict[str, Any]:
    """A totals file."""
    totals: dict[str, Any] = json.loads(Path(path).read_bytes())
    return totals


def quiet(doing: str, part: float) -> None:
    """Progress that nobody watches."""


def wishes_for(folder: Path, case: CreditCase, *, inputs: CreditInputs | None = None, **more: Any) -> CreditWishes:
    """What asks `pulih credit` for a case in a folder, which then holds in, incident.json and out."""
    folder.mkdir(parents=True, exist_ok=True)
    incident = folder / "incident.json"
    if not incident.exists():
        incident.write_text(json.dumps(case.incidents))
    return CreditWishes(
        incident=str(incident),
        policy=more.pop("policy", "idn-default"),
        inputs=inputs or write_inputs(case, folder / "in"),
        out=folder / "out",
        **more,
    )


def run_credit(folder: Path, case: CreditCase, **more: Any) -> Credited:
    """Run `pulih credit` for a case in a folder."""
    return credit(wishes_for(folder, case, **more), quiet)
