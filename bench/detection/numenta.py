"""The product on the Numenta Anomaly Benchmark: values made into counts, findings into scores; nothing else changed.

NAB's series are measurements, not counts. They are scaled, by the first part of a file that NAB does not judge, so
that they scatter from one row to the next about as much as Poisson counts of their mean do; every row is one bin.
A score is the evidence of a finding at the row that raises it, else 0. Both directions count.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih import CountScanner

Floats = NDArray[np.float64]
WIDTHS_S = (60, 120, 300, 600, 900, 1800, 3600)
PROBATION_SHARE, PROBATION_ROWS = 0.15, 750
# More counts than this tell nothing more.
MEAN_MOST = 1000.0


def findings(values: Floats, times: NDArray[Any]) -> Floats:
    """Return a score for each row of one file.

    Args:
        values, times: the file; shape (rows,).
    """
    step = float(np.median(np.diff(times).astype("timedelta64[s]").astype(np.float64)))
    bin_s = min(WIDTHS_S, key=lambda width: abs(width - step))
    begin = int(times[0].astype("datetime64[s]").astype(np.int64)) // bin_s * bin_s
    scanner = CountScanner(series=1, start=datetime.fromtimestamp(begin, UTC), bin_s=bin_s, direction="both")
    counts = as_counts(values)
    scores = np.zeros(values.size)
    for row in range(values.size):
        raised = [one.evidence_nats for one in scanner.update(counts[row : row + 1]) if one.cleared_bin is None]
        scores[row] = max(raised, default=0.0)
    return scores


def as_counts(values: Floats) -> NDArray[np.int64]:
    """Return values as counts that scatter about as Poisson ones do; shape as `values`."""
    known = values[: max(2, min(int(PROBATION_SHARE * values.size), PROBATION_ROWS))]
    lowest = min(0.0, float(known.min()))
    mean = max(float((known - lowest).mean()), 1e-9)
    steps = np.diff(known)
    # Half the variance of a step is that of a value; a median is not moved by jumps, a quarter of the whole bounds it.
    variance = max((1.4826 * float(np.median(np.abs(steps)))) ** 2 / 2, float(np.var(steps)) / 8, 1e-12)
    scale = min(mean / variance, MEAN_MOST / mean)
    return np.clip(np.round(scale * (values - lowest)), 0, 10**7).astype(np.int64)
