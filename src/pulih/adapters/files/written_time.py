"""Reads one written time: ISO 8601, dates in either order, month names in two languages, epoch numbers.

`datetime.fromisoformat` reads what most files hold, and reads it fast; the patterns below are for the rest:
RFC 2822 mail dates, the form of old Twitter exports, spreadsheets, "3 Oktober 2025 pukul 08.48 WIB",
JavaScript's `Date`.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

from pulih.adapters.files.zones import offset_of

DayOrder = Literal["day", "month"]

LONGEST_TIME: Final = 80  # characters; JavaScript's long form has about 60
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK: Final = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"(?:\s*(?P<half>[ap])\.?m\.?(?![a-z]))?"
)
_ZONE: Final = r"(?:\s*(?P<zone>(?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|[a-z]{1,5})(?:\s*\(.*\))?)?"
_TAIL: Final = rf"(?:(?:,?\s+|t|,?\s+(?:at|pukul|jam)\s+){_CLOCK}{_ZONE})?"
_WEEKDAY: Final = r"(?:[a-z]+'?[a-z]*\.?,?\s+)?"
_YEAR_FIRST: Final = re.compile(r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + _TAIL, re.IGNORECASE)
_TWO_NUMBERS: Final = re.compile(
    _WEEKDAY + r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})" + _TAIL,
    re.IGNORECASE,
)
_DAY_NAME: Final = re.compile(
    _WEEKDAY + r"(?P<day>\d{1,2})[\s-]+(?P<name>[a-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})" + _TAIL, re.IGNORECASE
)
_NAME_DAY: Final = re.compile(
    _WEEKDAY + r"(?P<name>[a-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})" + _TAIL,
    re.IGNORECASE,
)
_YEAR_LAST: Final = re.compile(
    rf"[a-z]{{3}}\s+(?P<name>[a-z]{{3}})\s+(?P<day>\d{{1,2}})\s+{_CLOCK}{_ZONE}\s+(?P<year>\d{{4}})",
    re.IGNORECASE,
)
_NUMBER: Final = re.compile(r"(\d{8,19})(?:[.,](\d+))?")
_CLOCK_SEEN: Final = re.compile(r":|[\sT]\d{1,2}\.\d{2}(?!\d)|^\d{9}")
_MONTHS: Final = {
    "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "may": 5, "mei": 5, "jun": 6, "jul": 7, "aug": 8,
    "agu": 8, "ags": 8, "agt": 8, "sep": 9, "oct": 10, "okt": 10, "nov": 11, "nop": 11, "dec": 12, "des": 12,
}  # fmt: skip


def moment_of(cell: str, order: DayOrder = "day") -> datetime:
    """Return the moment written in `cell`: aware when the cell states a zone, naive when it does not.

    Args:
        cell: what the file holds, without spaces around it.
        order: how to read 03/10/2025: day first or month first.

    Raises: ValueError when no time can be read from it in this order.

    >>> moment_of("2025-10-03T08:48:00Z").isoformat()
    '2025-10-03T08:48:00+00:00'
    >>> moment_of("03/10/2025 08.48").isoformat()
    '2025-10-03T08:48:00'
    >>> moment_of("Jumat, 3 Oktober 2025 pukul 08.48 WIB").isoformat()
    '2025-10-03T08:48:00+07:00'
    >>> moment_of("1759456080").isoformat()
    '2025-10-03T01:48:00+00:00'
    """
    # The dash after the year tells ISO 8601 from a bare number, which fromisoformat would take for a date.
    if cell[4:5] == "-":
        try:
            return datetime.fromisoformat(cell)
        except ValueError:
            pass
    if len(cell) > LONGEST_TIME or not cell.isascii():
        raise ValueError("not a time")
    number = _NUMBER.fullmatch(cell)
    return _moment_of_number(number[1], number[2] or "") if number else _moment_of_pattern(cell, order)


def has_clock(cell: str) -> bool:
    """Say whether a readable time holds an hour, or is a date only.

    >>> has_clock("2025-10-03"), has_clock("2025-10-03 08:48")
    (False, True)
    """
    return _CLOCK_SEEN.search(cell) is not None


def proves_order(cell: str) -> DayOrder | None:
    """Return the only order in which a date of two numbers and a year makes sense, None when both do.

    >>> proves_order("13/10/2025"), proves_order("10/13/2025"), proves_order("03/10/2025")
    ('day', 'month', None)
    """
    found = two_numbers(cell)
    if found is None or (found[0] > 12) == (found[1] > 12):
        return None
    return "day" if found[0] > 12 else "month"


def two_numbers(cell: str) -> tuple[int, int] | None:
    """Return the two first numbers of a date such as 03/10/2025, or None when the cell is none of these."""
    if len(cell) > LONGEST_TIME or not cell.isascii():
        return None
    found = _TWO_NUMBERS.fullmatch(cell)
    return (int(found["first"]), int(found["other"])) if found else None


def _moment_of_number(whole: str, fraction: str) -> datetime:
    if len(whole) == 8:
        return datetime.strptime(whole, "%Y%m%d")  # noqa: DTZ007 - naive is meant: the caller knows the zone
    if len(whole) == 14:
        return datetime.strptime(whole, "%Y%m%d%H%M%S")  # noqa: DTZ007 - as above
    # Seconds have 9 or 10 digits from 1973 to 2286; each further unit adds three.
    for digits_max, in_micros in ((11, 1_000_000), (13, 1_000), (16, 1)):
        if len(whole) <= digits_max:
            parts = int((fraction + "000000")[:6]) * in_micros // 1_000_000
            return _EPOCH + timedelta(microseconds=int(whole) * in_micros + parts)
    return _EPOCH + timedelta(microseconds=int(whole) // 1_000)


def _moment_of_pattern(cell: str, order: DayOrder) -> datetime:
    for pattern in (_YEAR_FIRST, _TWO_NUMBERS, _YEAR_LAST, _DAY_NAME, _NAME_DAY):
        found = pattern.fullmatch(cell)
        if found:
            return _moment_of_parts(found.groupdict(), order)
    raise ValueError("not a time")


def _moment_of_parts(parts: dict[str, str | None], order: DayOrder) -> datetime:
    year, month, day = _date_of_parts(parts, order)
    hour = int(parts["hour"] or 0)
    if parts["half"]:
        if not 1 <= hour <= 12:
            raise ValueError("no such hour")
        hour = hour % 12 + (12 if parts["half"].lower() == "p" else 0)
    micros = int(((parts["fraction"] or "") + "000000")[:6])
    moment = datetime(year, month, day, hour, int(parts["minute"] or 0), int(parts["second"] or 0), micros)  # noqa: DTZ001
    if not parts["zone"]:
        return moment
    zone = offset_of(parts["zone"])
    if zone is None:
        raise ValueError("no such zone")
    return moment.replace(tzinfo=zone)


def _date_of_parts(parts: dict[str, str | None], order: DayOrder) -> tuple[int, int, int]:
    year = int(parts["year"] or 0)
    if "first" in parts:
        numbers = int(parts["first"] or 0), int(parts["other"] or 0)
        day, month = numbers if order == "day" else numbers[::-1]
        # A two-digit year is of this century: complaint files are younger than that.
        return year if year > 99 else 2000 + year, month, day
    name = parts.get("name")
    month = _MONTHS.get(name[:3].lower(), 0) if name else int(parts["month"] or 0)
    return year, month, int(parts["day"] or 0)
