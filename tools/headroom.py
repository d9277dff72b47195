"""Measure how far simulated quiet scopes stay below the proven bound of false alarms; docs/decisions/0003 quotes it.

    python tools/headroom.py

A headroom of 1 is that bound. First table: places, Poisson, with a believed rate that is right, a fifth or five
times the true one; and at the lower threshold that such places have (`place_headroom`), where 1 is the asked rate
itself. Second: the country with replies (three in ten posts draw one to five within 50 minutes), each
counted with several weights. Third: `scan_counts` on series drawn from its own beliefs; its headroom is the mean ratio
of the row "up to 12 %", so that the asked rate holds on average over series whose level wanders by no more a day
(four of five, by those beliefs). The rows of faster ones say what it costs when it does.
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.signal import lfilter

from pulih import scan_counts
from pulih.detect.family import CROWD, place_headroom, place_tuning
from pulih.series import changepoint as cp
from pulih.series.drift import PACES, PRIOR
from pulih.series.rhythm import HARMONIC_DECAY, HARMONIC_SD, prior_shape
from pulih.series.state import SLOW_FIRST, fresh_state, rises
from pulih.series.tuning import Tuning

Floats = NDArray[np.float64]

WEEKS = 600
RHYTHM = np.tile(np.repeat(prior_shape(), 12), 7 * WEEKS)
ASKED = 0.1
REPLY_SHARE, CHAIN_MOST, CHAIN_BINS = 0.3, 5, 10
SERIES, SERIES_WEEKS, WARM_WEEKS = 240, 12, 4
MEANS = (0.05, 0.2, 1.0, 5.0, 20.0, 50.0)
# Weekdays differ by a tenth; an hour is no quieter than a twentieth of the mean.
WEEKDAY_SD, QUIETEST = 0.1, 0.05


def main() -> None:
    """Print the three tables."""
    print("place: reports a day | alarms / bound, believed rate a fifth, right, five times | the same / asked rate")
    for per_day in (0.03, 0.1, 0.3, 1.0, 3.0):
        counts = _posts(per_day, np.random.default_rng(1))
        rows = [
            [_place_alarms(counts, per_day * times, lowered=lowered) / (ASKED * WEEKS) for times in (0.2, 1.0, 5.0)]
            for lowered in (False, True)
        ]
        print(f"{per_day:20} | " + " | ".join(", ".join(f"{ratio:.2f}" for ratio in row) for row in rows), flush=True)
    print("country: weight of a reply | alarms / bound at 1, 5, 40 reports a day")
    for weight in (0.0, 0.5, 1.0):
        row = [_country_alarms(_with_replies(per_day, weight)) / (0.25 * ASKED * WEEKS) for per_day in (1.0, 5.0, 40.0)]
        print(f"{weight:26} | " + ", ".join(f"{ratio:.2f}" for ratio in row))
    print(
        f"scan_counts: level wanders a day by | alarms / bound, weeks 5 to 12, at means a bin of {MEANS} | their mean"
    )
    for name, paces in (("up to 12 %", PACES <= 0.12), ("25 %", PACES == 0.25), ("50 %", PACES == 0.5)):
        prior = PRIOR * paces / (PRIOR * paces).sum()
        row = [_count_alarms(mean, prior) / (ASKED * SERIES * (SERIES_WEEKS - WARM_WEEKS)) for mean in MEANS]
        print(f"{name:35} | " + ", ".join(f"{ratio:.2f}" for ratio in row) + f" | {np.mean(row):.2f}", flush=True)


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


def _place_alarms(counts: Floats, believed_per_day: float, *, lowered: bool) -> int:
    headroom = float(place_headroom(np.array([believed_per_day]), CROWD.rare_headroom)[0]) if lowered else 1.0
    tuning = msgspec.structs.replace(place_tuning(CROWD), headroom=headroom, false_alarms_per_week=ASKED)
    return _alarms(counts, tuning, rises(300, SLOW_FIRST), share=1.0, believed=believed_per_day / 288)


def _country_alarms(counts: Floats) -> int:
    tuning = msgspec.structs.replace(CROWD, headroom=1.0, false_alarms_per_week=ASKED)
    return _alarms(counts, tuning, rises(300), share=0.25, believed=0.0)


def _count_alarms(mean: float, paces: Floats) -> int:
    """Return the alarms of quiet series of counts at the bound, where the scanner's own threshold is lower."""
    asked = ASKED * Tuning().headroom
    rng = np.random.default_rng([3, round(100 * mean)])
    found = 0
    for _ in range(SERIES // 40):
        counts = np.stack([_believed(mean, paces, rng) for _ in range(40)])
        start = datetime(2024, 1, 1, tzinfo=UTC)
        findings = scan_counts(counts, start=start, bin_s=300, false_alarms_per_week=asked)
        found += sum(one.alarm_bin >= WARM_WEEKS * 2016 for one in findings)
    return found


def _believed(mean: float, paces: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Draw a quiet series as the scanner believes them to be: rhythm, weekdays, wandering level, dispersion."""
    tuning = Tuning()
    wave = np.arange(1, 7)
    size = HARMONIC_SD / wave**HARMONIC_DECAY * rng.standard_normal((2, wave.size))
    angle = 2 * np.pi * wave[:, None] * (np.arange(288) + 0.5) / 288
    day = np.interp((np.arange(288) + 0.5) / 12, np.arange(24) + 0.5, prior_shape(), period=24)
    day = np.maximum(day + size[0] @ np.cos(angle) + size[1] @ np.sin(angle), QUIETEST)
    week = np.maximum(1 + WEEKDAY_SD * rng.standard_normal(7), 0.5)
    days = 7 * SERIES_WEEKS
    # The level wanders bin by bin, and is drawn back within the memory.
    steps = rng.choice(PACES, p=paces) / np.sqrt(288) * rng.standard_normal(days * 288)
    drift = lfilter([1.0], [1.0, -np.exp(-1 / (288 * tuning.memory_days))], steps)
    rate = mean * np.tile(day / day.mean(), days) * np.repeat(np.tile(week / week.mean(), SERIES_WEEKS), 288)
    dispersion = rng.exponential(tuning.dispersion_prior)
    counts: NDArray[np.int64] = rng.poisson(rate * np.exp(drift) * rng.gamma(1 / dispersion, dispersion, rate.size))
    return counts


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
