"""Measures a whole desk: how fast it counts, how long until a complaint is on the console, answers, memory, CPU.

    python bench/desk/measure_desk.py [--seconds 10] [--only reading|told|answers]
    python bench/desk/measure_desk.py --only reading --same 0.5
    python bench/desk/measure_desk.py --only soak --seconds 600

The desk runs as `pulih serve` runs it, on a temporary folder, and is fed invented complaints (`tools/simulation`), all
in distinct words, unless a part is to be the same: that part says what 500 of them say. CPU is that of the desk and of
its reading processes; the sender takes a share of the machine too.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psutil

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "intake"), str(ROOT / "tools")]

import load  # noqa: E402

from simulation.story import Story  # noqa: E402

POOL = 40_000
# Among so many texts is what those say that say the same.
SAID_AGAIN = 500
CONNECTIONS = 128
SAMPLE_S = 10


class Running(msgspec.Struct):
    """A desk that runs: its port, a token for it, its process and those that read for it."""

    port: int
    token: str
    processes: list[psutil.Process]

    def said(self) -> dict[str, Any]:
        """Return what the desk says of itself."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/bench", timeout=60) as answer:
            return msgspec.json.decode(answer.read(), type=dict[str, Any])

    def cpu_s(self) -> list[float]:
        """Return the CPU seconds that the desk has taken so far, and that its readers have."""
        taken = [sum(one.cpu_times()[:2]) for one in self.processes]
        return [taken[0], sum(taken[1:])]

    def memory_mb(self) -> list[float]:
        """Return what the desk holds in memory, and what its readers do."""
        held = [one.memory_info().rss / 1e6 for one in self.processes]
        return [held[0], sum(held[1:])]

    def wait_until_counted(self, most_s: float = 600.0) -> int:
        """Wait until all that was accepted is counted, but not for ever; return how many commits are not by then."""
        until_s = time.perf_counter() + most_s
        while (said := self.said())["position"] < said["frames"] and time.perf_counter() < until_s:
            time.sleep(0.05)
        return int(said["frames"] - said["position"])


@contextlib.contextmanager
def running(workers: int) -> Iterator[Running]:
    """Run a desk on a temporary folder; reading has begun when it is given."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory(prefix="pulih-bench-") as name:
        command = [sys.executable, str(Path(__file__).with_name("desk_process.py")), f"{name}/desk", str(port)]
        process = subprocess.Popen([*command, str(workers)], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        token = process.stdout.readline().strip()
        process.stdout.readline()
        threading.Thread(target=process.stdout.read, daemon=True).start()
        whole = psutil.Process(process.pid)
        readers = [one for one in whole.children() if "spawn_main" in " ".join(one.cmdline())]
        desk = Running(port, token, [whole, *readers])
        try:
            load.paced(port, _posts(desk, Texts(2), 200), connections=8, per_s=100)
            desk.wait_until_counted()
            desk.said()
            yield desk
        finally:
            process.terminate()
            process.wait(60)


class Texts:
    """Complaints in distinct words, without end; of every thousand, `same` say what others say too."""

    _pool: tuple[str, ...] = ()

    def __init__(self, seed: int, same: int = 0) -> None:
        """Number the reports from ten million times `seed`."""
        self._same = same
        if not Texts._pool:
            Texts._pool = tuple(itertools.islice(_distinct(), POOL))
        self._numbers = itertools.count(seed * 10_000_000)

    def line(self) -> bytes:
        """Return the next report."""
        number = next(self._numbers)
        place, turn = number % POOL, number // POOL
        # In later turns a few words of another text are added, so that none is said twice.
        other = self._pool[(place * 7 + turn * 31) % POOL].split()[:3] if turn else []
        text = " ".join([self._pool[place], *other])
        if number % 1_000 < self._same:
            text = self._pool[number % SAID_AGAIN]
        return msgspec.json.encode({"id": str(number), "source": "form", "text": text, "author": f"u{number % 90_001}"})


def reading(workers: int, reports: int, same: float) -> None:
    """Post batches flat out and print how fast they were acknowledged, and how fast all of them were counted."""
    texts = Texts(3, round(1_000 * same))
    lines = [texts.line() for _ in range(reports)]
    distinct = len({msgspec.json.decode(line)["text"] for line in lines})
    bodies = [b"\n".join(lines[first : first + 1_000]) for first in range(0, reports, 1_000)]
    with running(workers) as desk:
        sent = [load.request(body, desk.token, kind="application/x-ndjson") for body in bodies]
        before, began_s = desk.cpu_s(), time.perf_counter()
        loaded = load.flat_out(desk.port, sent, 4)
        desk.wait_until_counted()
        took_s = time.perf_counter() - began_s
        busy = [(after - first) / took_s for after, first in zip(desk.cpu_s(), before, strict=True)]
    print(
        f"batches, {workers} reading: {1_000 * loaded.good / loaded.took_s:,.0f} reports/s acknowledged, "
        f"{1_000 * loaded.good / took_s:,.0f} reports/s read and counted; desk {busy[0]:.0%} of a core, readers "
        f"{busy[1]:.0%}; refused {loaded.bad}; {distinct:,} distinct texts of {reports:,}; CPU a report: "
        f"desk {busy[0] * took_s / reports * 1e6:.0f} µs, readers {busy[1] * took_s / reports * 1e6:.0f} µs",
        flush=True,
    )


def told(per_s: int, seconds: float, *, workers: int) -> None:
    """Post single reports at a pace; print the time to a 202, and from there until pages are told."""
    with running(workers) as desk:
        before = desk.cpu_s()
        posts = _posts(desk, Texts(4), int(per_s * seconds))
        # One that is idle for five seconds is closed by the desk.
        loaded = load.paced(desk.port, posts, connections=min(CONNECTIONS, per_s), per_s=per_s)
        busy = [(after - first) / loaded.took_s for after, first in zip(desk.cpu_s(), before, strict=True)]
        time.sleep(1.0)
        said = desk.said()
        waits = sorted([*said["ms"], *[float("inf")] * said["untold"]])
    share = [waits[min(len(waits) - 1, int(part * len(waits)))] for part in (0.5, 0.95)] if waits else [0.0, 0.0]
    print(
        f"paced {per_s:,}/s, {workers} reading: answered {loaded.good / loaded.took_s:,.0f}/s, 202 within p50 "
        f"{loaded.latency_ms(0.5):.1f} ms, p99 {loaded.latency_ms(0.99):.1f} ms; counted and told behind it within "
        f"p50 {share[0]:.0f} ms, p95 {share[1]:.0f} ms, not yet a second later {said['untold']:,}; desk {busy[0]:.0%} "
        f"of a core, readers {busy[1]:.0%}; refused {loaded.bad}",
        flush=True,
    )


def soak(per_s: int, seconds: float, *, workers: int) -> None:
    """Post single reports at a pace for long; print memory every ten seconds, and how fast it grows."""
    texts, held = Texts(5), []
    with running(workers) as desk:
        began_s = time.perf_counter()
        while time.perf_counter() - began_s < seconds:
            before = desk.cpu_s()
            loaded = load.paced(desk.port, _posts(desk, texts, per_s * SAMPLE_S), connections=CONNECTIONS, per_s=per_s)
            busy = [(after - first) / loaded.took_s for after, first in zip(desk.cpu_s(), before, strict=True)]
            said, memory = desk.said(), desk.memory_mb()
            held.append((time.perf_counter() - began_s, *memory))
            waiting = said["frames"] - said["position"]
            print(
                f"{held[-1][0]:6.0f} s  answered {loaded.good / loaded.took_s:,.0f}/s, "
                f"p99 {loaded.latency_ms(0.99):,.0f} ms, refused {loaded.bad}; "
                f"desk {memory[0]:.0f} MB, {busy[0]:.0%}; readers {memory[1]:.0f} MB, {busy[1]:.0%}; "
                f"commits not yet counted {waiting:,}",
                flush=True,
            )
        sent_s = time.perf_counter()
        left = desk.wait_until_counted(most_s=60)
        print(
            f"{time.perf_counter() - sent_s:.1f} s after the last, {left:,} commits were not yet counted; "
            f"then the desk held {desk.memory_mb()[0]:.0f} MB"
        )
    half = held[len(held) // 2 :]
    for place, name in ((1, "desk"), (2, "readers")):
        print(
            f"growth of {name}: {_slope(held, place):+.1f} MB a minute, in the second half {_slope(half, place):+.1f}"
        )


def main() -> None:
    """Run what was asked for; all but the soak by default."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--reports", type=int, default=100_000)
    parser.add_argument("--same", type=float, default=0.0, help="share of the reports of `reading` that say the same")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--per-second", type=int, default=4_000, help="pace of the soak")
    parser.add_argument("--only", choices=("reading", "told", "answers", "soak"))
    asked = parser.parse_args()
    if asked.only in (None, "reading"):
        for workers in (1, 2):
            reading(workers, asked.reports, asked.same)
    if asked.only in (None, "told"):
        for per_s in (10, 1_000):
            told(per_s, asked.seconds, workers=asked.workers)
    if asked.only in (None, "answers"):
        told(3_000, asked.seconds, workers=asked.workers)
    if asked.only == "soak":
        soak(asked.per_second, asked.seconds, workers=asked.workers)


def _posts(desk: Running, texts: Texts, count: int) -> list[bytes]:
    return [load.request(texts.line(), desk.token) for _ in range(count)]


def _distinct() -> Iterator[str]:
    """Yield invented posts, each once."""
    known: set[str] = set()
    for seed in itertools.count(1):
        for post in Story(random.Random(seed)).posts():
            if post.text not in known:
                known.add(post.text)
                yield post.text


def _slope(held: list[tuple[float, ...]], place: int) -> float:
    """Return the growth of one column, MB a minute, by least squares."""
    if len(held) < 2:
        return 0.0
    mean_s = sum(one[0] for one in held) / len(held)
    spread = sum((one[0] - mean_s) ** 2 for one in held)
    return 60 * sum((one[0] - mean_s) * one[place] for one in held) / spread


if __name__ == "__main__":
    main()
