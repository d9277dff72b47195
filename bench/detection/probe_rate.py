"""Counts the suspicions that probes raise while the networks are well, beside how many were asked for.

    python bench/detection/probe_rate.py [--asked 0.1] [--weeks 50] [--seeds 4]

The probes are those of the tests; each seed begins anew, so learning what is usual is part of its weeks.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "tests" / "service"))

from simulated_probes import Quiet, false_alarms  # type: ignore[import-not-found]

PROBES = {
    "2 sources, 1 % of answers lost": Quiet(sources=2, lost=0.01),
    "2 sources, 5 % lost": Quiet(sources=2, lost=0.05),
    "3 sources, 20 % lost": Quiet(sources=3, lost=0.2),
    "2, each line breaks once a week for 1 hour": Quiet(sources=2, breaks=(1, 1)),
    "2, once a week for 5 hours": Quiet(sources=2, breaks=(1, 5)),
    "2, three times for 1 hour, 2 % lost": Quiet(sources=2, lost=0.02, breaks=(3, 1)),
    "4, twice for 1 hour, 1 % lost": Quiet(sources=4, lost=0.01, breaks=(2, 1)),
    "12 homes in 6 regions, once for 1 hour, 1 % lost": Quiet(
        sources=12, regions=6, homes=True, lost=0.01, breaks=(1, 1)
    ),
    "20 homes in 10 regions, once for 2 hours, 1 % lost": Quiet(
        sources=20, regions=10, homes=True, lost=0.01, breaks=(1, 2)
    ),
    "3 over each of 3 operators, once for 1 hour, the target away as often": Quiet(
        sources=3, operators=3, lost=0.01, breaks=(1, 1), away=(1, 1)
    ),
}


def main() -> None:
    """Count and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--asked", type=float, default=0.1)
    parser.add_argument("--weeks", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=4)
    asked = parser.parse_args()
    weeks = asked.weeks * asked.seeds
    for name, quiet in PROBES.items():
        alarms = sum(false_alarms(quiet, asked.weeks, seed=seed, asked=asked.asked) for seed in range(asked.seeds))
        print(f"{alarms:4} in {weeks} weeks, {asked.asked * weeks:g} asked for: {name}", flush=True)


if __name__ == "__main__":
    main()
