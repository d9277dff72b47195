"""Watch: what may be asked of a scan of counts, and the refusal of what cannot be meant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.detect.days import Calendar
from pulih.model.errors import RefusedInput, ShapeMismatch
from pulih.series.state import Direction

BIN_S_MIN, BIN_S_MAX = 60, 3600


class Watch(msgspec.Struct, frozen=True):
    """What may be asked of a scan besides its rate.

    Attributes:
        direction: which departures from usual count; success of probes falls.
        timezone: zone of the local rhythm, an IANA name or a tzinfo; None = that of `start`.
        calendar: what is special of a date, see `detect.days`.
        siblings: group of each series; series of a group share a daily mood.
    """

    direction: Direction = "rise"
    timezone: str | tzinfo | None = None
    calendar: Calendar | None = None
    siblings: Sequence[int] | NDArray[np.integer[Any]] | None = None


def checked(watch: Watch, series: int) -> Watch:
    """Return what was asked for, when it can be meant.

    Raises: RefusedInput or ShapeMismatch naming the option and what would be right.
    """
    if watch.direction not in ("rise", "fall", "both"):
        raise RefusedInput(f"direction must be rise, fall or both, not {watch.direction!r}.")
    if watch.siblings is not None:
        groups = np.asarray(watch.siblings)
        if groups.shape != (series,) or not np.issubdtype(groups.dtype, np.integer) or groups.min() < 0:
            raise ShapeMismatch(f"siblings must be {series} integers of 0 or more, one a series.")
    return watch


def zone_of(asked: str | tzinfo | None, start: datetime) -> tzinfo:
    """Return the zone of the local rhythm.

    Raises: RefusedInput when there is no such zone.
    """
    if asked is None:
        return start.tzinfo or UTC
    if not isinstance(asked, str):
        return asked
    try:
        return ZoneInfo(asked)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise RefusedInput(f"timezone: there is no zone {asked!r}; Asia/Jakarta would be one.") from None


def check(series: int, start: datetime, bin_s: int, false_alarms_per_week: float) -> None:
    """Refuse what a scanner cannot be made with.

    Raises: RefusedInput naming the value and what would be right.
    """
    if series < 1:
        raise RefusedInput(f"series must be 1 or more, not {series}.")
    if start.utcoffset() is None:
        raise RefusedInput(f"start must know its time zone; {start.isoformat()} does not.")
    if not BIN_S_MIN <= bin_s <= BIN_S_MAX or 86_400 % bin_s:
        raise RefusedInput(f"bin_s must divide a day and be {BIN_S_MIN} to {BIN_S_MAX} seconds, not {bin_s}.")
    if not 0 < false_alarms_per_week <= 100:
        raise RefusedInput(f"false_alarms_per_week must be above 0 and at most 100, not {false_alarms_per_week}.")
    if (start + timedelta(0)).microsecond or (start.hour * 3600 + start.minute * 60 + start.second) % bin_s:
        raise RefusedInput(f"start must lie on a bin boundary of its day; {start.isoformat()} does not.")
