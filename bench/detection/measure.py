"""Measure the product on one variant: false alarms, delay over the limit, what a growth step costs; and its speed."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import score
import stream
from limit import delay_limit
from scipy.stats import poisson

from pulih import CountScanner, scan_counts
from variants import VARIANTS, WEEK, Variant, make, siblings

JUDGED_FROM = 4 * WEEK


@dataclass(frozen=True)
class CellFigure:
    """One cell of one variant: the bench's own score, and false alarms on series without outages."""

    score: Any
    quiet_alarms: int
    quiet_weeks: float

    @property
    def quiet_rate(self) -> float:
        """Return false alarms a series-week on series without outages."""
        return self.quiet_alarms / self.quiet_weeks


@dataclass(frozen=True)
class Speed:
    """CPU microseconds a point, seconds of the slowest bin, and peak memory in MB."""

    series: int
    micros: float
    slowest_s: float
    megabytes: float


def measure(variant: Variant, cell: Any, *, series: int, seed: int, rate: float) -> CellFigure:
    """Run the product on one cell of a variant."""
    options = variant.options()
    quiet_alarms, figure = 0, score.CellScore(cell)
    for null in (False, True):
        made = [make(variant, cell, 1000 * seed + number, null=null) for number in range(series)]
        data = stream.stack(cell, made)
        found = scan_counts(
            data.counts, start=stream.STREAM_START, bin_s=stream.BIN_SECONDS, false_alarms_per_week=rate, **options
        )
        if null:
            grouped = score.by_series(found, series)
            quiet_alarms = sum(len(score.episodes(one, JUDGED_FROM, data.counts.shape[1])) for one in grouped)
        else:
            limits = [[delay_limit(one.rate, o, one.dispersion, rate) for o in one.outages] for one in made]
            score.judge_cell(figure, found, data, limits, JUDGED_FROM)
    return CellFigure(figure, quiet_alarms, series * (data.counts.shape[1] - JUDGED_FROM) / WEEK)


def measure_named(name: str, cell_name: tuple[str, float], *, series: int, seed: int, rate: float) -> CellFigure:
    """Run one cell of the variant of that name; what a worker process is handed."""
    variant = next(one for one in VARIANTS if one.name == name)
    return measure(variant, stream.Cell(*cell_name), series=series, seed=seed, rate=rate)


def most_alarms(weeks: float, rate: float) -> float:
    """Return the most false alarms a week that a true rate of `rate` gives but once in a hundred times."""
    return float(poisson.ppf(0.99, rate * weeks)) / weeks


def among_siblings(mean: float, seed: int) -> tuple[int, float]:
    """Return the delay in bins of one outage among five hundred siblings, and false alarms a series-week."""
    counts, outage = siblings(seed, mean)
    found = [
        finding
        for finding in scan_counts(counts, start=stream.STREAM_START, siblings=[0] * counts.shape[0])
        if finding.alarm_bin >= JUDGED_FROM
    ]
    own = [f.alarm_bin for f in found if f.series == 0 and outage.start <= f.alarm_bin < outage.end]
    delay = min(own, default=outage.end) - outage.start + 1
    return delay, (len(found) - len(own)) / (counts.shape[0] * (counts.shape[1] - JUDGED_FROM) / WEEK)


def speed(series: int, bins: int) -> Speed:
    """Return what a scanner of many series costs, day ends included."""
    rng = np.random.default_rng(0)
    scanner = CountScanner(series=series, start=stream.STREAM_START)
    spent = []
    for _ in range(bins):
        counts = rng.poisson(1.0, series)
        begin = time.process_time()
        scanner.update(counts)
        spent.append(time.process_time() - begin)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    # The first bin compiles.
    return Speed(series, 1e6 * float(np.mean(spent[1:])) / series, max(spent[1:]), peak)
