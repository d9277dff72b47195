"""Count scan: `pulih scan`, a table of counts in, findings as JSON and a chart out."""

from __future__ import annotations

import contextlib
from array import array
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.adapters.count_table import CountTable, read_count_table
from pulih.adapters.report import ScanMark, ScanSeries, render_scan
from pulih.detect.scanner import MISSING, CountFinding, CountScanner, last_words
from pulih.model.clock import MICROS, iso, to_micros
from pulih.model.errors import OutsideFailed, RefusedInput
from pulih.ports.files import Progress
from pulih.series.alarm_level import alarm_level

_STEPS = 1_000


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked of a scan.

    Attributes:
        zone: IANA name of the local zone.
        bin_s: width of a window in seconds, None to find it.
        false_alarms_per_week: rate accepted for each scope.
        chart: where the chart goes.
        now_us: the present, microseconds since 1970 UTC.
    """

    zone: str
    bin_s: int | None
    false_alarms_per_week: float
    chart: Path
    now_us: int


def scan_table(file: str, asked: Scan, *, stdin: BinaryIO, progress: Progress) -> str:
    """Scan a file of counts, write its chart, and return the findings as JSON.

    Raises: RefusedInput; OutsideFailed.
    """
    if not asked.chart.parent.is_dir() or asked.chart.is_dir():
        raise RefusedInput(
            f"--chart {asked.chart}: this is no file in a folder that is there; give one, such as c.html."
        )
    progress.stage("reading counts")
    table = read_count_table(file, zone=ZoneInfo(asked.zone), bin_s=asked.bin_s, now_us=asked.now_us, stdin=stdin)
    scanned = _scanned(table, asked.false_alarms_per_week, progress)
    found = scanned.found
    progress.stage("drawing")
    _write(asked.chart, render_scan(_series(table, scanned), zone=asked.zone, files=(Path(file).name,)))
    document = {
        "schema": 1,
        "source": {"file": Path(file).name, "scopes": len(table.scopes), "windows": int(table.counts.shape[1])},
        "settings": {
            "bin_s": table.bin_s,
            "false_alarms_per_week": asked.false_alarms_per_week,
            "zone": asked.zone,
        },
        "notes": list(table.notes),
        "findings": [_json(table, finding) for finding in found],
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2).decode()


def _write(chart: Path, page: str) -> None:
    """Write the chart whole or not at all; what stood there stays until then."""
    part = chart.with_name(f".{chart.name}.part")
    try:
        part.write_text(page, encoding="utf-8")
        part.replace(chart)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise OutsideFailed(
            f"--chart {chart}: cannot be written ({error.strerror}). Give a file you may write."
        ) from None


class _Scanned(msgspec.Struct, frozen=True):
    """What a scan found, what was usual in each window of each series, and the evidence an alarm needs."""

    found: list[CountFinding]
    usual: NDArray[np.float32]
    needed_nats: float


def _scanned(table: CountTable, false_alarms_per_week: float, progress: Progress) -> _Scanned:
    """Scan window by window, as `detect.scan_counts` does, and say how far it is."""
    windows = table.counts.shape[1]
    scanner = CountScanner(
        series=len(table.scopes),
        start=table.start,
        bin_s=table.bin_s,
        false_alarms_per_week=false_alarms_per_week,
    )
    said: list[CountFinding] = []
    usual = np.empty(table.counts.shape, dtype=np.float32)
    progress.stage("scanning windows", windows)
    for begin in range(0, windows, _STEPS):
        # Copied, so that the counts of one window lie side by side.
        piece = np.ascontiguousarray(table.counts[:, begin : begin + _STEPS].T)
        for window, counts in enumerate(piece, begin):
            said += scanner.update(counts)
            usual[:, window] = scanner.expected()
        progress.advance(len(piece))
    return _Scanned(last_words([*said, *scanner.open_findings()]), usual, scanner.needed_nats())


def _packed(values: NDArray[np.float64]) -> array[float]:
    """Return values as a sequence that takes eight bytes each; a list takes four times that."""
    return array("d", values.tobytes())


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
        "less_sure": finding.less_sure,
    }


def _series(table: CountTable, scanned: _Scanned) -> list[ScanSeries]:
    return [
        ScanSeries(
            name=scope,
            start_us=to_micros(table.start),
            step_s=table.bin_s,
            counts=_packed(np.where(table.counts[number] == MISSING, np.nan, table.counts[number])),
            expected=_packed(scanned.usual[number].astype(np.float64)),
            alarm_at=_packed(alarm_level(scanned.usual[number].astype(np.float64), scanned.needed_nats)),
            findings=tuple(
                ScanMark(
                    onset_us=_at(table, finding.onset_bin),
                    alarm_us=_at(table, finding.alarm_bin + 1),
                    cleared_us=None if finding.cleared_bin is None else _at(table, finding.cleared_bin + 1),
                )
                for finding in scanned.found
                if finding.series == number
            ),
        )
        for number, scope in enumerate(table.scopes)
    ]
