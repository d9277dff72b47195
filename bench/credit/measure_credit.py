"""Measure how fast credits are worked out, beside the floor of reading and rewriting; `make bench-credit N=...`.

    python bench/credit/measure_credit.py --subscribers 1000000 [--engines kernel duckdb] [--page FILE]

The population is made in a temporary folder (at 100 million subscribers some 4 GB) and taken away afterwards. Floor and
engines are processes of their own and take turns; of each the fastest round counts, since what else the machine does
only ever adds. Memory is the largest that any round of a process held, by the system's count.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import msgspec
from make_population import make_population
from run_credit import read_rows

HERE: Final = Path(__file__).resolve().parent
ROUNDS: Final = 3
PAGE: Final = HERE.parent.parent / "docs/benchmarks/credit.md"
BAR_RATIO: Final = 2.0
BAR_MB: Final = 1000


class Run(msgspec.Struct, frozen=True):
    """One run of one process: its whole time, time of both cores, the largest memory, rows written."""

    wall_s: float
    cpu_s: float
    peak_mb: float
    rows: int


def main() -> None:
    """Make the population, run all rounds, print the figures and write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--subscribers", type=int, default=1_000_000)
    parser.add_argument("--engines", nargs="+", default=["kernel"])
    parser.add_argument("--population", type=Path, help="a folder of make_population.py, to be measured once more")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--page", type=Path, help=f"where to write the figures; the project's own is {PAGE.name}")
    chosen = parser.parse_args()
    before = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as name:
        folder = chosen.population or Path(name)
        if chosen.population is None:
            make_population(folder, chosen.subscribers)
        runs = measure(folder, chosen.engines, chosen.rounds)
        rows = {table: read_rows(folder / f"{table}.parquet") for table in ("subscribers", "presence")}
    text = page(rows, runs, load=before)
    print(text)
    if chosen.page is not None:
        chosen.page.write_text(text, encoding="utf-8")


def measure(folder: Path, engines: list[str], rounds: int) -> dict[str, list[Run]]:
    """Run engines and floor in turns; the kernel goes first, since the floor rewrites what it wrote."""
    runs: dict[str, list[Run]] = {name: [] for name in ("kernel", "floor", *engines)}
    for _ in range(rounds):
        for name, done in runs.items():
            done.append(run_once(folder, name))
    return runs


def run_once(folder: Path, name: str) -> Run:
    """Run one process to its end."""
    begin = time.monotonic()
    command = [sys.executable, str(HERE / "run_credit.py"), name, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        wall_s = time.monotonic() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"bench: {' '.join(command)} ended with {process.returncode}")
    rows = int(json.loads(said)["rows"])
    return Run(wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, rows)


def page(rows: dict[str, int], runs: dict[str, list[Run]], *, load: float) -> str:
    """The page of figures."""
    best = {name: min(done, key=lambda run: run.wall_s) for name, done in runs.items()}
    lines = [
        "# Credits: time and memory",
        "",
        f"{rows['subscribers']:,} subscribers, {rows['presence']:,} rows of presence, policy `idn-default`, one",
        f"incident with 40 windows; {best['kernel'].rows:,} credits.",
        f"Made by `make bench-credit N={rows['subscribers']}` on",
        f"{os.cpu_count()} cores ({platform.machine()}) with Python {platform.python_version()}, the fastest of "
        f"{len(runs['floor'])} rounds; others",
        f"put a load of {load:.1f} on the cores before it began.",
        "",
        "| process | time | times the floor | time of all cores | times the floor | peak memory |",
        "|---|---|---|---|---|---|",
    ]
    for name in ("floor", *(name for name in best if name != "floor")):
        wall_s, peak_mb = best[name].wall_s, max(run.peak_mb for run in runs[name])
        cpu_s, floor_cpu_s = (min(run.cpu_s for run in runs[one]) for one in (name, "floor"))
        wall = f"{wall_s:.1f} s | {wall_s / best['floor'].wall_s:.2f}"
        cores = f"{cpu_s:.1f} s | {cpu_s / floor_cpu_s:.2f}"
        lines.append(f"| {name} | {wall} | {cores} | {peak_mb:,.0f} MB |")
    lines += [
        "",
        "The floor reads every column of the same files and writes as many rows as the kernel, with the same settings",
        f"(`bench/credit/run_credit.py`). The bar for the kernel: at most {BAR_RATIO:.0f} times the floor and "
        f"{BAR_MB:,} MB at 100 million subscribers.",
        "Times are of whole processes, start included, which weighs where there are few subscribers. Where others use",
        "the cores too, the time of all cores says more than the time on the clock.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
