"""Made-up outages with a known end: reports that tire, a tail, talk afterwards, answers, texts, probes and claims.

Drawn from a seed. Seeds below `HELD_OUT` are those on which constants were looked at; tests use the others. Run as a
program with a first seed and a number, it prints how often what was judged was wrong or late.
"""

from __future__ import annotations

import math
import sys
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from pulih.model.clock import MICROS
from pulih.restore.judging import judge
from pulih.restore.observed import Answer, Counted, Observed, Probe

HELD_OUT = 200_000
WINDOW_US = 300 * MICROS
_DAY = 288
Claim = Literal["none", "true", "early"]


class Scenario(msgspec.Struct, frozen=True, kw_only=True):
    """One made-up outage; windows of five minutes.

    Attributes:
        reports, usual: a value a window.
        over: window from which on it is over; `normal` from which on reports are, too.
        excess, level: reports above usual just before the end, and what was usual on average.
        answers, texts, probes, claim, claimed: what else was heard; `claimed` the window of the claim.
    """

    reports: NDArray[np.int64]
    usual: NDArray[np.float64]
    over: int
    normal: int
    excess: float
    level: float
    answers: tuple[Answer, ...]
    texts: tuple[int, ...]
    probes: tuple[Probe, ...]
    claim: Claim
    claimed: int | None

    @property
    def plain(self) -> bool:
        """Whether reports just before the end still show that it is not over."""
        return self.excess >= 2 * self.level and self.excess >= 6

    @property
    def clear(self) -> bool:
        """Whether reports just before the end stand well above what is usual."""
        return self.excess >= 4 * self.level and self.excess >= 6

    def observed(self, until: int | None = None, *, alive: int | None = None, aside: bool = True) -> Observed:
        """Return what is heard by the end of a number of windows.

        Args:
            until: how many; None for all.
            alive: until the end of which the source showed life; None for all.
            aside: whether anything but reports is heard.
        """
        many = self.reports.size if until is None else until
        now_us = many * WINDOW_US
        return Observed(
            onset_us=0,
            now_us=now_us,
            counted=Counted(
                start_us=0, step_s=300, counts=tuple(map(float, self.reports)), expected=tuple(map(float, self.usual))
            ),
            alive_until_us=now_us if alive is None else alive * WINDOW_US,
            claimed_us=None if self.claimed is None or not aside else self.claimed * WINDOW_US,
            answers=tuple(one for one in self.answers if one.at_us < now_us) if aside else (),
            probes=tuple(one for one in self.probes if one.at_us < now_us) if aside else (),
            recoveries=tuple(at_us for at_us in self.texts if at_us < now_us) if aside else (),
        )


def scenario(seed: int) -> Scenario:
    """Return the outage of a seed."""
    rng = np.random.default_rng(seed)
    level, peak = (math.exp(rng.uniform(math.log(low), math.log(high))) for low, high in ((0.1, 20), (8, 300)))
    over = int(np.clip(math.exp(rng.normal(math.log(24), 0.9)), 6, 200))
    tires, tail, echo = rng.uniform(12, 60), rng.uniform(0.3, 2.5), rng.uniform(0, 0.1)
    at = np.arange(over + 96)
    going = peak * 0.5 ** (at / tires) * (1 - np.exp(-(at + 1) / 2))
    excess = float(going[over - 1])
    after = excess * (np.exp(-(at - over + 1) / tail) + echo * 0.5 ** ((at - over) / 8))
    above = np.where(at < over, going, after)
    rhythm = 1 + 0.5 * np.sin(2 * np.pi * (at / _DAY + rng.uniform()))
    mean = (level * rng.normal(1, 0.15) + above) * rhythm
    reports = rng.poisson(mean * rng.gamma(20.0, 1 / 20.0, at.size))
    quiet = max(0.15 * excess, 0.4 * level)
    normal = next(int(one) for one in at if one >= over and above[one] <= quiet)
    claim: Claim = ("none", "true", "early")[int(rng.integers(3))]
    claimed = {"none": None, "true": over + int(rng.integers(0, 3)), "early": int(over * rng.uniform(0.3, 0.9))}[claim]
    return Scenario(
        reports=reports,
        usual=level * rhythm,
        over=over,
        normal=normal,
        excess=excess,
        level=level,
        answers=_answers(rng, reports, over),
        texts=_texts(rng, reports, over),
        probes=_probes(rng, over, at.size),
        claim=claim,
        claimed=claimed,
    )


def _answers(rng: np.random.Generator, reports: NDArray[np.int64], over: int) -> tuple[Answer, ...]:
    """Of those who reported, none, one in fifty or one in ten answers once, a quarter of an hour or more later."""
    many = int(rng.poisson(rng.choice([0, 0.02, 0.1]) * reports[:over].sum()))
    told = []
    for number in range(many):
        window = int(rng.integers(0, over)) + int(rng.integers(3, 20))
        back = rng.random() < (0.9 if window >= over else 0.15)
        told.append(Answer(window * WINDOW_US + 1, str(number), bool(back)))
    return tuple(told)


def _texts(rng: np.random.Generator, reports: NDArray[np.int64], over: int) -> tuple[int, ...]:
    wrong = rng.uniform(0, over, rng.poisson(0.02 * reports[:over].sum()))
    many = rng.poisson(rng.choice([0, 0.02, 0.06]) * reports[max(0, over - 12) : over].sum())
    right = over + rng.exponential(5, many)
    return tuple(int(one * WINDOW_US) for one in (*wrong, *right))


def _probes(rng: np.random.Generator, over: int, windows: int) -> tuple[Probe, ...]:
    if rng.random() < 0.5:
        return ()
    chances = [0.3 if 0 <= window < over else 0.98 for window in range(-_DAY, windows)]
    return tuple(
        Probe((window - _DAY) * WINDOW_US + 5, bool(rng.random() < chance)) for window, chance in enumerate(chances)
    )


def report(first: int, many: int) -> str:
    """Return how often outages were called restored too early, and how soon clear ones were."""
    wrong, plain, total = 0, 0, 0
    late: list[int] = []
    for one in map(scenario, range(first, first + many)):
        for aside in (True, False):
            judged = judge(one.observed(aside=aside))
            known = None if judged.known_us is None else judged.known_us // WINDOW_US
            early = judged.verdict == "restored" and judged.relapsed_us is None and (known or 0) < one.over
            total, wrong, plain = total + 1, wrong + early, plain + (early and one.plain)
            if one.clear:
                late.append((known - one.normal) * 5 if judged.verdict == "restored" and known else 999)
    soon = sum(minutes <= 30 for minutes in late)
    middle, most = np.quantile(late, [0.5, 0.95])
    return (
        f"{total} judged, {wrong} too early, {plain} of these while reports showed it; "
        f"of {len(late)} clear ones {soon} within 30 min, middle {middle:.0f}, 95 % {most:.0f} min"
    )


if __name__ == "__main__":
    sys.stdout.write(f"{report(int(sys.argv[1]), int(sys.argv[2]))}\n")
