"""Harder streams for the detection bench: what the public ones leave out, made from the same pieces.

Each variant changes one thing of SPEC v1: a ramped onset, dispersion 0.3, means 0.05 and 50, missing feeds, an evening
peak that moves for a month, a growth step, talk on the day after an outage, lone spikes, and one outage among five
hundred siblings.
Seeds are fresh: none is a public one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import stream
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
WEEK, DAY = stream.BINS_PER_WEEK, stream.BINS_PER_DAY
WEEKS = 12
# The evening peak moves by three hours from week 7 on, for thirty days, as in Ramadan.
MOVED_HOURS, MOVED_FROM, MOVED_DAYS = 3, 6 * WEEK, 30
GROWTH = 1.4
# Once a day, by chance, counts leap to five to forty times the usual, halve from bin to bin and are over after four.
SPIKE_TIMES = (5.0, 40.0)
SIBLINGS = 500


@dataclass(frozen=True)
class Variant:
    """One harder stream: its name, what it does, its cells, and how the detector is asked."""

    name: str
    says: str
    strata: str = "PND"
    means: tuple[float, ...] = (0.2, 1.0, 5.0, 20.0)
    dispersion: float | None = None
    options: Callable[[], dict[str, Any]] = dict

    def cells(self) -> list[Any]:
        """Return its cells."""
        return [stream.Cell(stratum, mean) for stratum in self.strata for mean in self.means]


def moved_days() -> dict[date, int]:
    """Return the calendar that announces the moved evenings: hours later by date."""
    first = stream.STREAM_START.date() + timedelta(days=MOVED_FROM // DAY)
    return {first + timedelta(days=day): MOVED_HOURS for day in range(MOVED_DAYS)}


VARIANTS = (
    Variant("plain", "SPEC v1, fresh seeds"),
    Variant("ramp", "the outage comes up over an hour (the limit assumes a step)"),
    Variant("dispersion 0.3", "counts scatter three times as much beyond Poisson", strata="N", dispersion=0.3),
    Variant("mean 0.05", "one count in two hours", means=(0.05,)),
    Variant("mean 50", "fifty counts a bin", means=(50.0,)),
    Variant("missing feeds", "24 gaps of up to six hours and 2 % of all bins"),
    Variant("moved evening", "the evening peak comes three hours later for thirty days, unannounced"),
    Variant("moved evening, announced", "the same, with a calendar", options=lambda: {"calendar": moved_days()}),
    Variant("growth step", "40 % more from some week on, for good"),
    Variant("news", "on the day after an outage a quarter of its rise comes back for four hours"),
    Variant("lone spikes", "once a day, by chance, the counts leap to 5 to 40 times the usual for a few minutes"),
)


def make(variant: Variant, cell: Any, seed: int, *, null: bool) -> Any:
    """Return one series of a variant's cell, as `stream.Series`."""
    name = variant.name
    key = [seed, stream.STRATA.index(cell.stratum), round(100 * cell.base_rate), int(null), len(name), ord(name[0])]
    rng = np.random.default_rng(np.random.SeedSequence(key))
    rate = cell.base_rate * np.tile(stream.week_profile(), WEEKS)
    drift = np.exp(stream.day_drift(rng, WEEKS)) if cell.stratum == "D" else np.ones_like(rate)
    outages = () if null else stream.draw_outages(rng)
    if name.startswith("moved evening"):
        span = slice(MOVED_FROM, MOVED_FROM + MOVED_DAYS * DAY)
        rate[span] = cell.base_rate * np.tile(_moved_week(), WEEKS)[span]
    if name == "growth step":
        rate[int(rng.integers(5 * WEEK, 8 * WEEK)) :] *= GROWTH
    if name == "lone spikes":
        rate = rate * _spikes(rng, rate.size)
    rate = rate * drift
    dispersion = cell.dispersion if variant.dispersion is None else variant.dispersion
    counts = stream.draw_counts(rng, rate * _factor(name, outages, rate.size), dispersion)
    if name == "missing feeds":
        _lose(counts, rng)
    return stream.Series(counts, rate, dispersion, outages)


def siblings(seed: int, mean: float) -> tuple[Counts, Any]:
    """Return five hundred series that share a day-level drift, and the one outage, of the first."""
    rng = np.random.default_rng(seed)
    rate = mean * np.tile(stream.week_profile(), WEEKS) * np.exp(stream.day_drift(rng, WEEKS))
    outage = stream.Outage(9 * WEEK + 150 + int(rng.integers(0, WEEK - 300)), stream.OUTAGE_BINS, 5)
    counts = np.stack([stream.draw_counts(rng, rate, stream.DISPERSION) for _ in range(SIBLINGS)])
    span = slice(outage.start, outage.end)
    counts[0, span] = stream.draw_counts(rng, outage.multiplier * rate[span], stream.DISPERSION)
    return counts, outage


def _moved_week() -> Floats:
    hour = np.arange(DAY) * 24 / DAY
    shape = 0.12 + 0.55 * stream.peak(hour, 10, 3.0) + 1.0 * stream.peak(hour, 20 + MOVED_HOURS, 2.6)
    weekdays = np.array(stream.WEEKDAY_FACTORS) / np.mean(stream.WEEKDAY_FACTORS)
    return np.concatenate([shape / shape.mean() * factor for factor in weekdays])


def _factor(name: str, outages: tuple[Any, ...], bins: int) -> Floats:
    factor = np.ones(bins)
    for outage in outages:
        rise = np.full(outage.length, outage.multiplier - 1.0)
        if name == "ramp":
            rise[:12] *= np.arange(1, 13) / 12
        factor[outage.start : outage.end] = 1.0 + rise
        if name == "news":
            begin = outage.start + DAY
            hours = np.sin(np.pi * (np.arange(48) + 0.5) / 48)[: max(0, bins - begin)]
            factor[begin : begin + hours.size] += 0.25 * (outage.multiplier - 1) * hours
    return factor


def _spikes(rng: np.random.Generator, bins: int) -> Floats:
    factor = np.ones(bins)
    for begin in np.flatnonzero(rng.random(bins) < 1.0 / DAY).tolist():
        size = float(np.exp(rng.uniform(*np.log(SPIKE_TIMES))))
        for after in range(int(rng.integers(1, 5))):
            factor[min(begin + after, bins - 1)] += size / 2**after
    return factor


def _lose(counts: Counts, rng: np.random.Generator) -> None:
    for _ in range(2 * WEEKS):
        begin = int(rng.integers(0, counts.size - 100))
        counts[begin : begin + int(rng.integers(3, 73))] = -1
    counts[rng.random(counts.size) < 0.02] = -1
