"""Likelihood: how much better one negative binomial foresaw a count than another."""

from __future__ import annotations

import math

from pulih.series.kernel import kernel


@kernel
def foreseen(y: float, m0: float, k0: float) -> tuple[float, float, float, float]:
    """Return the terms of NB(y; mean m0, shape k0), so that many others can be compared with it."""
    silent = k0 * math.log1p(m0 / k0)
    if y <= 0.0:
        return silent, 0.0, 0.0, 0.0
    return silent, math.log(m0 / (m0 + k0)), math.lgamma(y + k0), math.lgamma(k0)


@kernel
def log_ratio_over(y: float, m1: float, k1: float, usual: tuple[float, float, float, float]) -> float:
    """Log of NB(y; mean m1, shape k1) over the one that `foreseen` gave the terms of; y may be fractional."""
    silent, each, ways, ways_none = usual
    ratio = silent - k1 * math.log1p(m1 / k1)
    if y > 0.0:
        ratio += y * (math.log(m1 / (m1 + k1)) - each)
        ratio += math.lgamma(y + k1) - math.lgamma(k1) - ways + ways_none
    return ratio


@kernel
def log_ratio(y: float, m1: float, k1: float, m0: float, k0: float) -> float:
    """Log of NB(y; mean m1, shape k1) over NB(y; m0, k0); y may be fractional."""
    return log_ratio_over(y, m1, k1, foreseen(y, m0, k0))
