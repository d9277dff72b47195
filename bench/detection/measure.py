"""Measure the product on one variant: false alarms, delay over the limit, what a growth step costs; and its speed."""

from __future__ import annotations

import resource
import time
from dataclasses import dataclass
from typing import Any

import numpy as np
import peers
import score
import stream
from limit import cusum, delay_limit, log_likelihood_ratio
from scipy.stats import poisson

from pulih import CountScanner, scan_counts
from variants import VARIANTS, WEEK, Variant, make, siblings

JUDGED_FROM = 4 * WEEK


@dataclass(frozen=True)
class CellFigure:
    """One cell of one variant: the bench's own score, the oracle's, and false alarms on series without outages."""

    score: Any
    oracle: Any
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
    loud, quiet = (
        [make(variant, cell, 1000 * seed + number, null=null) for number in range(series)] for null in (False, True)
    )
    found, quietly = (
        scan_counts(
            np.stack([one.counts for one in made]),
            start=stream.STREAM_START,
            bin_s=stream.BIN_SECONDS,
            false_alarms_per_week=rate,
            **options,
        )
        for made in (loud, quiet)
    )
    data, bins = stream.stack(cell, loud), loud[0].counts.size
    limits = [[delay_limit(one.rate, o, one.dispersion, rate) for o in one.outages] for one in loud]
    figure = score.CellScore(cell)
    score.judge_cell(figure, found, data, limits, JUDGED_FROM)
    alarms = sum(len(score.episodes(one, JUDGED_FROM, bins)) for one in score.by_series(quietly, series))
    known = oracle(data, stream.stack(cell, quiet), limits, dispersion=loud[0].dispersion, rate=rate)
    return CellFigure(figure, known, alarms, series * (bins - JUDGED_FROM) / WEEK)


def oracle(loud: Any, quiet: Any, limits: list[list[float]], *, dispersion: float, rate: float) -> Any:
    """Return the score of a CUSUM that is told the true rate and the size of each outage: what could be reached.

    It is fitted to the rate on the series without outages; a bin that is missing tells it nothing.
    """
    result = score.CellScore(loud.cell)
    for multiplier in sorted(set(stream.MULTIPLIERS)):
        calm, risen = (
            cusum(np.where(one.counts < 0, 0.0, log_likelihood_ratio(one.counts, one.rate, multiplier, dispersion)))
            for one in (quiet, loud)
        )
        threshold = peers.find_threshold(calm, rate)
        own = score.CellScore(loud.cell)
        score.judge_cell(own, peers.alarms_from(risen > threshold), loud, limits, JUDGED_FROM)
        result.outages += [outage for outage in own.outages if outage.multiplier == multiplier]
    return result


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
