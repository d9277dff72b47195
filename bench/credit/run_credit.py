"""One run over a population, in a process of its own: an engine, or the floor below which no engine can be.

    python bench/credit/run_credit.py floor|kernel|duckdb DIR

The floor reads every column of the same files, a row group at a time and as fast as the library does, and writes as
many rows as the engine wrote, the first of its row groups again and again, with the same settings.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import tomllib
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from pulih.adapters.credit.kernel_output import ROWS_A_GROUP, WRITING
from pulih.compensate.incident_file import read_incidents
from pulih.compensate.outages import in_order
from pulih.compensate.policy import read_policy
from pulih.ports.credit import CreditEngine, CreditInputs, CreditTask

ENGINES: Final = {
    "kernel": ("pulih.adapters.credit.kernel", "KernelEngine"),
    "duckdb": ("pulih.adapters.credit.duckdb_engine", "DuckdbEngine"),
}


def main() -> None:
    """Run what is named and print a line of JSON: seconds of the work itself, rows written."""
    what, folder = sys.argv[1], Path(sys.argv[2])
    begin = time.monotonic()
    rows = read_and_rewrite(folder) if what == "floor" else run_engine(folder, what)
    print(json.dumps({"seconds": time.monotonic() - begin, "rows": rows}))


def read_and_rewrite(folder: Path) -> int:
    """Do the floor; return the rows written."""
    texts = {"subscribers": ["plan_id", "segment", "currency", "payment", "home_region"], "presence": ["region"]}
    for name, columns in texts.items():
        with pq.ParquetFile(folder / f"{name}.parquet", read_dictionary=columns) as file:
            for group in range(file.num_row_groups):
                file.read_row_group(group)
    with pq.ParquetFile(folder / "kernel.parquet", read_dictionary=WRITING["use_dictionary"]) as file:
        first, left = file.read_row_group(0), file.metadata.num_rows
    with pq.ParquetWriter(folder / "floor.parquet", first.schema, **WRITING) as writer:
        while left > 0:
            writer.write_table(first.slice(0, left), row_group_size=ROWS_A_GROUP)
            left -= first.num_rows
    return read_rows(folder / "floor.parquet")


def run_engine(folder: Path, name: str) -> int:
    """Work the credits out; return the rows written."""
    module, kind = ENGINES[name]
    engine: CreditEngine = getattr(importlib.import_module(module), kind)()
    task = CreditTask(
        policy=read_policy(tomllib.loads((folder / "policy.toml").read_text(encoding="utf-8"))),
        incidents=in_order(read_incidents(json.loads((folder / "incident.json").read_text(encoding="utf-8")))),
        inputs=CreditInputs(subscribers=str(folder / "subscribers.parquet"), presence=str(folder / "presence.parquet")),
        out=str(folder / f"{name}.parquet"),
    )
    return engine.run(task, lambda _what, _share: None).rows


def read_rows(path: Path) -> int:
    """Rows of a Parquet file, from its footer."""
    return int(pq.read_metadata(path).num_rows)


if __name__ == "__main__":
    main()
