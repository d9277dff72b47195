"""Moments as documents of TM Forum write them, and back."""

from __future__ import annotations

from pulih.interchange.shapes import moment_of
from pulih.model.clock import iso, to_micros


def written(at_us: int) -> str:
    """Return a moment, microseconds since 1970 UTC, as RFC 3339.

    >>> written(0)
    '1970-01-01T00:00:00Z'
    """
    return iso(at_us)


def micros_of(said: object, *, now_us: int) -> int:
    """Return a written moment that is past, in microseconds since 1970 UTC; the present for any other.

    >>> micros_of("1970-01-01T07:00:01+07:00", now_us=5_000_000), micros_of("9999-01-01T00:00:00Z", now_us=5)
    (1000000, 5)
    """
    at = moment_of(said)
    if at is None:
        return now_us
    at_us = to_micros(at)
    return min(at_us, now_us)
