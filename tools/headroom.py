"""Measure how far simulated quiet scopes stay below the proven bound of false alarms; docs/decisions/0003 quotes it.

    python tools/headroom.py

The backtest's own tuning, but for a headroom of 1. First table: places, Poisson, with a believed rate that is
right, a fifth or five times the true one. Second: the country with replies (three in ten posts draw one to five
within 50 minutes), each counted with several weights.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.family import CROWD, place_tuning
from pulih.series import changepoint as cp
from pulih.series.rhythm import prior_shape
from pulih.series.state import SLOW_FIRST, fresh_state, rises
from pulih.series.tuning import Tuning

Floats = NDArray[np.float64]

WEEKS = 600
RHYTHM = np.tile(np.repeat(prior_shape(), 12), 7 * WEEKS)
ASKED = 0.1
REPLY_SHARE, CHAIN_MOST, CHAIN_BINS = 0.3, 5, 10


def main() -> None:
    """Print both tables."""
    print("place: reports a day | alarms / bound, believed rate a fifth, right, five times")
    for per_day in (0.03, 0.1, 0.3, 1.0, 3.0):
        counts = _posts(per_day, np.random.default_rng(1))
        row = [_place_alarms(counts, per_day / 288 * times) / (ASKED * WEEKS) for times in (0.2, 1.0, 5.0)]
        print(f"{per_day:20} | " + ", ".join(f"{ratio:.2f}" for ratio in row))
    print("country: weight of a reply | alarms / bound at 1, 5, 40 reports a day")
    for weight in (0.0, 0.5, 1.0):
        row = [_country_alarms(_with_replies(per_day, weight)) / (0.25 * ASKED * WEEKS) for per_day in (1.0, 5.0, 40.0)]
        print(f"{weight:26} | " + ", ".join(f"{ratio:.2f}" for ratio in row))


def _posts(per_day: float, rng: np.random.Generator) -> Floats:
    return rng.poisson(per_day / 288 * RHYTHM).astype(np.float64)


def _with_replies(per_day: float, weight: float) -> Floats:
    rng = np.random.default_rng(2)
    counts = _posts(per_day, rng)
    bins = np.repeat(np.arange(counts.size), counts.astype(np.int64))
    for post in bins[rng.random(bins.size) < REPLY_SHARE]:
        replies = post + rng.integers(0, CHAIN_BINS, rng.integers(1, CHAIN_MOST + 1))
        np.add.at(counts, replies[replies < counts.size], weight)
    return counts


def _place_alarms(counts: Floats, believed: float) -> int:
    tuning = msgspec.structs.replace(place_tuning(CROWD), headroom=1.0, false_alarms_per_week=ASKED)
    return _alarms(counts, tuning, rises(300, SLOW_FIRST), share=1.0, believed=believed)


def _country_alarms(counts: Floats) -> int:
    tuning = msgspec.structs.replace(CROWD, headroom=1.0, false_alarms_per_week=ASKED)
    return _alarms(counts, tuning, rises(300), share=0.25, believed=0.0)


def _alarms(counts: Floats, tuning: Tuning, mixture: Floats, *, share: float, believed: float) -> int:
    """Return the alarms of one scope that holds `share` of its family's rate."""
    state, rise_state = fresh_state(1)
    found = np.zeros((20_000, 7))
    size = counts.size
    return int(
        cp.run(
            state[0], rise_state[0], counts, counts, counts, RHYTHM, np.full(size, share), np.full(size, believed),
            np.full(size, 0.02), tuning.vector(), mixture, found, np.zeros(size),
        )
    )  # fmt: skip


if __name__ == "__main__":
    main()
