"""Kills a whole desk on its way through an outage, round after round, and compares what it found with a desk in peace.

    python bench/desk/kill_desk.py [--rounds 100] [--seed 1]

Ten rounds share a folder and hear one outage; two of three end at a stage drawn by chance, the others at a random
moment. At the end each report must count exactly once and the counters must balance, and the rows in the database, the
findings with all their fields and the timelines of the incidents must be those of a desk that nobody disturbed. The
desk and its feeder are those of the tests.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "web"))

from killed_desk import STAGES, TELLING  # type: ignore[import-not-found]
from killed_desk_feed import HIT, End, Kept, Step, feed, kept, outage, step_at, told_at  # type: ignore[import-not-found]

from pulih.model.clock import to_micros

TOGETHER = 10


def ends(chance: random.Random, steps: list[Step], peaceful: Kept, count: int) -> list[tuple[int, End]]:
    """Return how so many desks end, each with the step that is the last it may be sent; one while a finding is told."""
    hit = step_at(steps, to_micros(HIT))
    told = told_at(steps, peaceful)
    others = [number for number in range(hit + 2, len(steps)) if number != told]
    bounds = sorted([told, *chance.sample(others, count - 1)])
    return [(bound, End(chance.choice(TELLING), 1) if bound == told else _end(chance)) for bound in bounds]


def faults(after: Kept, peaceful: Kept) -> list[str]:
    """Return what differs from what a desk in peace left behind."""
    balanced = all(one.heard == one.counted + one.refused + one.repeated + one.late for one in after.counters)
    held = {
        "every report counts exactly once": after.times == peaceful.times,
        "counters balance": balanced and sum(one.counted for one in after.counters) == len(peaceful.rows),
        "rows are the same": after.rows == peaceful.rows,
        "findings are the same": after.findings == peaceful.findings,
        "incidents are the same": after.incidents == peaceful.incidents,
    }
    return [what for what, true in held.items() if not true]


def main() -> None:
    """Kill and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    steps, began_s, failed = outage(), time.monotonic(), 0
    how: Counter[str] = Counter()
    with tempfile.TemporaryDirectory(prefix="pulih-kill-") as name:
        feed(Path(name) / "peaceful", steps)
        peaceful = kept(Path(name) / "peaceful")
        for first in range(0, asked.rounds, TOGETHER):
            folder = Path(name) / str(first)
            chance = random.Random(f"{asked.seed} {first}")
            planned = ends(chance, steps, peaceful, min(TOGETHER, asked.rounds - first))
            how.update(feed(folder, steps, planned))
            if wrong := faults(kept(folder), peaceful):
                failed += 1
                print(f"rounds from {first}: NOT so: {', '.join(wrong)}; ends were {planned}", flush=True)
    print(
        f"{asked.rounds} rounds in {time.monotonic() - began_s:.0f} s, {failed} folders that differ. Each folder held "
        f"{len(peaceful.rows):,} reports, {len(peaceful.findings)} findings, {len(peaceful.incidents)} incidents."
    )
    print("ended by: " + ", ".join(f"{what} {count}" for what, count in how.most_common()))
    sys.exit(bool(failed))


def _end(chance: random.Random) -> End:
    if chance.random() < 1 / 3:
        return End(after_s=chance.uniform(0.0, 3.0))
    return End(chance.choice(STAGES), chance.randint(1, 3))


if __name__ == "__main__":
    main()
