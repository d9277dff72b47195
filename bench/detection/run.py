"""Run the detector beside its peers on the shared detection bench, and write docs/benchmarks/detection.md.

    python bench/detection/run.py              everything; some fifteen minutes on two cores
    python bench/detection/run.py --quick      fewer series; two minutes, for a look

The bench stands beside the checkout (../shared/bench): generator, theoretical limit, peers, oracle, scorer. The
product runs as it is shipped, at the rate asked for; the peers are fitted to that rate on outage-free series.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
SHARED = ROOT.parent / "shared"
PAGE = ROOT / "docs" / "benchmarks" / "detection.md"
SEED = 20261125


def main() -> None:
    """Measure all there is and write page and picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer series")
    quick = parser.parse_args().quick
    if not (SHARED / "bench").is_dir():
        sys.exit(f"bench: {SHARED / 'bench'} is missing; the detection bench stands beside the checkout.")
    sys.path[:0] = [str(SHARED / "bench"), str(HERE)]
    _say("public seeds, peers and oracle")
    usual = _bench(["--peers"])
    _say("a tenth of the rate")
    rare = _bench(["--false-alarms-per-week", "0.01"])
    _say("variants, fresh seeds")
    variants = _variants(series=6 if quick else 32)
    _say("siblings")
    siblings = _siblings()
    _say("a hundred thousand series")
    speed = _speed()
    _say("NAB")
    numenta = _numenta()
    from page import bars  # noqa: PLC0415 -- found only once the bench is on the path

    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(_page(usual, rare, [*variants, "", siblings, "", speed], numenta), encoding="utf-8")
    PAGE.with_suffix(".svg").write_text(bars(usual), encoding="utf-8")
    _say(f"{PAGE} written")


def _say(what: str) -> None:
    print(f"bench: {what}", file=sys.stderr, flush=True)


def _run(script: str, arguments: list[str]) -> Any:
    """Run a script of the shared bench in a folder of its own and return what it wrote."""
    paths = os.pathsep.join([str(SHARED / "bench"), str(HERE), str(ROOT / "src")])
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "result.json"
        command = [sys.executable, str(SHARED / "bench" / script), *arguments, "--json", str(written)]
        subprocess.run(command, check=True, cwd=folder, env={**os.environ, "PYTHONPATH": paths}, stdout=sys.stderr)
        return json.loads(written.read_text(encoding="utf-8"))


def _bench(options: list[str]) -> dict[str, dict[str, Any]]:
    found = _run("run.py", ["--detector", "pulih:scan_counts", *options])
    return {name: detector["pooled"] for name, detector in found["detectors"].items()}


def _variants(*, series: int) -> list[str]:
    from score import summarise  # noqa: PLC0415

    from measure import measure_named, most_alarms  # noqa: PLC0415
    from page import table  # noqa: PLC0415
    from variants import VARIANTS  # noqa: PLC0415

    rows = []
    with ProcessPoolExecutor() as pool:
        for variant in VARIANTS:
            waiting = [
                pool.submit(
                    measure_named, variant.name, (cell.stratum, cell.base_rate), series=series, seed=SEED, rate=0.1
                )
                for cell in variant.cells()
            ]
            cells = [one.result() for one in waiting]
            pooled = summarise([cell.score for cell in cells])
            known = summarise([cell.oracle for cell in cells])
            rates = [cell.quiet_rate for cell in cells]
            rows.append(
                [
                    variant.name,
                    variant.says,
                    f"{sum(rates) / len(rates):.3f}",
                    f"{max(rates):.3f}",
                    f"{pooled['false_alarms_per_series_week']:.3f}",
                    f"{pooled['worst_cell_false_alarms']:.3f}",
                    f"{pooled['detection_rate_feasible']:.3f}",
                    f"{pooled['ratio']:.2f}",
                    f"{known['detection_rate_feasible']:.3f}",
                    f"{known['ratio']:.2f}",
                ]
            )
    most = most_alarms(cells[0].quiet_weeks, 0.1)
    head = (
        "variant",
        "what it is",
        "quiet",
        "worst cell",
        "with outages",
        "worst cell",
        "feasible found",
        "delay / limit",
        "oracle: found",
        "delay / limit",
    )
    return [
        f"False alarms a series-week, weeks 5 to 12, {series} series without and {series} with outages a cell; a true",
        f"rate of 0.1 shows up to {most:.2f} in one cell by chance (99 %). The oracle is told",
        "the true rate and the size of each outage, and is fitted to the rate: nobody can do better on these streams.",
        "",
        table(head, rows),
    ]


def _siblings() -> str:
    from measure import among_siblings  # noqa: PLC0415

    said = []
    for mean in (0.2, 1.0, 5.0):
        delay, rate = among_siblings(mean, SEED)
        said.append(f"mean {mean:g}: found after {delay} bins, {rate:.3f} false alarms a series-week")
    return "One fivefold outage among 500 siblings that share a daily drift: " + "; ".join(said) + "."


def _speed() -> str:
    from measure import speed  # noqa: PLC0415

    figure = speed(100_000, 300)
    return (
        f"{figure.series:,} series: {figure.micros:.2f} µs CPU a point, slowest bin {figure.slowest_s:.2f} s (the end "
        f"of a day, when the weekly shape is learnt), peak memory {figure.megabytes:,.0f} MB."
    )


def _numenta() -> dict[str, Any]:
    folder = SHARED / "data" / "nab"
    found: dict[str, Any] = _run("nab.py", [str(folder), "--detector", "numenta:findings"])
    return found


def _page(
    usual: dict[str, dict[str, Any]], rare: dict[str, dict[str, Any]], more: list[str], numenta: dict[str, Any]
) -> str:
    from page import COLUMNS, detector_row, ranked, table  # noqa: PLC0415

    head = ("detector", *COLUMNS)
    commit = subprocess.run(
        ["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], check=True, capture_output=True, text=True
    ).stdout.strip()
    nab = [
        [name, f"{one['standard']:.1f}", f"{one['low_fp']:.1f}", f"{one['low_fn']:.1f}"]
        for name, one in numenta.items()
    ]
    return "\n".join(
        [
            "# Detection beside its peers",
            "",
            f"Written by `make bench DETECTION=1` at commit {commit}. The bench is the one beside the checkout;",
            "its own README defines all figures. **Peers are fitted to the rate on outage-free series of each cell.",
            "Pulih is given the number 0.1 and nothing else.** *Delay / limit* is the mean delay over the theoretical",
            "one: 1 is what a detector that knew true rate and size of the outage could reach at best.",
            "",
            "![Mean delay over the theoretical limit](detection.svg)",
            "",
            "## Public seeds, 0.1 false alarms a series-week asked",
            table(head, [detector_row(name, row) for name, row in ranked(usual)]),
            "",
            "## The same, 0.01 asked",
            table(head, [detector_row(name, row) for name, row in ranked(rare)]),
            "",
            "## Harder streams, fresh seeds, 0.1 asked",
            *more,
            "",
            "## NAB",
            "Secondary: NAB's series are measurements, not counts, and its threshold is fitted on the data it scores.",
            "The product's configuration is unchanged (`bench/detection/numenta.py` says how values become counts).",
            "Most choices on that were made on half of its files; the other half alone has 51.6. With the",
            "threshold, too, taken from other folders of its files, all of them have 51.2 (docs/decisions/0004).",
            "*Refractory* is a debounce: a score counts only where it exceeds all in the trailing tenth of the file.",
            "",
            table(("detector", "standard", "low false alarms", "low misses"), nab),
            "",
        ]
    )


if __name__ == "__main__":
    main()
