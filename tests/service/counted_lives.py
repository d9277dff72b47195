"""Lives of the stories as counts alone, by the hundred: other crowds, slow ends, regions, tired crowds, invented words.

`scenario_desk` hears every word of a story and takes a minute for it; here only reports are drawn, window by window, so
that chance can be told from rule. Run as a program with a first seed and a number, it prints for each variant how many
lives were called restored while some were still cut off, and how long after the last customer was served.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from scenario_desk import HOURS, cut_off, rate_of, us
from scenario_stories import LONG_STORIES, STORIES, Story, Stretch

from pulih.model.clock import HOUR_S, MICROS, from_micros
from pulih.restore.observed import Answer, Counted, Observed, windows_of
from pulih.restore.returning import course_of

WINDOW_US: Final = 300 * MICROS
HOUR_US: Final = HOUR_S * MICROS
# Telkom 2021 lasts a week, and the rolling failure of power is one town after the other: both are lived through whole.
TOLD: Final = tuple(
    {**STORIES, **LONG_STORIES}[name]
    for name in ("kt-2021", "smartfren-2025-10-03", "optus-2023", "rogers-2022", "o2-2018", "kddi-2022")
)
LOOKED_AT: Final = timedelta(hours=34)
AFTER: Final = timedelta(hours=5)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Life:
    """One life in windows of five minutes: reports, what is usual, and the share still cut off.

    `above` are reports that the outage brings on average, `relief_us` is when the last customer was served, and
    `cut_begin` says that the outage began earlier than the first window.
    """

    start_us: int
    reports: NDArray[np.int64]
    usual: Floats
    above: Floats
    cut: Floats
    relief_us: int
    claimed_us: int | None
    cut_begin: bool
    invented: int = 0

    def observed(self) -> Observed:
        """Return what is heard to the end; invented answers and texts come half of the time before it."""
        now_us = self.start_us + self.reports.size * WINDOW_US
        at_us = (self.start_us + min(now_us, self.relief_us)) // 2
        return Observed(
            onset_us=self.start_us,
            now_us=now_us,
            counted=Counted(
                start_us=self.start_us,
                step_s=300,
                counts=tuple(map(float, self.reports)),
                expected=tuple(map(float, self.usual)),
            ),
            alive_until_us=now_us,
            claimed_us=self.claimed_us,
            answers=tuple(Answer(at_us + one * MICROS, f"s{one}", True) for one in range(self.invented)),
            recoveries=tuple(at_us + one * MICROS for one in range(self.invented)),
            cut=self.cut_begin,
        )


@dataclass(frozen=True)
class Way:
    """How a life differs from its story.

    Attributes:
        times: as many people write, on any day too.
        fade: hours over which service returns; None as told.
        regions: that return one by one within the last four hours; 0 none.
        shift: hours by which it happens later in the day.
        halves: hours awake in which complaints halve though nothing is mended; None never.
        mended: whether it ends at all; if not, it goes on for ten hours.
        invented: answers and texts that say it is back, from as many authors.
    """

    times: float = 1.0
    fade: float | None = None
    regions: int = 0
    shift: int = 0
    halves: float | None = None
    mended: bool = True
    invented: int = 0


WAYS: Final = {
    "as told": Way(),
    "half as many write": Way(times=0.5),
    "a fifth as many write": Way(times=0.2),
    "twice as many write": Way(times=2.0),
    "service returns within a quarter of an hour": Way(fade=0.25),
    "service returns over four hours": Way(fade=4.0),
    "three regions return one by one": Way(regions=3),
    "twelve hours later in the day": Way(shift=12),
    "never mended, people tire by half in two hours": Way(mended=False, halves=2.0),
    "never mended, people tire by half in one hour": Way(mended=False, halves=1.0),
    "never mended, people tire by half in forty minutes": Way(mended=False, halves=2 / 3),
    "never mended, three authors invent, a fifth as many write": Way(mended=False, halves=2.0, invented=3, times=0.2),
    "never mended, two hundred authors invent": Way(mended=False, halves=2.0, invented=200),
    "never mended, two hundred invent, a fifth as many write": Way(
        mended=False, halves=2.0, invented=200, times=0.2
    ),
}  # fmt: skip


def life(told: Story, way: Way, seed: int) -> Life:
    """Return one life of a story."""
    rng = np.random.default_rng([seed, zlib.crc32(told.id.encode())])
    story = told if way.mended else _endless(told)
    begin_us, relief_us = us(story.begin), us(story.relief)
    start_us = max(begin_us, relief_us - us_of(LOOKED_AT))
    start_us -= start_us % WINDOW_US
    many = (relief_us + (us_of(AFTER) if way.mended else 0) - start_us) // WINDOW_US
    at = start_us + WINDOW_US * np.arange(many) + WINDOW_US // 2
    zone = ZoneInfo(story.zone)
    hours = np.array([HOURS[from_micros(int(one) + way.shift * HOUR_US).astimezone(zone).hour] for one in at])
    usual = story.usual_per_day * way.times * hours / sum(HOURS) / 12
    awake = 0.25 + 0.75 * hours / max(HOURS)
    cut = np.where(at < relief_us, _cut(story, way, at, rng), 0.0) if way.mended else np.ones(at.size)
    level = np.array([_level(story, int(one)) for one in at])
    above = level * cut * awake * way.times / 12
    if way.halves is not None:
        above *= 0.5 ** (np.cumsum(awake / awake.max()) / 12 / way.halves)
    claims = [us(moment) for moment, act in story.acts if act == "claimed_fixed"]
    return Life(
        start_us=start_us,
        reports=rng.poisson((usual + above) * rng.gamma(20.0, 1 / 20.0, at.size)),
        # The desk learnt what is usual in a week, and is a tenth off.
        usual=usual * float(np.exp(rng.normal(0.0, 0.1))),
        above=above,
        cut=cut,
        relief_us=relief_us,
        claimed_us=claims[-1] if claims and way.mended else None,
        cut_begin=start_us > begin_us,
        invented=way.invented,
    )


def us_of(span: timedelta) -> int:
    """Return a span in microseconds."""
    return span // timedelta(microseconds=1)


def _endless(story: Story) -> Story:
    """Return the story as it would be if nobody mended anything for ten hours."""
    level, end = story.stretches[-2].per_hour, story.begin + timedelta(hours=10)
    return replace(
        story, relief=end, stretches=(Stretch(story.begin + timedelta(minutes=40), level), Stretch(end, level))
    )


def _level(story: Story, at_us: int) -> float:
    """Return how many would complain an hour if all who are hit were still cut off."""
    whole_until_us = us(story.stretches[-2].end) if story.stretches[-1].per_hour == 0.0 else us(story.relief)
    return rate_of(story, at_us) if at_us < whole_until_us else story.stretches[-2].per_hour


def _cut(story: Story, way: Way, at: NDArray[np.int64], rng: np.random.Generator) -> Floats:
    relief_us = us(story.relief)
    if way.regions:
        returns = np.sort(rng.uniform(max(us(story.begin), relief_us - 4 * HOUR_US), relief_us, way.regions))
        returns[-1] = relief_us
        shares = rng.dirichlet(np.full(way.regions, 2.0))
        gone: Floats = ((at[:, None] < returns[None, :]) * shares[None, :]).sum(axis=1)
        return gone
    if way.fade is not None:
        faded: Floats = np.clip((relief_us - at) / (way.fade * HOUR_US), 0.0, 1.0)
        return faded
    told: Floats = np.array([min(1.0, cut_off(story, int(one))) for one in at])
    return np.where(at < us(story.stretches[-2].end), 1.0, told)


@dataclass(frozen=True)
class End:
    """When a life was first called restored: minutes after relief, the share still cut off, reports in times usual."""

    minutes: float
    cut: float
    times: float


def end_of(one: Life) -> End | None:
    """Return when a life was first called restored, None when it never was."""
    reached = course_of(windows_of(one.observed())).reached
    if reached is None:
        return None
    at_us = one.start_us + (reached + 1) * WINDOW_US
    going = at_us <= one.relief_us
    usual = float(one.usual[reached])
    return End(
        (at_us - one.relief_us) / 60 / MICROS,
        float(one.cut[reached]) if going else 0.0,
        (usual + float(one.above[reached])) / usual if going else 1.0,
    )


def ends(way: Way, seeds: Iterable[int]) -> list[End | None]:
    """Return how the lives of all stories end in one way."""
    return [end_of(life(story, way, seed)) for seed in seeds for story in TOLD]


def still_cut(found: Iterable[End | None], share: float) -> int:
    """Return how many were called restored while more than a share was cut off."""
    return sum(one is not None and one.cut > share for one in found)


def line(name: str, found: list[End | None]) -> str:
    """Return what is printed of one way."""
    minutes = [one.minutes for one in found if one is not None]
    middle, most = np.quantile(minutes, [0.5, 0.95]) if minutes else (0.0, 0.0)
    early = ", ".join(f"{share:.0%}: {still_cut(found, share)}" for share in (0.05, 0.1, 0.2))
    return (
        f"{name}: {len(found)} lives, more cut off than {early}; "
        f"within 30 min {sum(one <= 30 for one in minutes)}, never {len(found) - len(minutes)}, "
        f"middle {middle:.0f}, 95 % {most:.0f} min"
    )


if __name__ == "__main__":
    first, many = int(sys.argv[1]), int(sys.argv[2])
    for title, how in WAYS.items():
        sys.stdout.write(f"{line(title, ends(how, range(first, first + many)))}\n")
        sys.stdout.flush()
