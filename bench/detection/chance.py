"""Say how far chance alone moves the delays of the bench's public seeds, by stratum.

    python bench/detection/chance.py           the public seeds, 16 series a cell; a minute

Outages are drawn again from those that were measured, ten thousand times (bootstrap; Efron 1979). An outage that begins
in a false alarm, or within the hour behind one, is folded into it by the bench, however soon the detector raises a
finding of its own; the last column is the ratio of all others.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pulih import scan_counts

HERE = Path(__file__).resolve().parent
BENCH = HERE.parents[2] / "shared" / "bench"
DRAWS, SERIES = 10_000, 16
BAR = 1.2

Floats = NDArray[np.float64]


def main() -> None:
    """Scan the public seeds and print a line for each stratum."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rate", type=float, default=0.1, help="false alarms a series-week asked for")
    asked = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit(f"bench: {BENCH} is missing; the detection bench stands beside the checkout.")
    sys.path[:0] = [str(BENCH)]
    from stream import ALL_CELLS, STRATA  # noqa: PLC0415 -- found only once the bench is on the path

    print("stratum  feasible  ratio  95 % by chance  at most 1.20  missed  of them folded  ratio without folded")
    for stratum in STRATA:
        rows = np.array([row for cell in ALL_CELLS if cell.stratum == stratum for row in judged(cell, asked.rate)])
        charged, limits, missed, folded = rows.T
        drawn = ratios(charged, limits)
        low, high = np.quantile(drawn, [0.025, 0.975])
        alone = folded == 0
        print(
            f"{stratum:7}{len(rows):10}{charged.sum() / limits.sum():7.3f}{low:10.3f}-{high:.3f}"
            f"{np.mean(drawn <= BAR):14.2f}{int(missed.sum()):8}{int((missed * folded).sum()):16}"
            f"{charged[alone].sum() / limits[alone].sum():22.3f}",
            flush=True,
        )


def judged(cell: Any, rate: float) -> list[tuple[float, float, bool, bool]]:
    """Return what the bench charges for each feasible outage of a cell, its limit, and if it was missed and folded.

    Args:
        cell: of the shared bench.
        rate: false alarms a series-week asked for.
    """
    import score  # noqa: PLC0415
    import stream  # noqa: PLC0415

    data = stream.make_cell(cell, SERIES)
    bins = data.counts.shape[1]
    found = scan_counts(data.counts, start=stream.STREAM_START, bin_s=stream.BIN_SECONDS, false_alarms_per_week=rate)
    limits = score.outage_limits(data, rate)
    rows = []
    for own, outages, theirs in zip(score.by_series(found, SERIES), data.outages, limits, strict=True):
        alarms = score.episodes(own, score.FIRST_JUDGED_BIN, bins)
        for outage, limit in zip(outages, theirs, strict=True):
            result = score.judge_outage(alarms, outage, limit, bins)
            folded = any(
                alarm.alarm_bin < outage.start and outage.start < alarm.end + score.MERGE_BINS for alarm in alarms
            )
            if result.feasible:
                rows.append((float(result.charged_delay), limit, result.delay is None, folded))
    return rows


def ratios(charged: Floats, limits: Floats) -> Floats:
    """Return the ratio of mean delay and mean limit in each of many draws of as many outages, with replacement."""
    rng = np.random.default_rng(1)
    chosen = rng.integers(0, charged.size, (DRAWS, charged.size))
    result: Floats = charged[chosen].sum(axis=1) / limits[chosen].sum(axis=1)
    return result


if __name__ == "__main__":
    main()
