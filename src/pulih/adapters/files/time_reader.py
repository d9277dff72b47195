"""Turns the time cells of one column into microseconds, and counts what a reader of the result must know.

Each row is read by itself: a stated zone counts, else the zone of the column. Which zones were met, and how
many times had none, is counted: a file that mixes both is read correctly and still deserves a word.
"""

from __future__ import annotations

import contextlib
import math
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Final

from pulih.adapters.files.reasons import NO_TIME, SWAPPED_DATE, UNREADABLE_TIME
from pulih.adapters.files.table import Table
from pulih.adapters.files.written_time import DayOrder, has_clock, moment_of, proves_order, two_numbers

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_US: Final = 86_400_000_000
_SECOND_US: Final = 1_000_000


class UnreadableTimeError(Exception):
    """A cell holds no time; its argument is one of `reasons`."""


class TimeReader:
    """Reads one column.

    Attributes:
        offsets: how many times stated which offset from UTC.
        zoneless: how many times stated none.
        dates_only: how many times had no hour.
    """

    def __init__(self, zone: tzinfo, order: DayOrder = "day") -> None:
        """Read zone-less times in `zone`, and 03/10/2025 in `order`."""
        self._zone = zone
        self._order: DayOrder = order
        self.offsets: Counter[timedelta] = Counter()
        self.zoneless = 0
        self.dates_only = 0

    def read(self, cell: object) -> int:
        """Return the microseconds since 1970 UTC that a cell means.

        Raises: UnreadableTimeError.
        """
        moment = self._moment(cell)
        if moment.tzinfo is None:
            self.zoneless += 1
            moment = moment.replace(tzinfo=self._zone)
        else:
            self.offsets[moment.utcoffset() or timedelta()] += 1
        since = moment - _EPOCH
        return since.days * _DAY_US + since.seconds * _SECOND_US + since.microseconds

    def _moment(self, cell: object) -> datetime:
        if isinstance(cell, datetime):
            return cell
        if isinstance(cell, date):
            self.dates_only += 1
            return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001 - the caller adds the zone
        text = text_of_time(cell)
        if not text:
            raise UnreadableTimeError(NO_TIME)
        try:
            moment = moment_of(text, self._order)
        except (ValueError, OverflowError):
            known = proves_order(text) in {None, self._order}
            raise UnreadableTimeError(UNREADABLE_TIME if known else SWAPPED_DATE) from None
        # Only a time without seconds and minutes can be a date alone, and few are.
        if not (moment.second or moment.minute or moment.hour or has_clock(text)):
            self.dates_only += 1
        return moment


def text_of_time(cell: object) -> str:
    """Return a time cell as text without spaces around it, "" when it is empty or no time at all.

    >>> text_of_time(1759456080.0)
    '1759456080'
    """
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return ""
    if abs(cell) >= 10**20:
        return "outside the calendar"
    if isinstance(cell, int) or cell.is_integer():
        return str(int(cell))
    return "" if math.isnan(cell) else f"{cell:.6f}"


def order_in(table: Table, column: str, beside: str) -> tuple[DayOrder, bool] | None:
    """Return what `order_of` does, from the sample of a table, or from all its rows where the sample leaves it open.

    Args:
        column: holds the times.
        beside: any other column.
    """
    place = table.names.index(column)
    found = order_of(cells[place] for cells in table.sample)
    if found is None or not found[1]:
        return found
    with contextlib.closing(table.records((column, beside))) as records:
        return order_of(item[1][0] for item in records if isinstance(item, tuple)) or found


def order_of(cells: Iterable[object]) -> tuple[DayOrder, bool] | None:
    """Return in which order a column writes its dates, and whether that is only assumed.

    Returns: what most of the cells that settle it say, ("day", True) when none does, None when no cell is a date
        of two numbers and a year.

    >>> order_of(["03/10/2025", "10/13/2025"])
    ('month', False)
    """
    seen = False
    proofs: Counter[DayOrder] = Counter()
    for cell in cells:
        text = text_of_time(cell)
        proof = proves_order(text)
        if proof:
            proofs[proof] += 1
        seen = seen or two_numbers(text) is not None
    if not seen:
        return None
    return ("month" if proofs["month"] > proofs["day"] else "day"), not proofs
