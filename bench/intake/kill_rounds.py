"""Kills an intake under load, round after round, on one folder that grows, and looks that nothing acknowledged is lost.

    python bench/intake/kill_rounds.py [--rounds 100] [--seed 1]

Every other round ends at a stage of a commit drawn by chance, the others at a random moment. At the end each
acknowledged id must count exactly once and the counters must balance. The desk is the one of the tests.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "web"))

from intake_client import acknowledged_under_load, kept, running  # type: ignore[import-not-found]
from intake_desk import STAGES  # type: ignore[import-not-found]

from pulih.service.accepting import SETTLE_S


def main() -> None:
    """Kill and look."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    chance = random.Random(asked.seed)
    acknowledged: set[str] = set()
    with tempfile.TemporaryDirectory(prefix="pulih-kill-") as name:
        folder = Path(name)
        for turn in range(asked.rounds):
            stage = [chance.choice(STAGES), chance.randint(1, 60)] if turn % 2 else []
            with running(folder, *stage) as desk:
                if desk.port:
                    # A stage that is reached too seldom ends by the clock as well.
                    timer = threading.Timer(chance.uniform(0.05, 1.5 if stage else 0.5), desk.kill)
                    timer.start()
                    acknowledged |= acknowledged_under_load(desk, 1_000_000 * turn)
                    timer.join()
        with running(folder) as desk:
            desk.post(b'{"id":"last","source":"form"}')
            time.sleep(4 * SETTLE_S)
            desk.kill()
        counted, counts = kept(folder)
    lost, twice = acknowledged - set(counted), [one for one, count in counted.items() if count > 1]
    [form] = counts
    balanced = form.heard == form.counted + form.refused + form.repeated + form.late and form.counted == len(counted)
    print(
        f"{asked.rounds} rounds: {len(acknowledged):,} ids acknowledged, {len(lost)} lost, {len(twice)} counted twice, "
        f"counters {'balance' if balanced else 'DO NOT balance'} ({form})"
    )
    sys.exit(bool(lost or twice or not balanced))


if __name__ == "__main__":
    main()
