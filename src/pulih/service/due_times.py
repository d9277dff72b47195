"""When a word falls due for a reader: at once, gathered by the hour or day, and not at night for who wants sleep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Final, get_args
from zoneinfo import ZoneInfo

from pulih.model.clock import from_micros, to_micros
from pulih.model.subscription import Pace
from pulih.ports.outbox import Due

# Quiet hours, local time, and when what is gathered by the day is sent.
NIGHT: Final = time(22)
MORNING: Final = time(6)
DAILY: Final = time(7)


def dues_of(now_us: int, zone: ZoneInfo, *, urgent: bool) -> list[Due]:
    """Return when a word falls due for each pace, with quiet hours and without; what is urgent waits for nothing.

    >>> {one.at_us for one in dues_of(5, ZoneInfo("Asia/Jakarta"), urgent=True)}
    {5}
    """
    if urgent:
        return [Due(pace, quiet, now_us) for pace, quiet in _kinds()]
    return [Due(pace, quiet, due_us(now_us, zone, pace=pace, quiet=quiet)) for pace, quiet in _kinds()]


def due_us(now_us: int, zone: ZoneInfo, *, pace: Pace, quiet: bool) -> int:
    """Return when a word that is not urgent falls due, microseconds since 1970 UTC; never before `now_us`.

    >>> due_us(0, ZoneInfo("Asia/Jakarta"), pace="hourly", quiet=False)
    3600000000
    """
    local = from_micros(now_us).astimezone(zone)
    at = _gathered(local, pace)
    if quiet and (at.time() >= NIGHT or at.time() < MORNING):
        at = datetime.combine(at.date() + timedelta(days=at.time() >= NIGHT), MORNING, zone)
    return now_us if at == local else max(now_us, to_micros(at))


def _gathered(local: datetime, pace: Pace) -> datetime:
    if pace == "hourly":
        return local.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    if pace == "daily":
        return datetime.combine(local.date() + timedelta(days=local.time() >= DAILY), DAILY, local.tzinfo)
    return local


def _kinds() -> Iterator[tuple[Pace, bool]]:
    return ((pace, quiet) for pace in get_args(Pace) for quiet in (False, True))
