"""The clock zone of times that carry none: IANA names, the three Indonesian zones, and plain offsets.

Abbreviations met inside a time ("08:48 WIB") are read from a short list of those that mean one thing: IST or BST
would be a guess.
"""

from __future__ import annotations

import re
from datetime import UTC, timedelta, timezone, tzinfo
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pulih.model.clock import INDONESIAN_ZONES
from pulih.model.errors import RefusedInput

_OFFSET: Final = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?", re.IGNORECASE)
_HOURS: Final = {
    "z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0, "wat": 1, "cet": 1, "cat": 2, "eet": 2, "cest": 2,
    "eat": 3, "eest": 3, "msk": 3, "wib": 7, "ict": 7, "wita": 8, "sgt": 8, "myt": 8, "hkt": 8, "awst": 8,
    "wit": 9, "jst": 9, "kst": 9, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
    "est": -5, "edt": -4, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
}  # fmt: skip


def zone_of(name: str) -> tuple[str, tzinfo]:
    """Return the canonical name of a zone and the zone itself.

    Args:
        name: an IANA name (Asia/Jakarta), WIB, WITA, WIT, UTC, or an offset such as +07:00.

    Raises: RefusedInput when there is no such zone.

    >>> zone_of("wib")[0]
    'Asia/Jakarta'
    """
    wanted = name.strip()
    if wanted.lower() in {"utc", "gmt", "z"}:
        return "UTC", UTC
    offset = offset_of(wanted)
    if offset is not None and _OFFSET.fullmatch(wanted):
        return str(offset), offset
    key = INDONESIAN_ZONES.get(wanted.upper(), wanted)
    try:
        return key, ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedInput(
            f'there is no time zone "{name}"; right would be an IANA name such as Asia/Jakarta, '
            "or WIB, WITA, WIT, UTC, or an offset such as +07:00"
        ) from None


def offset_of(mark: str) -> timezone | None:
    """Return the zone that a mark at the end of a time means ("Z", "+0700", "GMT+7", "WIB"), or None.

    >>> str(offset_of("+0730"))
    'UTC+07:30'
    >>> offset_of("IST") is None
    True
    """
    found = _OFFSET.fullmatch(mark)
    if found is None:
        hours = _HOURS.get(mark.lower())
        return None if hours is None else timezone(timedelta(hours=hours))
    sign, hour, minute = found.groups()
    span = timedelta(hours=int(hour), minutes=int(minute or 0))
    if span >= timedelta(hours=24):
        return None
    return timezone(-span if sign == "-" else span)


def zone_in_column_name(name: str) -> str | None:
    """Return the zone that a column's own name states ("time_utc", "Waktu (WIB)"), or None.

    >>> zone_in_column_name("Waktu (WIB)")
    'WIB'
    """
    for word in re.split(r"[^A-Z]+", name.upper()):
        if word in {"UTC", "GMT", *INDONESIAN_ZONES}:
            return word
    return None
