"""Likelihood: how much better one negative binomial foresaw a count than another."""

from __future__ import annotations

import math

from numba import njit


@njit(cache=True)
def log_ratio(y: float, m1: float, k1: float, m0: float, k0: float) -> float:
    """Log of NB(y; mean m1, shape k1) over NB(y; m0, k0); y may be fractional."""
    ratio = k0 * math.log1p(m0 / k0) - k1 * math.log1p(m1 / k1)
    if y > 0.0:
        ratio += y * (math.log(m1 / (m1 + k1)) - math.log(m0 / (m0 + k0)))
        ratio += math.lgamma(y + k1) - math.lgamma(k1) - math.lgamma(y + k0) + math.lgamma(k0)
    return ratio
