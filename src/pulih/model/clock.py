"""Units of time: whole microseconds since 1970 UTC inside, ISO 8601 at the edge.

Integers compare, sort and hash without surprises; a `datetime` is made only where a person reads it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

MICROS = 1_000_000
HOUR_S = 3_600
DAY_S = 86_400
WEEK_S = 604_800
# The zones of Indonesia; none has had summer time since 1964, so each is one zone of the time zone database.
INDONESIAN_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Return whole microseconds since 1970 UTC of an aware `moment`.

    >>> to_micros(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC))
    1000000
    """
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(at_us: int) -> datetime:
    """Return the aware UTC `datetime` of `at_us`.

    >>> from_micros(1_000_000).isoformat()
    '1970-01-01T00:00:01+00:00'
    """
    return _EPOCH + at_us * _MICROSECOND


def iso(at_us: int) -> str:
    """Write `at_us` as ISO 8601 UTC with Z, seconds shown, fractions only where there are some.

    >>> iso(1_000_000)
    '1970-01-01T00:00:01Z'
    """
    return from_micros(at_us).isoformat().replace("+00:00", "Z")
