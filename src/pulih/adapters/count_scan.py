"""Count scan: `pulih scan`, a table of counts in, findings as JSON and a chart out."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.adapters.count_table import CountTable, read_count_table
from pulih.adapters.report import ScanMark, ScanSeries, render_scan
from pulih.detect.scanner import MISSING, CountFinding, scan_counts
from pulih.model.clock import MICROS, WEEK_S, iso, to_micros
from pulih.model.errors import OutsideFailed

Floats = NDArray[np.float64]


def scan_table(
    file: str, *, zone: str, bin_s: int | None, false_alarms_per_week: float, chart: Path, stdin: BinaryIO
) -> str:
    """Scan a file of counts, write its chart, and return the findings as JSON.

    Raises: RefusedInput; OutsideFailed.
    """
    table = read_count_table(file, zone=ZoneInfo(zone), bin_s=bin_s, stdin=stdin)
    found = scan_counts(table.counts, start=table.start, bin_s=table.bin_s, false_alarms_per_week=false_alarms_per_week)
    page = render_scan(_series(table, found), zone=zone, files=(Path(file).name,))
    try:
        chart.write_text(page, encoding="utf-8")
    except OSError as error:
        raise OutsideFailed(
            f"--chart {chart}: cannot be written ({error.strerror}). Give a file you may write."
        ) from None
    document = {
        "schema": 1,
        "source": {"file": Path(file).name, "scopes": len(table.scopes), "windows": int(table.counts.shape[1])},
        "settings": {"bin_s": table.bin_s, "false_alarms_per_week": false_alarms_per_week, "zone": zone},
        "findings": [_json(table, finding) for finding in found],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _at(table: CountTable, bin_number: int) -> int:
    return to_micros(table.start) + bin_number * table.bin_s * MICROS


def _json(table: CountTable, finding: CountFinding) -> dict[str, object]:
    return {
        "scope": table.scopes[finding.series],
        "onset": iso(_at(table, finding.onset_bin)),
        # The counts of a window are known when it is over.
        "alarm": iso(_at(table, finding.alarm_bin + 1)),
        "cleared": None if finding.cleared_bin is None else iso(_at(table, finding.cleared_bin + 1)),
        "evidence_nats": round(finding.evidence_nats, 2),
        "series": finding.series,
        "onset_bin": finding.onset_bin,
        "alarm_bin": finding.alarm_bin,
        "cleared_bin": finding.cleared_bin,
    }


def _series(table: CountTable, found: list[CountFinding]) -> list[ScanSeries]:
    return [
        ScanSeries(
            name=scope,
            start_us=to_micros(table.start),
            step_s=table.bin_s,
            counts=[float("nan") if count == MISSING else float(count) for count in table.counts[number]],
            expected=_usual(table.counts[number], WEEK_S // table.bin_s).tolist(),
            findings=tuple(
                ScanMark(
                    onset_us=_at(table, finding.onset_bin),
                    alarm_us=_at(table, finding.alarm_bin + 1),
                    cleared_us=None if finding.cleared_bin is None else _at(table, finding.cleared_bin + 1),
                )
                for finding in found
                if finding.series == number
            ),
        )
        for number, scope in enumerate(table.scopes)
    ]


def _usual(counts: NDArray[np.integer], week: int) -> Floats:
    """Return the median of the same window of the week over all weeks: a line to look at, not the detector's."""
    padded = np.full(-(-counts.size // week) * week, np.nan)
    padded[: counts.size] = np.where(counts == MISSING, np.nan, counts)
    weeks = padded.reshape(-1, week)
    known = ~np.isnan(weeks).all(axis=0)
    usual = np.full(week, np.nan)
    usual[known] = np.nanmedian(weeks[:, known], axis=0)
    return np.tile(usual, weeks.shape[0])[: counts.size].astype(np.float64)
