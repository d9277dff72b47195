"""Count table: a CSV of counts people already have (time, scope, count) as an array of series.

A missing row is a missing window. The width of a window is the smallest step between times when not told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.adapters.files.written_time import moment_of
from pulih.detect.scanner import MISSING
from pulih.detect.watch import BIN_S_MAX, BIN_S_MIN
from pulih.model.clock import DAY_S
from pulih.model.errors import RefusedInput

_TIME = ("time", "timestamp", "at", "waktu", "time_utc", "date")
_SCOPE = ("scope", "series", "name", "operator", "region", "cakupan")
_COUNT = ("count", "counts", "value", "n", "reports", "jumlah")
# More cells than this would not fit in a small machine's memory.
CELLS_MAX = 50_000_000


class CountTable(msgspec.Struct, frozen=True):
    """Counts by scope and window.

    Attributes:
        scopes: names, sorted.
        start: local moment at which the first window begins.
        bin_s: width of a window in seconds.
        counts: integers, shape (scopes, windows); -1 where the file has no row.
    """

    scopes: tuple[str, ...]
    start: datetime
    bin_s: int
    counts: NDArray[np.integer[Any]]


def read_count_table(file: str, *, zone: tzinfo, bin_s: int | None, stdin: BinaryIO) -> CountTable:
    """Read a count table.

    Args:
        file: path, or "-" for `stdin`.
        zone: local zone, and that of times without one.
        bin_s: width of a window, None to find it.

    Raises: RefusedInput naming file, row and column, and what would be right.
    """
    rows = list(_rows(file, _text(file, stdin), zone))
    if not rows:
        raise RefusedInput(f"{file}: there are no rows. Give at least one line of time, scope, count.")
    seconds = np.array(sorted({at for at, _, _ in rows}), dtype=np.int64)
    width = bin_s if bin_s is not None else _width(file, seconds)
    if not BIN_S_MIN <= width <= BIN_S_MAX or DAY_S % width:
        raise RefusedInput(
            f"{file}: windows of {width} s do not work. Give windows of 60 s to 1 h that divide a day, "
            "or name their width with --bin."
        )
    first = int(seconds[0]) // width * width
    windows = (int(seconds[-1]) - first) // width + 1
    scopes = tuple(sorted({scope for _, scope, _ in rows}))
    if len(scopes) * windows > CELLS_MAX:
        raise RefusedInput(
            f"{file}: {len(scopes)} scopes times {windows} windows are more than {CELLS_MAX:,} cells. "
            "Cut the file, or ask for wider windows with --bin."
        )
    counts = np.full((len(scopes), windows), MISSING, dtype=np.int64)
    index = {scope: number for number, scope in enumerate(scopes)}
    for at, scope, count in rows:
        cell = index[scope], (at - first) // width
        counts[cell] = count if counts[cell] == MISSING else counts[cell] + count
    return CountTable(scopes, datetime.fromtimestamp(first, zone), width, counts)


def _text(file: str, stdin: BinaryIO) -> str:
    try:
        raw = stdin.read() if file == "-" else Path(file).read_bytes()
    except IsADirectoryError:
        raise RefusedInput(f"{file}: this is a folder. Give a CSV file with the columns time, scope, count.") from None
    except FileNotFoundError:
        raise RefusedInput(f"{file} is not there; check the path") from None
    except OSError as error:
        raise RefusedInput(f"{file}: cannot be read ({error.strerror}).") from None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise RefusedInput(f"{file}, row {row}: this is not UTF-8 text. Save the file as CSV in UTF-8.") from None


def _rows(file: str, text: str, zone: tzinfo) -> Iterable[tuple[int, str, int]]:
    reader = csv.reader(io.StringIO(text))
    try:
        header = next(reader, [])
        time, scope, count = (_column(file, header, names) for names in (_TIME, _SCOPE, _COUNT))
        for row in reader:
            if not row:
                continue
            if len(row) < len(header):
                raise RefusedInput(
                    f"{file}, row {reader.line_num}: {len(row)} cells where the header has {len(header)}."
                )
            yield (
                _seconds(file, reader.line_num, row[time], zone),
                row[scope],
                _count(file, reader.line_num, row[count]),
            )
    except csv.Error as error:
        raise RefusedInput(f"{file}, row {reader.line_num}: this is not CSV ({error}).") from None


def _column(file: str, header: list[str], names: tuple[str, ...]) -> int:
    lowered = [cell.strip().lower() for cell in header]
    for name in names:
        if name in lowered:
            return lowered.index(name)
    raise RefusedInput(
        f"{file}: no column {names[0]!r}; there are: {', '.join(header) or 'none'}. "
        "Name three columns time, scope and count."
    )


def _seconds(file: str, row: int, cell: str, zone: tzinfo) -> int:
    try:
        moment = moment_of(cell.strip())
    except ValueError:
        raise RefusedInput(
            f"{file}, row {row}, column time: {cell[:40]!r} is no time. Write 2025-10-03T08:45:00+07:00."
        ) from None
    return int((moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp())


def _count(file: str, row: int, cell: str) -> int:
    try:
        count = int(cell)
    except ValueError:
        count = -1
    if count < 0:
        raise RefusedInput(f"{file}, row {row}, column count: {cell[:40]!r} is no count. Write 0 or more.")
    return count


def _width(file: str, seconds: NDArray[np.int64]) -> int:
    if seconds.size < 2:
        raise RefusedInput(f"{file}: one time does not show how wide a window is. Name it with --bin, such as 5m.")
    return int(np.diff(seconds).min())
