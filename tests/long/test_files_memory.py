"""Reading takes the same memory however long the file is; the longest runs belong to `make bench`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

READ = """
import resource, sys
from pulih.adapters.files.columns import ColumnWishes
from pulih.adapters.files.opening import open_sources
[source] = open_sources([sys.argv[1]], ColumnWishes(), now_us=2**60)
count = sum(1 for _ in source.rows())
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


def row(number: int) -> dict[str, str]:
    return {
        "id": str(number),
        "created_at": f"2025-{1 + number % 9:02d}-{1 + number % 28:02d}T{number % 24:02d}:{number % 60:02d}:00Z",
        "user": f"user{number % 9973}",
        "text": f"sinyal bagus tapi internet mati dari pagi 😭 tolong dong min, sudah {number} menit",
    }


def written(path: Path, rows: int) -> Path:
    if path.suffix == ".parquet":
        # One row group, as some programs write however long the file is.
        pq.write_table(pa.Table.from_pylist([row(number) for number in range(rows)]), path, row_group_size=rows)
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row(number)) + "\n" for number in range(rows)))
    else:
        lines = (f'{at},{time},{user},"{text}"\n' for at, time, user, text in (row(i).values() for i in range(rows)))
        path.write_text("id,created_at,user,text\n" + "".join(lines))
    return path


def measured(path: Path) -> tuple[int, int]:
    # Linux counts the memory of whoever starts a process as the process's own; a shell in between is small.
    between = ["sh", "-c", '"$@"; exit $?', "sh"]
    told = subprocess.run([*between, sys.executable, "-c", READ, str(path)], capture_output=True, text=True, check=True)
    count, megabytes = map(int, told.stdout.split())
    return count, megabytes


@pytest.mark.parametrize("suffix", ["csv", "jsonl", "parquet"])
def test_three_hundred_thousand_rows_take_little_more_memory_than_ten_thousand(tmp_path: Path, suffix: str) -> None:
    few, few_mb = measured(written(tmp_path / f"few.{suffix}", 10_000))
    many, many_mb = measured(written(tmp_path / f"many.{suffix}", 300_000))
    assert (few, many) == (10_000, 300_000)
    assert many_mb < 250
    # Parquet keeps the dictionaries of the row group at hand.
    assert many_mb - few_mb < 60


def test_a_cell_of_hundreds_of_megabytes_is_never_held(tmp_path: Path) -> None:
    path = tmp_path / "besar.csv"
    with path.open("wb") as file:
        file.write(b"time,text\n2025-10-03T08:48:00Z,mati total\n2025-10-03T08:48:00Z,")
        for _ in range(300):
            file.write(b"a" * (1 << 20))
        file.write(b"\n2025-10-03T08:48:00Z,lemot sekali\n")
    count, megabytes = measured(path)
    assert count == 3
    assert megabytes < 200
