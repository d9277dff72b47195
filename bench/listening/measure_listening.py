"""Measures listening: posts a second through a source into a whole desk, and what twenty idle sources cost.

    python bench/listening/measure_listening.py [--posts 100000] [--idle-s 30] [--workers 0]

The desk is a whole one on a temporary folder, with journal, ledger and reading; the source is made up and in the same
process, so what is measured is everything behind the protocol of a platform. How much of the time readers had something
to read, while others waited for it, is seen fifty times a second: who waits for a core has something to do, so that is
true on a machine that others use, as no rate is.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from bench_sources import FloodSettings, QuietSettings

from pulih.adapters.config import DeskSettings
from pulih.adapters.config.settings import ReadingTable
from pulih.adapters.config.source_tables import SourceTable
from pulih.adapters.data_folder import DataFolder
from pulih.serve.clocks import WorldClock
from pulih.serve.desk import Desk
from pulih.serve.interpreter import share_evenly

IDLE_SOURCES = 20
# What a desk does once, at its start, is not what it costs.
SETTLE_S = 15.0
# Looks in a second.
SECOND = 50


@contextmanager
def desk_of(*sources: SourceTable, workers: int = 0) -> Iterator[Desk]:
    """Run a desk that listens to some sources."""
    with tempfile.TemporaryDirectory() as root, DataFolder(Path(root) / "desk") as folder:
        desk = Desk(folder, DeskSettings(source=sources, reading=ReadingTable(workers=workers)), WorldClock())
        desk.start()
        try:
            yield desk
        finally:
            desk.stop()


class Busy:
    """How often processes that read were seen with something to do."""

    def __init__(self) -> None:
        self._looks = 0
        self._processes: dict[int, psutil.Process] = {}
        self._seen: dict[int, list[bool]] = {}

    def look(self) -> None:
        """Look at each once; such as begin meanwhile are met within a second."""
        if self._looks % SECOND == 0:
            found = psutil.Process().children(recursive=True)
            self._processes = {one.pid: one for one in found if "spawn_main" in " ".join(one.cmdline())}
        self._looks += 1
        for pid, one in self._processes.items():
            self._seen.setdefault(pid, []).append(one.status() != psutil.STATUS_SLEEPING)

    def shares(self) -> list[float]:
        """Return of each that was seen for two seconds the share of looks, without its first second."""
        seen = (looks[SECOND:] for looks in self._seen.values() if len(looks) > 2 * SECOND)
        return [sum(looks) / len(looks) for looks in seen]


def flood(posts: int, workers: int) -> None:
    """Say how fast a flood is kept, and how fast it is read and counted."""
    table = SourceTable(name="flood", kind="flood", own=FloodSettings(posts=posts))
    busy = Busy()
    with desk_of(table, workers=workers) as desk:
        began, spent_s, steps = time.monotonic(), cpu_s(), cpu_by_step()
        kept_s = counted_s = 0.0
        while not counted_s:
            time.sleep(1 / SECOND)
            if desk.live.position():
                busy.look()
            count = next((one for one in desk.live.sources() if one.source == "flood"), None)
            if count is None:
                continue
            now_s = time.monotonic() - began
            kept_s = kept_s or now_s * (count.counted == posts)
            counted_s = now_s * bool(kept_s and desk.lag_s() == 0)
        spent_s = cpu_s() - spent_s
        steps = {name: used_s - steps.get(name, 0.0) for name, used_s in cpu_by_step().items()}
    print(f"{posts:,} posts: kept at {posts / kept_s:,.0f}/s, read and counted at {posts / counted_s:,.0f}/s")
    print(f"readers had something to read in {', '.join(f'{one:.0%}' for one in busy.shares())} of the time")
    print(f"all of it takes {spent_s / posts * 1e6:,.0f} microseconds of CPU a post, reading included; of these")
    for name, used_s in sorted(steps.items(), key=lambda one: -one[1]):
        print(f"  {used_s / posts * 1e6:6.1f} {name}")


def idle(sources: int, seconds: float) -> float:
    """Return the share of a core that a desk takes that listens to quiet sources."""
    tables = [SourceTable(name=f"quiet{n}", kind="quiet", own=QuietSettings()) for n in range(sources)]
    with desk_of(*tables):
        time.sleep(SETTLE_S)
        before, began = cpu_s(), time.monotonic()
        time.sleep(seconds)
        share = (cpu_s() - before) / (time.monotonic() - began)
    print(f"{sources} idle sources: {share:.1%} of a core")
    return share


def cpu_by_step() -> dict[str, float]:
    """Return the CPU seconds of each thread of the desk by its name, and of its reading processes."""
    here, names = psutil.Process(), {one.native_id: one.name for one in threading.enumerate()}
    used = dict.fromkeys(names.values(), 0.0)
    for thread in here.threads():
        if thread.id in names:
            used[names[thread.id]] += thread.user_time + thread.system_time
    reading = [one.cpu_times() for one in here.children(recursive=True)]
    return {**used, "reading processes, with their start": sum(one.user + one.system for one in reading)}


def cpu_s() -> float:
    """Return the CPU seconds of this process and those that it started."""
    here = psutil.Process()
    times = [one.cpu_times() for one in (here, *here.children(recursive=True))]
    return sum(one.user + one.system for one in times)


def main() -> None:
    """Measure all of it."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--posts", type=int, default=100_000)
    asked.add_argument("--idle-s", type=float, default=30.0)
    asked.add_argument("--workers", type=int, default=0, help="as reading.workers")
    told = asked.parse_args()
    with tempfile.TemporaryDirectory() as packages:
        info = Path(packages) / "bench_sources-1.0.dist-info"
        info.mkdir()
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: bench-sources\nVersion: 1.0\n")
        offers = "[pulih.sources]\nflood = bench_sources:FLOOD\nquiet = bench_sources:QUIET\n"
        (info / "entry_points.txt").write_text(offers)
        sys.path.insert(0, packages)
        share_evenly()
        idle(0, told.idle_s)
        idle(IDLE_SOURCES, told.idle_s)
        flood(told.posts, told.workers)


if __name__ == "__main__":
    main()
