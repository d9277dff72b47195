"""Count table: a file of counts people already have (time, scope, count) as an array of series.

It is opened as complaint files are, so that the same formats, encodings and separators are read. A missing row is a
missing window. The width of a window is the smallest step between times when not told. Unlike one complaint among
thousands, one count that cannot be read is a hole in the middle of a series, so the file is refused and not the row.
"""

from __future__ import annotations

from array import array
from datetime import datetime, tzinfo
from typing import Any, BinaryIO, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.adapters.files.column_names import plain_name
from pulih.adapters.files.content import OLDEST_US
from pulih.adapters.files.opening import table_of
from pulih.adapters.files.origin import Origin
from pulih.adapters.files.reasons import excerpt_of
from pulih.adapters.files.source import FUTURE_US_MAX
from pulih.adapters.files.table import Table
from pulih.adapters.files.time_reader import TimeReader, UnreadableTimeError, order_in
from pulih.adapters.window_width import those_that_work, works, written
from pulih.detect.scanner import MISSING
from pulih.model.clock import DAY_S, MICROS, iso
from pulih.model.errors import RefusedInput
from pulih.ports.files import RefusedRow

_NAMES: Final = {
    "time": ("time", "timestamp", "at", "waktu", "time_utc", "date", "datetime", "tanggal"),
    "scope": ("scope", "series", "name", "operator", "region", "cakupan"),
    "count": ("count", "counts", "value", "n", "reports", "jumlah"),
}
# More cells than this would not fit in a small machine's memory; more windows would take more than some minutes.
CELLS_MAX: Final = 20_000_000
WINDOWS_MAX: Final = 5_300_000
COUNT_MAX: Final = 10**12
# A year without one count is a mistake in a date, or two files; so are a hundred empty windows for each with a count.
_GAP_DAYS_MAX: Final = 366
_SPARSE_WINDOWS: Final = 100_000
_SPARSE_SHARE: Final = 100


class CountTable(msgspec.Struct, frozen=True):
    """Counts by scope and window.

    Attributes:
        scopes: names, sorted.
        start: local moment at which the first window begins.
        bin_s: width of a window in seconds.
        counts: integers, shape (scopes, windows); -1 where the file has no row.
        notes: what a reader must know about how the file was read.
    """

    scopes: tuple[str, ...]
    start: datetime
    bin_s: int
    counts: NDArray[np.integer[Any]]
    notes: tuple[str, ...] = ()


class _Rows(msgspec.Struct, frozen=True):
    """The rows of a file as columns: seconds since 1970 UTC, number of the scope, count, number of the row."""

    label: str
    scopes: tuple[str, ...]
    at: NDArray[np.int64]
    scope: NDArray[np.int64]
    count: NDArray[np.int64]
    row: NDArray[np.int64]


def read_count_table(file: str, *, zone: tzinfo, bin_s: int | None, now_us: int, stdin: BinaryIO) -> CountTable:
    """Read a count table.

    Args:
        file: path, or "-" for `stdin`.
        zone: local zone, and that of times without one.
        bin_s: width of a window, None to find it.
        now_us: the present, microseconds since 1970 UTC; later times are refused.

    Raises: RefusedInput naming file, row and column, and what would be right; OutsideFailed when the disk fails.
    """
    origin = Origin(file, stdin)
    rows, notes = _rows(origin, zone, now_us)
    _refuse_repeats(rows)
    width = bin_s if bin_s is not None else _width(rows)
    # A window begins where the local day is divided, also in zones that are half an hour off.
    begin = datetime.fromtimestamp(int(rows.at.min()), zone)
    into_day = int((begin - begin.replace(hour=0, minute=0, second=0)).total_seconds())
    first = int(rows.at.min()) - into_day % width
    windows = (int(rows.at.max()) - first) // width + 1
    _refuse_gap(rows, width, windows)
    if len(rows.scopes) * windows > CELLS_MAX or windows > WINDOWS_MAX:
        raise RefusedInput(
            f"{rows.label}: {len(rows.scopes):,} scopes times {windows:,} windows of {written(width)} are too many to "
            f"scan; {WINDOWS_MAX:,} windows and {CELLS_MAX:,} cells can be; cut the file, or ask for wider windows "
            "with --bin"
        )
    counts = np.zeros((len(rows.scopes), windows), dtype=np.int64)
    seen = np.zeros(counts.shape, dtype=bool)
    cells = rows.scope, (rows.at - first) // width
    np.add.at(counts, cells, rows.count)
    seen[cells] = True
    counts[~seen] = MISSING
    return CountTable(rows.scopes, datetime.fromtimestamp(first, zone), width, counts, notes)


def _rows(origin: Origin, zone: tzinfo, now_us: int) -> tuple[_Rows, tuple[str, ...]]:
    table = table_of(origin)
    picked = _picked(table, origin.label)
    found = order_in(table, picked[0], picked[1])
    times = TimeReader(zone, found[0] if found else "day")
    at, count, row, scope, numbers = array("q"), array("q"), array("q"), array("q"), dict[str, int]()
    for record in table.records(picked):
        if isinstance(record, RefusedRow):
            raise RefusedInput(
                f"{origin.label}, row {record.row}: {record.reason} ({record.excerpt!r}); "
                "wanted is a row of time, scope and count, such as 2025-10-03T08:45:00+07:00,smartfren,12"
            )
        where = f"{origin.label}, row {record[0]}, column"
        cells = record[1]
        at.append(_second(times, cells[0], now_us, where=f'{where} "{picked[0]}"'))
        count.append(_counted(cells[1], where=f'{where} "{picked[1]}"'))
        scope.append(numbers.setdefault(_name(cells[2]), len(numbers)))
        row.append(record[0])
    origin.close()
    if not row:
        raise RefusedInput(f"{origin.label} has no rows; give at least one line of time, scope, count")
    scopes = tuple(sorted(numbers))
    ranks = {name: rank for rank, name in enumerate(scopes)}
    place = np.array([ranks[name] for name in numbers], dtype=np.int64)
    notes = [english for english, _ in table.notes]
    if found is not None and found[1]:
        notes.append(f'dates in "{picked[0]}" such as 03/10/2025 were read day first (3 October)')
    columns = [np.frombuffer(column, dtype=np.int64) for column in (at, scope, count, row)]
    columns[1] = place[columns[1]]
    return _Rows(origin.label, scopes, *columns), tuple(notes)


def _picked(table: Table, label: str) -> tuple[str, str, str]:
    by_name = {plain_name(name): name for name in reversed(table.names)}
    found = {field: next((by_name[n] for n in names if n in by_name), None) for field, names in _NAMES.items()}
    missing = [field for field, name in found.items() if name is None]
    if missing:
        raise RefusedInput(
            f"{label}: there is no column {' and none '.join(missing)}; its columns are: {', '.join(table.names[:30])}"
            "; name three columns time, scope and count"
        )
    return str(found["time"]), str(found["count"]), str(found["scope"])


def _name(cell: object) -> str:
    return "" if cell is None else str(cell).strip()


def _second(times: TimeReader, cell: object, now_us: int, *, where: str) -> int:
    shown = excerpt_of(str(cell))
    try:
        at_us = times.read(cell)
    except UnreadableTimeError:
        raise RefusedInput(f"{where}: {shown!r} is no time; write 2025-10-03T08:45:00+07:00") from None
    if at_us > now_us + FUTURE_US_MAX:
        raise RefusedInput(f"{where}: {shown!r} lies in the future; counts are of what has happened")
    if at_us < OLDEST_US:
        raise RefusedInput(f"{where}: {shown!r} lies before 1990, which is taken for a mistake in the date or its unit")
    return at_us // MICROS


def _counted(cell: object, *, where: str) -> int:
    """Return a count; a whole number that a program wrote as 4.0 is one."""
    plain = str("" if cell is None else cell).strip()
    try:
        value = float(plain)
    except ValueError:
        value = -1.0
    if value.is_integer() and value > COUNT_MAX:
        raise RefusedInput(f"{where}: {excerpt_of(plain)!r} is more than anybody counts; at most {COUNT_MAX:,} is read")
    if not (value.is_integer() and value >= 0):
        raise RefusedInput(
            f"{where}: {excerpt_of(plain)!r} is no count; write a whole number, 0 or more, "
            "or leave the row out when the feed was missing"
        )
    return int(value)


def _refuse_repeats(rows: _Rows) -> None:
    """Refuse two counts of one time and scope: one may correct the other or add to it, and nothing tells which."""
    order = np.lexsort((rows.row, rows.at, rows.scope))
    same = (np.diff(rows.at[order]) == 0) & (np.diff(rows.scope[order]) == 0)
    if same.any():
        at = int(np.flatnonzero(same)[0])
        one, other = order[at], order[at + 1]
        raise RefusedInput(
            f"{rows.label}, rows {rows.row[one]} and {rows.row[other]} both count "
            f"{rows.scopes[rows.scope[one]]!r} at {_moment(rows.at[one])}; keep one of them, or add them up"
        )


def _width(rows: _Rows) -> int:
    seconds = np.unique(rows.at)
    if seconds.size < 2:
        raise RefusedInput(
            f"{rows.label}: all rows have the same time, so that the width of a window cannot be told; "
            "say it with --bin, such as --bin 5m"
        )
    width = int(np.diff(seconds).min())
    if not works(width):
        advice = "give finer counts" if width > DAY_S // 24 else "say with --bin into which to add them up"
        raise RefusedInput(
            f"{rows.label}: its times lie {written(width)} apart at the closest, and such windows do not work: "
            f"{those_that_work(width)}; {advice}"
        )
    return width


def _refuse_gap(rows: _Rows, width: int, windows: int) -> None:
    """Refuse a span that only a mistake in a date explains: stepping through it would take hours."""
    seconds, place = np.unique(rows.at, return_index=True)
    if seconds.size < 2:
        return
    gaps = np.diff(seconds)
    widest = int(np.argmax(gaps))
    sparse = windows > _SPARSE_WINDOWS and windows > _SPARSE_SHARE * seconds.size
    if gaps[widest] <= _GAP_DAYS_MAX * DAY_S and not sparse:
        return
    before, after = (f"row {rows.row[place[i]]} ({_moment(seconds[i])})" for i in (widest, widest + 1))
    # A mistake stands alone: the side with fewer rows is the one to look at.
    suspect = before if np.sum(rows.at <= seconds[widest]) < np.sum(rows.at > seconds[widest]) else after
    raise RefusedInput(
        f"{rows.label}: between {before} and {after} lie {int(gaps[widest]) // DAY_S:,} days without a count, "
        f"{int(gaps[widest]) // width:,} windows of {written(width)}; if the time of {suspect} is a mistake, mend it, "
        "otherwise cut the file there or ask for wider windows with --bin"
    )


def _moment(second: Any) -> str:
    return iso(int(second) * MICROS)
