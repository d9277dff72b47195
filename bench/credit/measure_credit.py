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
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--page", type=Path, help=f"where to write the figures; the project's own is {PAGE.name}")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        presence = make_population(folder, chosen.subscribers)
        runs = measure(folder, chosen.engines, chosen.rounds)
    text = page(chosen.subscribers, presence, runs)
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


def page(subscribers: int, presence: int, runs: dict[str, list[Run]]) -> str:
    """The page of figures."""
    best = {name: min(done, key=lambda run: run.wall_s) for name, done in runs.items()}
    floor = best["floor"]
    lines = [
        "# Credits: time and memory",
        "",
        f"{subscribers:,} subscribers, {presence:,} rows of presence, policy `idn-default`, one incident with",
        f"40 windows; {best['kernel'].rows:,} credits. {os.cpu_count()} cores ({platform.machine()}), Python "
        f"{platform.python_version()}. Made by `make bench-credit N={subscribers}`, the fastest of "
        f"{len(runs['floor'])} rounds.",
        "",
        "| process | time | times the floor | time of all cores | peak memory |",
        "|---|---|---|---|---|",
    ]
    for name in ("floor", *(name for name in best if name != "floor")):
        run, peak_mb = best[name], max(run.peak_mb for run in runs[name])
        ratio = run.wall_s / floor.wall_s
        lines.append(f"| {name} | {run.wall_s:.1f} s | {ratio:.2f} | {run.cpu_s:.1f} s | {peak_mb:,.0f} MB |")
    lines += [
        "",
        "The floor reads every column of the same files and writes as many rows as the kernel, with the same settings",
        f"(`bench/credit/run_credit.py`). The bar for the kernel: at most {BAR_RATIO:.0f} times the floor and "
        f"{BAR_MB:,} MB at 100 million subscribers.",
        "Times are of whole processes, start included, which weighs where there are few subscribers.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
