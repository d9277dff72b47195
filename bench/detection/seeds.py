"""Say what many draws of the shared bench's streams give by stratum, where one public draw has 16 series a cell.

    python bench/detection/seeds.py                            eight fresh seeds of 16 series a cell; some minutes
    python bench/detection/seeds.py --seeds 20 --first 7000    others
    python bench/detection/seeds.py --strata P                 one stratum alone

Each line is what whoever draws those seeds would read; the last pools them all. A missed outage counts as its whole
length of 24 bins, so that one more or less of some five hundred moves a stratum by .02.
"""

from __future__ import annotations

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
BENCH = HERE.parents[2] / "shared" / "bench"
STRATA = "PND"


def main() -> None:
    """Measure each seed and all of them, and print a line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=8, help="how many draws")
    parser.add_argument("--first", type=int, default=5000, help="the first of their numbers")
    parser.add_argument("--series", type=int, default=16, help="series a cell")
    parser.add_argument("--strata", default=STRATA, help="letters of those to measure")
    parser.add_argument("--rate", type=float, default=0.1, help="false alarms a series-week asked for")
    asked = parser.parse_args()
    if not BENCH.is_dir():
        sys.exit(f"bench: {BENCH} is missing; the detection bench stands beside the checkout.")
    sys.path[:0] = [str(BENCH), str(HERE)]
    from measure import measure_named, most_alarms  # noqa: PLC0415 -- found only once the bench is on the path
    from variants import VARIANTS  # noqa: PLC0415

    plain = VARIANTS[0]
    every: list[Any] = []
    strata = "".join(f"{one:>6}" for one in STRATA if one in asked.strata)
    print(f"seed    ratio{strata}  feasible found  false alarms  worst cell  quiet, worst cell")
    with ProcessPoolExecutor() as pool:
        for seed in range(asked.first, asked.first + asked.seeds):
            waiting = [
                pool.submit(
                    measure_named, plain.name, (cell.stratum, cell.base_rate), series=asked.series, seed=seed,
                    rate=asked.rate,
                )
                for cell in plain.cells()
                if cell.stratum in asked.strata
            ]  # fmt: skip
            cells = [one.result() for one in waiting]
            every += cells
            print(_line(str(seed), cells), flush=True)
    print(_line("all", every))
    most = most_alarms(every[0].quiet_weeks, asked.rate)
    print(f"In a cell of one draw a true rate of {asked.rate:g} shows up to {most:.3f} by chance (99 %).")


def _line(name: str, cells: list[Any]) -> str:
    from score import summarise  # noqa: PLC0415

    pooled = summarise([cell.score for cell in cells])
    strata = "".join(f"{pooled['ratio_by_stratum'][one]:6.2f}" for one in STRATA if one in pooled["ratio_by_stratum"])
    quiet = max(cell.quiet_rate for cell in cells)
    return (
        f"{name:5}{pooled['ratio']:8.3f}{strata}{pooled['detection_rate_feasible']:16.4f}"
        f"{pooled['false_alarms_per_series_week']:14.3f}{pooled['worst_cell_false_alarms']:12.3f}{quiet:19.3f}"
    )


if __name__ == "__main__":
    main()
