"""Measures the intake: what a durable report costs beside bare applications, batches, and how long an answer takes.

    python bench/intake/measure_intake.py [--seconds 5] [--only singles] [--fastapi PYTHON]
    python bench/intake/measure_intake.py --only soak --seconds 600
    python bench/intake/measure_intake.py --only turns [--turns 5]
    python bench/intake/measure_intake.py --only large

Servers run one after another, alone, on a temporary folder, so that all see the same machine. Where others use it too,
turns say more: the desk and the bare application again and again, and the median of what one took over the other. CPU
seconds are those of the server's process, user and system, the sync included.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import load
import msgspec
import psutil
from desk_app import TOKEN

from pulih.adapters.sql.engine import open_engine, sqlite_url
from pulih.adapters.sql.ledger import SqlLedger
from pulih.adapters.sql.upgrading import upgrade
from pulih.ports.intake import Keyed
from pulih.service.accepting import SETTLE_S

HERE = Path(__file__).parent
CONNECTIONS = 64


class Server(msgspec.Struct):
    """A server that runs: its port, its process, its folder."""

    port: int
    process: psutil.Process
    folder: Path

    def cpu_s(self) -> float:
        """Return the CPU seconds it has taken so far."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextlib.contextmanager
def served(app: str, python: str = sys.executable) -> Iterator[Server]:
    """Run an application of this folder with uvicorn, as the desk is run, by this interpreter or another."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        python, "-m", "uvicorn", app, "--app-dir", str(HERE), "--port", str(port), "--lifespan", "off",
        "--no-access-log", "--log-level", "warning", "--loop", "uvloop", "--http", "httptools",
        "--no-proxy-headers", "--no-server-header",
    ]  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="pulih-bench-") as folder:
        process = subprocess.Popen(command, env={**os.environ, "PULIH_BENCH": folder})
        try:
            _wait_for(port, process)
            yield Server(port, psutil.Process(process.pid), Path(folder))
        finally:
            process.kill()
            process.wait()


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise SystemExit("the server ended at its start")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
            return
        time.sleep(0.05)
    raise SystemExit("the server did not listen within 10 seconds")


def singles(app: str, seconds: float, python: str = sys.executable) -> float:
    """Post single reports flat out for about `seconds`, and return how many a CPU second of the server took."""
    lines = load.report_lines(1)
    with served(app, python) as server:
        warm = [load.request(line, TOKEN) for line in itertools.islice(lines, 2000)]
        rate = len(warm) / load.flat_out(server.port, warm, CONNECTIONS).took_s
        sent = [load.request(line, TOKEN) for line in itertools.islice(lines, int(rate * seconds))]
        before = server.cpu_s()
        loaded = load.flat_out(server.port, sent, CONNECTIONS)
        per_cpu = loaded.good / (server.cpu_s() - before)
    print(
        f"{app:22} {loaded.good / loaded.took_s:8,.0f}/s {per_cpu:8,.0f} per CPU second   "
        f"p50 {loaded.latency_ms(0.5):5.1f} ms  p99 {loaded.latency_ms(0.99):5.1f} ms  refused {loaded.bad}"
    )
    return per_cpu


def turns(count: int, seconds: float) -> None:
    """Post single reports to the desk and to the bare application in turn, and print the median of their ratios."""
    ratios = sorted(singles("desk_app:app", seconds) / singles("bare_app:gathered", seconds) for _ in range(count))
    told = ", ".join(f"{one:.2f}" for one in ratios)
    print(f"per CPU second, the desk beside bare with group sync: median {statistics.median(ratios):.2f} of {told}")


def batches(lines_each: int, total: int, *, zipped: bool) -> None:
    """Post batches flat out from four connections and print the speed; all must be counted once."""
    lines = load.report_lines(1)
    bodies = [b"\n".join(itertools.islice(lines, lines_each)) for _ in range(total // lines_each)]
    kind = "application/x-ndjson"
    sent = [load.request(body, TOKEN, kind=kind, zipped=zipped) for body in bodies]
    with served("desk_app:app") as server:
        before = server.cpu_s()
        loaded = load.flat_out(server.port, sent, 4)
        cpu_s = server.cpu_s() - before
        time.sleep(2 * SETTLE_S)
        counted = _counted(server.folder)
    count = loaded.good * lines_each
    assert counted == count == total, (counted, count, total)
    print(
        f"batches of {lines_each:6,}{' gzip' if zipped else '     '}  {count / loaded.took_s:9,.0f} reports/s "
        f"{count / cpu_s:9,.0f} per CPU second   counted {counted:,} of {total:,}"
    )


def answers(per_s: float, seconds: float) -> None:
    """Post single reports at a pace and print how long answers took, counted from when each was due."""
    lines = load.report_lines(1)
    sent = [load.request(line, TOKEN) for line in itertools.islice(lines, int(per_s * seconds))]
    with served("desk_app:app") as server:
        before = server.cpu_s()
        loaded = load.paced(server.port, sent, connections=256, per_s=per_s)
        busy = (server.cpu_s() - before) / loaded.took_s
    print(
        f"paced {per_s:,.0f}/s: answered {loaded.good / loaded.took_s:,.0f}/s, p50 {loaded.latency_ms(0.5):.1f} ms, "
        f"p99 {loaded.latency_ms(0.99):.1f} ms, refused {loaded.bad}, server {busy:.0%} of a core"
    )


def soak(per_s: float, seconds: float) -> None:
    """Post single reports at a pace for long, in tenths, and print how much memory the server holds after each."""
    lines = load.report_lines(1)
    held = []
    with served("desk_app:app") as server:
        for _ in range(10):
            sent = [load.request(line, TOKEN) for line in itertools.islice(lines, int(per_s * seconds / 10))]
            loaded = load.paced(server.port, sent, connections=256, per_s=per_s)
            held.append(server.process.memory_info().rss / 1e6)
    print(
        f"soak {per_s:,.0f}/s for {seconds:,.0f} s: MB after each tenth {', '.join(f'{one:.0f}' for one in held)}; "
        f"last tenth p99 {loaded.latency_ms(0.99):.1f} ms, refused {loaded.bad}"
    )


def large(keys: int) -> None:
    """Print what accepting batches costs when the ledger knows `keys` reports already."""
    with tempfile.TemporaryDirectory(prefix="pulih-bench-") as folder:
        engine = open_engine(sqlite_url(Path(folder) / "intake.db"), "intake")
        upgrade(engine, "intake")
        ledger = SqlLedger(engine)
        chance = random.Random(1)
        frame = 0

        def accept(count: int) -> float:
            nonlocal frame
            reports = [Keyed(chance.getrandbits(64) - (1 << 63), "form") for _ in range(count)]
            begun = time.process_time()
            for start in range(0, count, 50_000):
                frame += 1
                ledger.accept(frame, reports[start : start + 50_000], (), at_us=frame)
            ledger.settle()
            return time.process_time() - begun

        for _ in range(keys // 500_000):
            accept(500_000)
        took_s = accept(200_000)
    print(f"ledger of {keys:,} keys: {200_000 / took_s:,.0f} reports per CPU second, in frames of 50,000")


def _counted(folder: Path) -> int:
    return sum(one.counted for one in SqlLedger(open_engine(sqlite_url(folder / "intake.db"), "intake")).counts())


def main() -> None:
    """Run all measurements."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--only", choices=("singles", "batches", "answers", "soak", "large", "turns"))
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--fastapi", metavar="PYTHON", help="an interpreter that has fastapi and uvicorn[standard]")
    asked = parser.parse_args()
    if asked.only in (None, "singles"):
        desk = singles("desk_app:app", asked.seconds)
        gathered = singles("bare_app:gathered", asked.seconds)
        each = singles("bare_app:each", asked.seconds)
        plain = singles("plain_app:app", asked.seconds)
        print(
            f"per CPU second, the desk beside: bare with group sync {desk / gathered:.2f}, "
            f"bare with a sync each {desk / each:.2f}, Litestar and SQLite {desk / plain:.2f}"
        )
        if asked.fastapi:
            fastapi = singles("fastapi_app:app", asked.seconds, asked.fastapi)
            print(f"per CPU second, the desk beside FastAPI and SQLite {desk / fastapi:.2f}")
    if asked.only in (None, "batches"):
        batches(1_000, 100_000, zipped=False)
        batches(10_000, 400_000, zipped=False)
        batches(10_000, 400_000, zipped=True)
    if asked.only in (None, "answers"):
        answers(3_000, asked.seconds)
    if asked.only == "turns":
        turns(asked.turns, asked.seconds)
    if asked.only == "soak":
        soak(4_000, asked.seconds)
    if asked.only == "large":
        large(10_000_000)


if __name__ == "__main__":
    main()
