"""ETA: when it may be over, as a range, from its age, how reports fade, past incidents and the desk's own word.

What has lasted an hour lasts, knowing nothing else, between seven minutes and nine hours more, four times in five: any
moment is as likely as another to be the one at which we look (Gott 1993, "Implications of the Copernican principle").
From there a Bayesian regression learns, on the log of time left over time passed, what past incidents of the desk tell
about age and fading, those that are like the one at hand more than others; the desk's own estimate joins with the
accuracy that it had before. From past incidents that weigh twenty on, the range is widened or narrowed until it would
have held for as many of them as it promises, each foreseen without itself (conformal prediction; Vovk, Gammerman and
Shafer 2005; with weights, Barber, Candes, Ramdas and Tibshirani 2023).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import Final, Self

import msgspec
import numpy as np

from pulih.model.errors import RefusedInput
from pulih.restore.observed import Floats

# Ages at which an estimate is made, so that past ones can be learnt from and scored: quarter of an hour to two days.
AGES_S: Final = tuple(900 * 2**step for step in range(8))
# Four times in five the time left is within a ninth and nine times of the time passed.
_GOTT: Final = math.log(9.0)
# What the prior weighs, in incidents, of its middle and of each slope; none slopes before anything is learnt.
_PRIOR: Final = 4.0
_PRIOR_FREEDOM: Final = 4.0
# The desk's own estimate is taken for right on average within a factor of e before it was ever seen to be.
_DESK_PRIOR, _DESK_VARIANCE = 4.0, 1.0
# Fading further than a twentieth tells no more.
_SHARE_MIN: Final = 0.05
CALIBRATED_FROM: Final = 20
_LEFT_S_MIN: Final = 60.0
_WEIGHT_MIN: Final = 1e-3
# What an incident of other services and places tells of one, against an incident that is like it.
UNLIKE: Final = 0.3


class Stage(msgspec.Struct, frozen=True, kw_only=True):
    """Where an incident stands when its end is estimated.

    Attributes:
        age_s: seconds since the onset; above 0.
        share: excess of reports of late relative to its height, 0..1.
        desk_s: seconds that the desk itself says are left; None where it says nothing.
    """

    age_s: float
    share: float
    desk_s: float | None = None


class Passed(msgspec.Struct, frozen=True, kw_only=True):
    """Where a past incident stood once, and how long it then took.

    Attributes:
        incident: which; stages of the same one count together as one.
        stage: where it stood.
        left_s: seconds until it was over.
        weight: how much it has in common with the one that is estimated, 0..1.
    """

    incident: str
    stage: Stage
    left_s: float
    weight: float = 1.0


class Range(msgspec.Struct, frozen=True, kw_only=True):
    """Seconds that are left: quantiles, the confidence of the range, and how many past incidents it learnt from."""

    low_s: float
    middle_s: float
    high_s: float
    confidence: float
    incidents: int = 0


class Forecaster:
    """Knows past incidents, and says of one that goes on how long it may still take.

    Args:
        past: stages of past incidents, in any order.

    >>> hour = Forecaster(()).time_left(Stage(age_s=3600, share=1.0))
    >>> round(hour.low_s), round(hour.middle_s), round(hour.high_s)
    (400, 3600, 32400)
    """

    def __init__(self, past: Sequence[Passed]) -> None:
        parts: dict[str, _Learnt] = {}
        counted = list(zip(past, _weights(past), strict=True))
        for one, weight in counted:
            parts[one.incident] = parts.get(one.incident, _NOTHING).plus(_lesson(one, weight))
        self._learnt = _NOTHING
        for part in parts.values():
            self._learnt = self._learnt.plus(part)
        self._incidents = len(parts)
        self._mass = sum({one.incident: max(one.weight, _WEIGHT_MIN) for one in past}.values())
        self._missed = self._misses(counted, parts) if self._mass >= CALIBRATED_FROM else []

    def time_left(self, stage: Stage, *, confidence: float = 0.8) -> Range:
        """Return how long an incident may still take.

        Args:
            stage: where it stands.
            confidence: share of such ranges that should hold, 0.5 to 0.95.

        Raises: RefusedInput when age or confidence cannot be meant.
        """
        if not stage.age_s > 0 or not 0.5 <= confidence <= 0.95:
            raise RefusedInput(
                f"time_left: the age, {stage.age_s} s, must be above 0 and confidence, {confidence}, within 0.5..0.95."
            )
        middle, spread, freedom = _foreseen(stage, self._learnt)
        tail = (1.0 - confidence) / 2.0
        far = _student(1.0 - tail, freedom)
        low, shift, high = self._as_held(tail) if self._missed else (-far, 0.0, far)
        low_s, middle_s, high_s = (stage.age_s * math.exp(middle + off * spread) for off in (low, shift, high))
        return Range(low_s=low_s, middle_s=middle_s, high_s=high_s, confidence=confidence, incidents=self._incidents)

    def _misses(self, counted: list[tuple[Passed, float]], parts: dict[str, _Learnt]) -> list[tuple[float, float]]:
        """Return by how many spreads each past end missed its middle, foreseen without itself; with its weight."""
        missed = []
        for one, weight in counted:
            middle, spread, _ = _foreseen(one.stage, self._learnt.minus(parts[one.incident]))
            missed.append(((_target(one) - middle) / spread, weight))
        return sorted(missed)

    def _as_held(self, tail: float) -> tuple[float, float, float]:
        """Return the misses at the low end, the middle and the high end; one more, by any distance, is allowed for."""
        values = [value for value, _ in self._missed]
        mass = np.cumsum([weight for _, weight in self._missed])
        # The one that is estimated is as like itself as can be.
        total = float(mass[-1]) * (1.0 + 1.0 / self._mass)

        def at(level: float) -> float:
            return values[min(len(values) - 1, int(np.searchsorted(mass, level * total)))]

        back = np.cumsum([weight for _, weight in reversed(self._missed)])
        lowest = int(np.searchsorted(back, (1.0 - tail) * total))
        return values[max(0, len(values) - 1 - lowest)], at(0.5), at(1.0 - tail)


def weigh(stages: Iterable[Passed], *, alike: bool) -> list[Passed]:
    """Return the stages of a past incident with what they weigh for another, by whether the two are alike."""
    return [msgspec.structs.replace(one, weight=1.0 if alike else UNLIKE) for one in stages]


class _Learnt(msgspec.Struct, frozen=True):
    """Sums over past stages: of features, of targets, and of how far the desk's own estimates were off."""

    precision: Floats
    sums: Floats
    squares: float
    weight: float
    desk: tuple[float, float, float]

    def plus(self, other: Self, sign: float = 1.0) -> Self:
        """Return the sums of both."""
        return type(self)(
            self.precision + sign * other.precision,
            self.sums + sign * other.sums,
            self.squares + sign * other.squares,
            self.weight + sign * other.weight,
            (
                self.desk[0] + sign * other.desk[0],
                self.desk[1] + sign * other.desk[1],
                self.desk[2] + sign * other.desk[2],
            ),
        )

    def minus(self, other: Self) -> Self:
        """Return the sums without some of what is in them."""
        return self.plus(other, -1.0)


_NOTHING: Final = _Learnt(np.zeros((3, 3)), np.zeros(3), 0.0, 0.0, (0.0, 0.0, 0.0))


def _weights(past: Sequence[Passed]) -> list[float]:
    """Return what each stage counts: all of an incident together as much as it has in common."""
    many: dict[str, int] = {}
    for one in past:
        many[one.incident] = many.get(one.incident, 0) + 1
    return [max(one.weight, _WEIGHT_MIN) / many[one.incident] for one in past]


def _lesson(one: Passed, weight: float) -> _Learnt:
    x, y = _features(one.stage), _target(one)
    desk = (0.0, 0.0, 0.0)
    if one.stage.desk_s is not None:
        off = math.log(max(one.left_s, _LEFT_S_MIN) / max(one.stage.desk_s, _LEFT_S_MIN))
        desk = (weight, weight * off, weight * off * off)
    return _Learnt(weight * np.outer(x, x), weight * y * x, weight * y * y, weight, desk)


def _features(stage: Stage) -> Floats:
    return np.array([1.0, math.log(stage.age_s / 3_600.0), math.log(max(stage.share, _SHARE_MIN))])


def _target(one: Passed) -> float:
    return math.log(max(one.left_s, _LEFT_S_MIN) / one.stage.age_s)


def _foreseen(stage: Stage, learnt: _Learnt) -> tuple[float, float, float]:
    """Return middle, spread and degrees of freedom of the log of time left over time passed (Student's t)."""
    at = _features(stage)
    prior_variance = (_GOTT / _student(0.9, _PRIOR_FREEDOM)) ** 2 / (1.0 + 1.0 / _PRIOR)
    precision = learnt.precision + _PRIOR * np.eye(3)
    covariance = np.linalg.inv(precision)
    mean = covariance @ learnt.sums
    freedom = _PRIOR_FREEDOM + learnt.weight
    unexplained = max(0.0, learnt.squares - float(mean @ precision @ mean))
    scatter = (_PRIOR_FREEDOM * prior_variance + unexplained) / freedom
    # Without a past nothing is known of slopes, and that makes no range wider than Gott's.
    doubt = float(at @ covariance @ at) if learnt.weight > 0 else 1.0 / _PRIOR
    middle, spread = float(mean @ at), math.sqrt(scatter * (1.0 + doubt))
    return (*(_with_desk(stage, learnt, (middle, spread)) if stage.desk_s else (middle, spread)), freedom)


def _with_desk(stage: Stage, learnt: _Learnt, own: tuple[float, float]) -> tuple[float, float]:
    """Join the desk's own estimate, by the accuracy that it had before: means by the inverse of their variances."""
    weight, off, squares = learnt.desk
    known = _DESK_PRIOR + weight
    bias = off / known
    variance = (_DESK_PRIOR * _DESK_VARIANCE + max(0.0, squares - known * bias * bias)) / known
    said = math.log(max(stage.desk_s or 0.0, _LEFT_S_MIN) / stage.age_s) + bias
    mine, theirs = own[1] ** -2, 1.0 / (variance * (1.0 + 1.0 / known))
    return (mine * own[0] + theirs * said) / (mine + theirs), (mine + theirs) ** -0.5


def _student(level: float, freedom: float) -> float:
    """Return a quantile of Student's t, to 1 % from four degrees of freedom on (Abramowitz and Stegun 26.7.5).

    >>> round(_student(0.9, 4.0), 2)
    1.53
    """
    z, f = NormalDist().inv_cdf(level), freedom
    return (
        z
        + (z**3 + z) / (4 * f)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * f**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * f**3)
    )
