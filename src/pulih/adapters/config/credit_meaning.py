"""What [credit] can get wrong although every key is of its kind: a table not there, open to all, or none of credits."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq

from pulih.adapters.config.files import Wrong, readable
from pulih.adapters.config.settings import CreditTable
from pulih.adapters.credit.columns import check_types
from pulih.adapters.credit.disk import reading
from pulih.adapters.credit.tables import is_csv
from pulih.model.errors import PulihError


def faults_of_credit(table: CreditTable) -> Iterator[Wrong]:
    """Return what is wrong with [credit]."""
    for needed, other in (("subscribers", "presence"), ("presence", "subscribers")):
        if getattr(table, needed) is None and (getattr(table, other) or table.affected):
            yield ("credit",), f"credits need {needed} too", f'a line such as {needed} = "{needed}.parquet"'
    for name in ("subscribers", "presence", "affected"):
        path: Path | None = getattr(table, name)
        if path is not None:
            yield from _table(path, name)


def _table(path: Path, name: str) -> Iterator[Wrong]:
    spot = ("credit", name)
    refused = list(readable(path, spot))
    yield from refused
    if refused:
        return
    if path.stat().st_mode & 0o007:
        what = f"everybody on this machine may read the table in {path}"
        yield spot, what, f"a file that only the desk may read: chmod 600 {path}"
    if is_csv(str(path)):
        what = f"{path} is CSV, which the desk would read anew for every question"
        yield spot, what, "a Parquet file (docs/credit.md)"
        return
    try:
        with reading(str(path)), pq.ParquetFile(path) as file:
            check_types(str(path), name, file.schema_arrow)
    except PulihError as refusal:
        yield spot, str(refusal).rstrip("."), f"a table of {name} as docs/credit.md says"
