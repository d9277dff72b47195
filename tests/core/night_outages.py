"""Made-up outages by hour of the day: people sleep, usual is known only roughly, and service comes back by parts.

Drawn from a seed, as `recovery_scenarios` are, and harder in what a night does to reports: how deep people sleep, how
flat the desk's idea of usual is, and how much deeper complaints of an outage sleep than usual ones all differ. Of half
of them customers come back one after the other. Run as a program with a first seed and a number, it prints by day and
by night how often people were still cut off when it was called restored, and how soon clear ones were.
"""

from __future__ import annotations

import math
import sys
from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray
from recovery_scenarios import WINDOW_US

from pulih.restore.observed import Answer, Counted, Observed, Probe, windows_of
from pulih.restore.returning import course_of

HOUR: Final = 12
DAY: Final = 24 * HOUR
# Looked at after it is over: a night and the morning.
AFTER: Final = 10 * HOUR
# Called restored while so large a part of those hit is still cut off, it is called too early.
FEW: Final = 0.2

Floats = NDArray[np.float64]


class NightOutage(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up outage; windows of five minutes.

    Attributes:
        began: window of the local day in which it began, 0..287.
        reports, usual: a value a window; usual as the desk believes it.
        cut: share of those hit who are still cut off, 0..1.
        over: window from which on nobody is; `normal` from which on reports are usual, too.
        excess: reports a window beyond usual in the last hour of which at least half were cut off.
        likely: what was truly usual then.
        answers, texts, probes: what else was heard.
    """

    began: int
    reports: NDArray[np.int64]
    usual: Floats
    cut: Floats
    over: int
    normal: int
    excess: float
    likely: float
    answers: tuple[Answer, ...]
    texts: tuple[int, ...]
    probes: tuple[Probe, ...]

    @property
    def clear(self) -> bool:
        """Whether reports before the end stood well above what is usual."""
        return self.excess >= 4 * self.likely and self.excess >= 6

    def by_night(self, window: int) -> bool:
        """Whether a window lies between 23:00 and 06:00 of the local day."""
        hour = (self.began + window) % DAY / HOUR
        return hour >= 23 or hour < 6

    def observed(self, *, aside: bool = True) -> Observed:
        """Return what is heard to the end, with or without anything but reports."""
        now_us = self.reports.size * WINDOW_US
        return Observed(
            onset_us=0,
            now_us=now_us,
            counted=Counted(
                start_us=0, step_s=300, counts=tuple(map(float, self.reports)), expected=tuple(map(float, self.usual))
            ),
            alive_until_us=now_us,
            answers=self.answers if aside else (),
            probes=self.probes if aside else (),
            recoveries=self.texts if aside else (),
        )


def night_outage(seed: int) -> NightOutage:
    """Return the outage of a seed."""
    rng = np.random.default_rng(seed)
    level, peak = (math.exp(rng.uniform(math.log(low), math.log(high))) for low, high in ((0.1, 20), (8, 300)))
    began = int(rng.integers(DAY))
    over = int(np.clip(math.exp(rng.normal(math.log(4 * HOUR), 0.8)), 6, 20 * HOUR))
    fades = int(rng.integers(2, 25)) if rng.random() < 0.5 else 0
    at = np.arange(over + AFTER)
    awake = _awake(rng, began + at)
    cut = np.where(at < over, np.minimum(1.0, (over - at) / (fades + 1.0)), 0.0)
    # Whoever sleeps does not tire of reporting.
    tired = 0.5 ** (np.cumsum(awake) / awake.max() / rng.uniform(HOUR, 5 * HOUR))
    sleep = rng.uniform(0.7, 1.4)
    whole = peak * tired * (1 - np.exp(-(at + 1) / 2)) * awake**sleep
    tail, echo = rng.uniform(0.3, 2.5), rng.uniform(0, 0.1)
    last = float((whole * cut)[over - 1])
    after = last * np.exp(-(at - over + 1) / tail) + echo * whole[over - 1] * 0.5 ** ((at - over) / 8)
    above = np.where(at < over, whole * cut, after * (awake / awake[over - 1]))
    known = rng.uniform(0.4, 1.0)
    likely = level * rng.normal(1, 0.15) * awake
    reports = rng.poisson((likely + above) * rng.gamma(20.0, 1 / 20.0, at.size))
    half = slice(max(0, over - fades // 2 - HOUR), max(1, over - fades // 2))
    excess = float((whole * cut)[half].mean())
    normal = next(int(one) for one in at if one >= over and above[one] <= max(0.15 * excess, 0.4 * likely[one]))
    return NightOutage(
        began=began,
        reports=reports,
        usual=level * (known * awake + (1 - known)),
        cut=cut,
        over=over,
        normal=normal,
        excess=excess,
        likely=float(likely[half].mean()),
        answers=_answers(rng, reports, cut),
        texts=_texts(rng, reports, cut),
        probes=_probes(rng, cut),
    )


def _awake(rng: np.random.Generator, window: NDArray[np.int64]) -> Floats:
    """Return how many write at a time of the day, 1 on average: fewest at half past three, a third to a twentieth."""
    depth = rng.uniform(1.0, 3.0)

    def curve(place: Floats) -> Floats:
        result: Floats = np.exp(-depth * (1 + np.cos(2 * np.pi * (place - 3.5 * HOUR) / DAY)) / 2)
        return result

    return curve(window.astype(np.float64)) / float(curve(np.arange(DAY, dtype=np.float64)).mean())


def _answers(rng: np.random.Generator, reports: NDArray[np.int64], cut: Floats) -> tuple[Answer, ...]:
    """Of those who report, none, one in fifty or one in ten is asked and answers, as it is for them then."""
    share = float(rng.choice([0, 0.02, 0.1]))
    asked = np.repeat(np.arange(reports.size), rng.binomial(reports, share))
    told = []
    for number, window in enumerate(asked.tolist()):
        then = min(cut.size - 1, window + int(rng.integers(3, 20)))
        back = rng.random() < (0.9 - 0.75 * float(cut[then]))
        told.append(Answer(then * WINDOW_US + 1, str(number), bool(back)))
    return tuple(told)


def _texts(rng: np.random.Generator, reports: NDArray[np.int64], cut: Floats) -> tuple[int, ...]:
    """While it goes on one in fifty says that it is back; whoever is served again may say so, too."""
    wrong = rng.poisson(0.02 * reports * (cut > 0))
    came_back = np.append(-np.diff(cut), 0.0) * float(rng.choice([0, 0.02, 0.06])) * reports[cut > 0][-2 * HOUR :].sum()
    right = np.repeat(np.arange(cut.size), rng.poisson(np.maximum(came_back, 0.0)))
    said = [*np.repeat(np.arange(cut.size), wrong).tolist(), *(right + rng.exponential(5, right.size)).tolist()]
    return tuple(int(one * WINDOW_US) for one in said)


def _probes(rng: np.random.Generator, cut: Floats) -> tuple[Probe, ...]:
    if rng.random() < 0.5:
        return ()
    chances = [0.98] * DAY + [0.98 - 0.68 * float(one) for one in cut]
    return tuple(
        Probe((window - DAY) * WINDOW_US + 5, bool(rng.random() < chance)) for window, chance in enumerate(chances)
    )


def first_verdict(observed: Observed) -> int | None:
    """Return the number of windows after which it was first called restored, None if never."""
    reached = course_of(windows_of(observed)).reached
    return None if reached is None else reached + 1


class Tally(msgspec.Struct):
    """How outages of day or night were judged."""

    judged: int = 0
    early: int = 0
    never: int = 0
    late: list[int] = msgspec.field(default_factory=list)


def tallied(first: int, many: int) -> dict[str, Tally]:
    """Return how outages went that were by day throughout, and such as reached into a night; each is judged twice."""
    found = {"day": Tally(), "night": Tally()}
    for one in map(night_outage, range(first, first + many)):
        tally = found["night" if any(one.by_night(at) for at in range(one.over)) else "day"]
        for aside in (True, False):
            known = first_verdict(one.observed(aside=aside))
            early = known is not None and known < one.over and one.cut[known - 1] > FEW
            tally.judged, tally.early, tally.never = (
                tally.judged + 1,
                tally.early + early,
                tally.never + (known is None),
            )
            if one.clear:
                tally.late.append(999 if known is None else (known - one.normal) * 5)
    return found


def report(first: int, many: int) -> str:
    """Return a line for day and one for night."""
    lines = []
    for name, tally in tallied(first, many).items():
        middle, most = np.quantile(tally.late, [0.5, 0.95])
        soon = sum(minutes <= 30 for minutes in tally.late)
        lines.append(
            f"{name}: {tally.judged} judged, {tally.early} called restored with more than a fifth still cut off, "
            f"{tally.never} never; of {len(tally.late)} clear ones {soon} within 30 min, middle {middle:.0f}, "
            f"95 % {most:.0f} min"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(f"{report(int(sys.argv[1]), int(sys.argv[2]))}\n")
