"""Scores of estimates: how often the range held, how wide it was, and the pinball loss of its three quantiles.

Coverage alone is won by a range of a week, sharpness alone by one of a minute; pinball loss judges both, and is least
in the mean for the true quantile (Koenker and Bassett 1978; Gneiting and Raftery 2007).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import msgspec

from pulih.model.clock import MICROS
from pulih.model.recovery import Estimate


class Given(msgspec.Struct, frozen=True):
    """An estimate that was given for an incident, when, and when it was over."""

    incident: str
    at_us: int
    estimate: Estimate
    ended_us: int


class Scores(msgspec.Struct, frozen=True, kw_only=True):
    """How estimates did.

    Attributes:
        estimates, incidents: how many there are, of how many incidents.
        promised, held: share of ranges that should hold, and that did, each incident counting once; 0..1.
        held_low, held_high: what `held` may be by chance, four times in five.
        width_s: middle of the widths of the ranges in seconds.
        off_s: middle of the distances of the estimated middle from the end, in seconds.
        pinball_s: mean pinball loss over the three quantiles, in seconds.
    """

    estimates: int
    incidents: int
    promised: float
    held: float
    held_low: float
    held_high: float
    width_s: float
    off_s: float
    pinball_s: float


def scores_of(given: Sequence[Given]) -> Scores | None:
    """Return how estimates did, None without any.

    >>> right = Estimate(low_us=0, middle_us=10_000_000, high_us=20_000_000)
    >>> scores = scores_of([Given("a", 0, right, 15_000_000), Given("b", 0, right, 30_000_000)])
    >>> scores.held, scores.width_s, scores.off_s
    (0.5, 20.0, 12.5)
    """
    if not given:
        return None
    many: dict[str, int] = {}
    for one in given:
        many[one.incident] = many.get(one.incident, 0) + 1
    weights = [1.0 / (many[one.incident] * len(many)) for one in given]

    def mean(values: list[float]) -> float:
        return sum(weight * value for weight, value in zip(weights, values, strict=True))

    held = mean([float(one.estimate.low_us <= one.ended_us <= one.estimate.high_us) for one in given])
    low, high = _by_chance(held, len(many))
    return Scores(
        estimates=len(given),
        incidents=len(many),
        promised=mean([one.estimate.confidence for one in given]),
        held=held,
        held_low=low,
        held_high=high,
        width_s=_middle([(one.estimate.high_us - one.estimate.low_us) / MICROS for one in given]),
        off_s=_middle([abs(one.ended_us - one.estimate.middle_us) / MICROS for one in given]),
        pinball_s=mean([_pinball(one) for one in given]),
    )


def _pinball(given: Given) -> float:
    tail = (1.0 - given.estimate.confidence) / 2.0
    told = ((tail, given.estimate.low_us), (0.5, given.estimate.middle_us), (1.0 - tail, given.estimate.high_us))
    return sum(max(level * off, (level - 1.0) * off) for level, off in _offs(given, told)) / len(told)


def _offs(given: Given, told: tuple[tuple[float, int], ...]) -> list[tuple[float, float]]:
    return [(level, (given.ended_us - at_us) / MICROS) for level, at_us in told]


def _middle(values: list[float]) -> float:
    """Return the median.

    >>> _middle([3.0, 1.0, 2.0, 10.0])
    2.5
    """
    ordered, many = sorted(values), len(values)
    return (ordered[(many - 1) // 2] + ordered[many // 2]) / 2.0


def _by_chance(held: float, incidents: int) -> tuple[float, float]:
    """Return the Wilson interval of a share, for four times in five."""
    z, n = 1.2816, float(incidents)
    middle = (held + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(held * (1 - held) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)
