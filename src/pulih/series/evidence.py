"""Evidence: how much one bin of counts speaks for each rise, and the Shiryaev-Roberts sum over all of them.

Each rise carries a level of its own, which starts from the usual one and follows what the counts would mean if
it were true. Counts are negative binomial around it (Gamma belief of the level, dispersion of the counts)."""

from __future__ import annotations

import math
from typing import Any

from pulih.series.kernel import kernel
from pulih.series.likelihood import foreseen, log_ratio_over
from pulih.series.news import news_gain
from pulih.series.spikes import spike_gain
from pulih.series.state import (
    A_RATE,
    A_SHAPE,
    ADDEND,
    DRIFT,
    FACTOR,
    RATE,
    RATE_THEN,
    SHAPE,
    SHAPE_THEN,
    SINCE_B,
    SINCE_LOSS,
    SINCE_TALK,
    SINCE_Y,
    START,
    R,
    S,
)
from pulih.series.tuning import FADE, THRESHOLD


@kernel
def judge(
    st: Any,
    alt: Any,
    y: float,
    loss: float,
    talk: float,
    b: float,
    inject: float,
    extra: float,
    t: int,
    cfg: Any,
    mixture: Any,
    weights: Any,
    echo: float,
    phi: float,
) -> float:
    """Move every rise one bin on; return the sum of their Shiryaev-Roberts statistics."""
    usual = st[SHAPE] / st[RATE] * b
    m0 = usual + echo
    var0 = 1.0 / st[SHAPE] + extra
    k0 = (m0 / usual) ** 2 / (var0 + phi * (1.0 + var0))
    known = news_gain(st, y, m0, k0, usual, phi, t, cfg) + spike_gain(st, y, m0, k0, cfg) + cfg[FADE]
    as_usual = foreseen(y, m0, k0)
    total = 0.0
    limit = 20.0 * cfg[THRESHOLD]
    for j in range(mixture.shape[0]):
        a = alt[j]
        given = inject * weights[j]
        share = given / (given + a[R])
        a[A_SHAPE] += share * (st[SHAPE] - a[A_SHAPE])
        a[A_RATE] += share * (st[RATE] - a[A_RATE])
        level = mixture[j, FACTOR] * a[A_SHAPE] / a[A_RATE] * b
        rise = level + mixture[j, ADDEND]
        m1 = rise + echo
        var1 = 1.0 / a[A_SHAPE] + extra
        k1 = (m1 / rise) ** 2 / (var1 + phi * (1.0 + var1))
        gain = log_ratio_over(y, m1, k1, as_usual) - known
        a[R] = min(limit, (a[R] + given) * math.exp(min(gain, 500.0)))
        total += a[R]
        if a[S] <= 0.0:
            a[S] = 0.0
            a[START] = t
            a[SINCE_Y] = a[SINCE_B] = a[SINCE_LOSS] = a[SINCE_TALK] = 0.0
            a[SHAPE_THEN] = st[SHAPE]
            a[RATE_THEN] = st[RATE]
        a[S] += gain
        a[SINCE_Y] += y
        a[SINCE_B] += b
        a[SINCE_LOSS] += loss
        a[SINCE_TALK] += talk
        # Counts that scatter more than Poisson ones tell less about the level.
        worth = 1.0 / (1.0 + m1 * phi)
        a[A_SHAPE] += y * level / m1 * worth
        a[A_RATE] += mixture[j, FACTOR] * b * worth
        shrink = 1.0 / (1.0 + st[DRIFT] * a[A_SHAPE])
        a[A_SHAPE] *= shrink
        a[A_RATE] *= shrink
    return total
