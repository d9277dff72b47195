"""The product on the Numenta Anomaly Benchmark: values made into counts, findings into scores; nothing else changed.

NAB's series are measurements at times, the product scans counts in bins. So

- a row falls into the bin of its time, and a bin without a row is a feed that was missing. Of two rows in one bin the
  second takes the next;
- values are scaled, by the first part of a file that NAB does not judge, so that their sums over an hour scatter about
  as much as Poisson counts of their mean do (the index of dispersion for counts; Cox and Lewis 1966, chapter 4). An
  hour, since within one an outage is to be told: scatter from row to row alone takes what swings within the hour for
  news, and evidence would be counted many times over. Scatter is what second differences leave (Gasser, Sroka and
  Jennen-Steinmetz 1986): a morning that rises evenly, hour by hour, is rhythm, which the scanner learns, and first
  differences would call its slope scatter. What rounding leaves over is added to the next row's value;
- a measurement far from zero, such as a temperature, has no zero that means "none", and no rise of it is 1.8 times as
  much. There zero is moved up, at most to the least value of that first part, until the mean is as many counts as the
  scanner needs nats: one bin that falls to nothing is then just evidence enough (a Poisson count of mean m is 0 with
  probability e^-m);
- a score is the evidence of a finding, in nats, at the row that raises it, else 0: the threshold that NAB fits ranks
  alarms by it. A week of wide bins has fewer chances of a false alarm and its scanner needs less evidence by just that,
  so nats are stated as bins of five minutes would need them. While a finding is open nothing is said again. Both
  directions count;
- a file that has alarmed oftener than was asked for is believed less: from its evidence goes the log of how much
  oftener, by a Gamma belief that begins worth one alarm at the asked rate. So the one threshold ranks the third alarm
  of a day behind the first one of a month. Nothing is dropped, and only what was said before counts.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih import CountScanner

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
WIDTHS_S = (60, 120, 300, 600, 900, 1800, 3600)
PROBATION_SHARE, PROBATION_ROWS = 0.15, 750
# More counts than this tell nothing more.
MEAN_MOST = 1000.0
HOUR_S, WEEK_S = 3600, 604_800
USUAL_S = 300
# What the product is asked for when nobody says otherwise.
ASKED_PER_WEEK = 0.1
MISSING = np.array([-1])


def findings(values: Floats, times: NDArray[Any]) -> Floats:
    """Return a score for each row of one file.

    Args:
        values, times: the file; shape (rows,).
    """
    seconds = times.astype("datetime64[s]").astype(np.int64)
    step = float(np.median(np.diff(seconds)))
    bin_s = min(WIDTHS_S, key=lambda width: abs(width - step))
    begin = int(seconds[0]) // bin_s * bin_s
    scanner = CountScanner(
        series=1,
        start=datetime.fromtimestamp(begin, UTC),
        bin_s=bin_s,
        false_alarms_per_week=ASKED_PER_WEEK,
        direction="both",
    )
    counts = as_counts(values, bin_s, scanner.needed_nats())
    scores, told = np.zeros(values.size), 0
    for row, at in enumerate(as_bins(seconds, begin, bin_s).tolist()):
        while scanner.bins < at:
            scanner.update(MISSING)
        raised = [one.evidence_nats for one in scanner.update(counts[row : row + 1]) if one.cleared_bin is None]
        if raised:
            scores[row] = max(raised) + math.log(bin_s / USUAL_S) - doubt_nats(told, scanner.bins * bin_s / WEEK_S)
            told += 1
    return scores


def doubt_nats(told: int, weeks: float) -> float:
    """Return the log of how much oftener than asked for a file seems to alarm: above 0 where oftener, else below.

    Args:
        told: alarms that it has raised so far.
        weeks: for how long it has been watched.
    """
    return math.log((1 + told) / (1 + ASKED_PER_WEEK * weeks))


def as_bins(seconds: Ints, begin: int, bin_s: int) -> Ints:
    """Return the bin of each row, rising; shape as `seconds`.

    Args:
        seconds: time of each row, as Unix time.
        begin: the same of bin 0.
        bin_s: width of a bin in seconds.
    """
    rows = np.arange(seconds.size)
    # The highest of what time and all rows before leave free.
    return np.maximum.accumulate((seconds - begin) // bin_s - rows) + rows


def as_counts(values: Floats, bin_s: int, mean_enough: float) -> Ints:
    """Return values as counts whose hours scatter about as Poisson ones do; shape as `values`.

    Args:
        bin_s: seconds from one value to the next.
        mean_enough: counts a bin on average above which zero is moved up.
    """
    known = values[: max(3, min(int(PROBATION_SHARE * values.size), PROBATION_ROWS))]
    least, mean = float(known.min()), float(known.mean())
    hour = min(max(1, round(HOUR_S / bin_s)), max(1, known.size // 4))
    variance = max(_variance(known, 1), _variance(known, hour), 1e-12)
    zero = min(0.0, least)
    if (mean - zero) ** 2 / variance > mean_enough:
        zero = max(zero, min(least, mean - math.sqrt(mean_enough * variance)))
    above = max(mean - zero, 1e-9)
    scale = min(above / variance, MEAN_MOST / above)
    so_far = np.floor(np.cumsum(np.clip(scale * (values - zero), 0, 10**7)) + 0.5).astype(np.int64)
    return np.diff(so_far, prepend=0)


def _variance(known: Floats, rows: int) -> float:
    """Return the variance of a value, as sums of so many in a row tell it by what they differ from both neighbours."""
    sums = np.convolve(known, np.ones(rows), "valid")
    bends = sums[2 * rows :] - 2 * sums[rows:-rows] + sums[: -2 * rows]
    # A sixth of the variance of a bend is that of a sum; a median is not moved by jumps, a quarter bounds it.
    robust = (1.4826 * float(np.median(np.abs(bends)))) ** 2 / 6
    return max(robust, float(np.var(bends)) / 24) / rows
