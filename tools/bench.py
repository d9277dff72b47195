"""Measure speed and memory of the whole commands, on rows made from the bundled day; prints one line a figure.

    python tools/bench.py            100,000 rows, and texts read a minute
    python tools/bench.py --large    also ten million rows, for the memory bound; some forty minutes

Each figure is of a whole process: start, compile, read, write. The machine matters; compare within one run.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta
from pathlib import Path

DAY = Path(__file__).resolve().parent.parent / "src/pulih/data/demo/smartfren-2025-10-03-simulated.csv.gz"
PULIH = str(Path(sys.executable).with_name("pulih"))


def main() -> None:
    """Make the inputs in a temporary folder, run the commands, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--large", action="store_true", help="also ten million rows")
    large = parser.parse_args().large
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    with tempfile.TemporaryDirectory() as folder:
        _backtest(Path(folder), 100_000)
        _read(Path(folder), 100_000)
        if large:
            _backtest(Path(folder), 10_000_000)


def _backtest(folder: Path, rows: int) -> None:
    path = folder / f"{rows}.csv"
    write_rows(path, rows)
    command = [PULIH, "backtest", str(path), "--operator", "Smartfren", "--out", str(folder / "out")]
    seconds, megabytes = _run(command)
    print(f"backtest, {rows:,} rows: {seconds:.1f} s, {rows / seconds:,.0f} rows/s, peak memory {megabytes:,.0f} MB")
    path.unlink()


def _read(folder: Path, texts: int) -> None:
    path = folder / "texts.txt"
    bundled = [row["text"].replace("\n", " ") for row in _bundled()]
    path.write_text("".join(bundled[i % len(bundled)] + "\n" for i in range(texts)), encoding="utf-8")
    seconds, megabytes = _run([PULIH, "read"], stdin=path)
    print(f"read, {texts:,} texts: {60 * texts / seconds:,.0f} texts/min, peak memory {megabytes:,.0f} MB")


def _run(command: list[str], stdin: Path | None = None) -> tuple[float, float]:
    """Run a command and return its seconds and its own peak memory in MB."""
    with (stdin or Path(os.devnull)).open("rb") as source:
        begin = time.monotonic()
        process = subprocess.Popen(command, stdin=source, stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.monotonic() - begin
    if status:
        sys.exit(f"bench: {' '.join(command)} ended with status {status}")
    return seconds, usage.ru_maxrss / 1024


def _bundled() -> list[dict[str, str]]:
    with gzip.open(DAY, "rt", encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def write_rows(path: Path, rows: int) -> None:
    """Write `rows` rows: the bundled four weeks again and again over a year, in no order, each with its own id."""
    bundled = _bundled()
    chance = random.Random(1)
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["id", "time", "author", "text", "place"])
        for number in range(rows):
            row = bundled[number % len(bundled)]
            copy = number // len(bundled)
            at = datetime.fromisoformat(row["time"]) + timedelta(days=28 * (copy % 12), seconds=chance.randrange(300))
            writer.writerow([number, at.isoformat(), f"{row['author']}{copy}", row["text"], row["place"]])


if __name__ == "__main__":
    main()
