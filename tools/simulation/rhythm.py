"""When people write: the rhythm of quiet weeks, and how the simulated outage swells and ebbs."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

# Share of a day's posts by local hour: asleep at four, busiest between seven and ten in the evening.
HOURS: tuple[float, ...] = (
    1.8, 1.1, 0.7, 0.5, 0.6, 1.4, 2.6, 3.6, 4.2, 4.6, 4.8, 4.8,
    4.9, 4.7, 4.5, 4.6, 4.9, 5.2, 6.2, 7.6, 8.2, 7.8, 6.2, 4.5,
)  # fmt: skip
# Monday first; weekends grumble a little more in the evening, which one factor is enough to show.
WEEKDAYS: tuple[float, ...] = (1.02, 0.98, 0.96, 0.97, 1.0, 1.06, 1.01)

# Reports a minute at local times of the day, straight lines between; the real event gives the first report
# (08:48), the peak (10:18) and "still in the afternoon"; everything else about the curve is invented.
OUTAGE: tuple[tuple[str, float], ...] = (
    ("08:49", 0.8), ("09:00", 1.8), ("09:30", 4.2), ("10:00", 9.0), ("10:15", 13.0), ("10:18", 21.0),
    ("10:21", 13.0), ("10:45", 10.0), ("11:30", 6.5), ("12:15", 3.8), ("13:15", 4.6), ("15:00", 3.6),
    ("16:00", 2.6), ("17:00", 1.4), ("18:00", 0.7), ("19:00", 0.25), ("20:30", 0.06), ("21:30", 0.0),
)  # fmt: skip
RECOVERY: tuple[tuple[str, float], ...] = (
    ("14:10", 0.0), ("15:30", 0.5), ("16:20", 1.6), ("17:15", 2.6), ("18:30", 1.9), ("19:45", 1.5),
    ("21:00", 0.5), ("22:30", 0.0),
)  # fmt: skip
FOOTBALL: tuple[tuple[str, float], ...] = (
    ("18:45", 0.0), ("19:05", 0.8), ("19:40", 1.6), ("19:55", 0.6), ("20:15", 1.3), ("20:40", 2.6),
    ("21:00", 1.0),
    ("21:30", 0.0),
)  # fmt: skip
PRICE_PROTEST: tuple[tuple[str, float], ...] = (
    ("18:50", 0.0),
    ("19:15", 0.9),
    ("19:50", 0.8),
    ("21:10", 0.0),
)


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a Poisson number by multiplying uniforms (Knuth, TAOCP 2, 3.4.1); for means below 30."""
    limit, product, drawn = math.exp(-mean), rng.random(), 0
    while product > limit:
        product *= rng.random()
        drawn += 1
    return drawn


def quiet_moments(rng: random.Random, days: Sequence[datetime], per_day: float) -> Iterator[datetime]:
    """Yield moments of a quiet stream, `per_day` on average: hours, weekdays, and a level per day."""
    for day in days:
        level = rng.gammavariate(25.0, 1 / 25.0)
        for hour, share in enumerate(HOURS):
            mean = per_day * level * WEEKDAYS[day.weekday()] * share / sum(HOURS)
            for _ in range(poisson(rng, mean)):
                yield day + timedelta(seconds=hour * 3600 + rng.randrange(3600))


def curve_moments(rng: random.Random, day: datetime, curve: tuple[tuple[str, float], ...]) -> Iterator[datetime]:
    """Yield moments along a curve of posts a minute, given at local times with straight lines between."""
    knots = [(_minute(clock), rate) for clock, rate in curve]
    for (begin, before), (end, after) in pairwise(knots):
        for minute in range(begin, end):
            rate = before + (after - before) * (minute - begin + 0.5) / (end - begin)
            for _ in range(poisson(rng, rate)):
                yield day + timedelta(minutes=minute, seconds=rng.randrange(60))


def at_clock(day: datetime, clock: str) -> datetime:
    """Return the moment of `day` at local `clock`, "08:48"."""
    return day + timedelta(minutes=_minute(clock))


def _minute(clock: str) -> int:
    hours, minutes = clock.split(":")
    return int(hours) * 60 + int(minutes)
