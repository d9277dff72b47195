"""Change-point: how much one series of counts speaks for "risen and stayed up" against "as usual".

The usual level is a Gamma belief that is learnt and slowly forgotten; replies that follow a report are an
echo on top of it. Against it stands a mixture of rises, each starting at any bin: a Shiryaev-Roberts sum.
When the usual prediction is right, the sum grows by what is injected and no faster, so an alarm at
`injected bins / rate` keeps its false-alarm rate whatever the mixture (Pollak 1985; Polunchenko and
Tartakovsky 2010). A finding is closed by the opposite test, usual against half the excess.

One step function serves streams (all series, one bin) and histories (one series, all bins), so that both
say the same by construction. Compiled by numba; `.py_func` is the textbook loop that tests compare with.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pulih.series.state import (
    A_RATE,
    A_SHAPE,
    ADDEND,
    ALARM,
    BACK,
    BACK_B,
    BACK_FROM,
    BACK_Y,
    BEST,
    DISP_X,
    DISP_Y,
    DRIFT,
    ECHO,
    ECHO_SLOW,
    ECHO_XX,
    ECHO_XY,
    FACTOR,
    MISS_SLOW,
    NEW_DX,
    NEW_DY,
    NEW_XX,
    NEW_XY,
    ONSET,
    OPEN,
    OUT_B,
    OUT_Y,
    PEAK,
    PEAK_AT,
    PRIOR_THEN,
    RATE,
    RATE_THEN,
    SHAPE,
    SHAPE_THEN,
    SINCE_B,
    SINCE_LOSS,
    SINCE_TALK,
    SINCE_Y,
    START,
    SUM_R,
    WARM,
    WEIGHT,
    R,
    S,
)
from pulih.series.tuning import (
    CLEAR_NATS,
    DISP_PRIOR,
    DISP_WEIGHT,
    DRIFT_Q,
    ECHO_D,
    ECHO_FACTOR,
    ECHO_MAX,
    ECHO_PRIOR,
    ECHO_SLOW_D,
    ECHO_WEIGHT,
    FADE,
    FORGET,
    LOSS_MIN,
    LOSS_SHARE,
    OPEN_MAX,
    PRIOR_SHAPE,
    THRESHOLD,
    WARM_BINS,
)

Floats = NDArray[np.float64]

NOTHING, RAISED, CLEARED = 0, 1, 2
# Three nats: a rise that is twenty times less likely than the best is not what happened.
NEARLY_NATS = 3.0
# Half a day of outage teaches the level as much as one quiet hour.
OPEN_PACE = 0.08
LEAST_RISE, LEAST_FALL = 0.4, 0.25
# A level unwatched is known no better than to a seventh.
AFTER_SHAPE = 50.0


@njit(cache=True)
def _log_ratio(y: float, m1: float, k1: float, m0: float, k0: float) -> float:
    """Log of NB(y; mean m1, shape k1) over NB(y; m0, k0); y may be fractional."""
    ratio = k0 * math.log1p(m0 / k0) - k1 * math.log1p(m1 / k1)
    if y > 0.0:
        ratio += y * (math.log(m1 / (m1 + k1)) - math.log(m0 / (m0 + k0)))
        ratio += math.lgamma(y + k1) - math.lgamma(k1) - math.lgamma(y + k0) + math.lgamma(k0)
    return ratio


@njit(cache=True)
def _judge(
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
        gain = _log_ratio(y, m1, k1, m0, k0) - cfg[FADE]
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


@njit(cache=True)
def _learn(st: Any, y: float, b: float, prior_rate: float, echo: float, phi: float, quiet: bool, cfg: Any) -> None:
    """Take the bin into the usual level, and when all is quiet into echo and dispersion too."""
    usual = st[SHAPE] / st[RATE] * b
    m0 = usual + echo
    spread = math.sqrt(m0 + phi * m0 * m0)
    taken = max(min(y, m0 + 4.0 * spread + 1.0), m0 - 1.5 * spread - 1.0)
    turn = st[ECHO] - st[ECHO_SLOW]
    # A level that is off for hours moves both factors; only what is above its own recent miss is an echo.
    st[NEW_XY] += turn * (y - usual - st[MISS_SLOW])
    st[NEW_XX] += turn * turn
    # The spread is that of rare large counts above all; only what cannot be chance is cut.
    wide = min(y, m0 + 7.0 * spread + 2.0)
    st[NEW_DY] += (wide - m0) ** 2 - m0 - m0 * m0 / st[SHAPE]
    st[NEW_DX] += m0 * m0
    if quiet:
        # What a rise under suspicion teaches about replies and spread counts only when the suspicion has passed.
        keep = 1.0 - cfg[FORGET]
        st[ECHO_XY] = keep * st[ECHO_XY] + st[NEW_XY]
        st[ECHO_XX] = keep * st[ECHO_XX] + st[NEW_XX]
        st[DISP_Y] = keep * st[DISP_Y] + st[NEW_DY]
        st[DISP_X] = keep * st[DISP_X] + st[NEW_DX]
        st[NEW_XY] = st[NEW_XX] = st[NEW_DY] = st[NEW_DX] = 0.0
    worth = 1.0 / (1.0 + m0 * phi)
    st[SHAPE] += taken * usual / m0 * worth
    st[RATE] += b * worth
    shrink = 1.0 / (1.0 + st[DRIFT] * st[SHAPE])
    st[SHAPE] *= shrink
    st[RATE] *= shrink
    st[SHAPE] += cfg[FORGET] * (cfg[PRIOR_SHAPE] - st[SHAPE])
    st[RATE] += cfg[FORGET] * (cfg[PRIOR_SHAPE] / prior_rate - st[RATE])


@njit(cache=True)
def _raise(st: Any, alt: Any, y: float, t: int, cfg: Any) -> bool:
    """Open a finding when a well explained rise also passes the gate; forget its counts from the level."""
    highest = 0.0
    for j in range(alt.shape[0]):
        highest = max(highest, alt[j, S])
    # A rise that explains the counts nearly as well as the best may have begun earlier; the gate hears all its reports.
    best = -1
    for j in range(alt.shape[0]):
        near = alt[j, S] > 0.0 and alt[j, S] >= highest - NEARLY_NATS
        enough = alt[j, SINCE_LOSS] >= cfg[LOSS_MIN] and alt[j, SINCE_LOSS] >= cfg[LOSS_SHARE] * alt[j, SINCE_TALK]
        if near and enough and (best < 0 or alt[j, S] > alt[best, S]):
            best = j
    if best < 0:
        return False
    a = alt[best]
    st[OPEN] = 1.0
    st[ALARM] = t
    st[ONSET] = a[START]
    st[BEST] = a[S]
    st[OUT_Y] = a[SINCE_Y]
    st[OUT_B] = a[SINCE_B]
    st[BACK] = st[BACK_Y] = st[BACK_B] = 0.0
    st[BACK_FROM] = t + 1
    st[PEAK] = y
    st[PEAK_AT] = t
    # Forget what the outage itself taught; the level from before it is the better guess of usual.
    st[SHAPE] = a[SHAPE_THEN]
    st[RATE] = a[RATE_THEN]
    st[NEW_XY] = st[NEW_XX] = st[NEW_DY] = st[NEW_DX] = 0.0
    return True


@njit(cache=True)
def _hold(st: Any, alt: Any, y: float, b: float, t: int, phi: float, cfg: Any) -> bool:
    """Carry an open finding one bin on; return True when the series is back to usual."""
    for j in range(alt.shape[0]):
        st[BEST] = max(st[BEST], alt[j, S])
    # What lasts for days is the new usual: the level goes on learning, at a fraction of its pace and with bounded
    # steps, so that hours of outage hardly move it.
    mean = st[SHAPE] / st[RATE] * b
    st[SHAPE] += OPEN_PACE * min(y, mean + 4.0 * math.sqrt(mean) + 1.0)
    st[RATE] += OPEN_PACE * b
    if y > st[PEAK]:
        st[PEAK] = y
        st[PEAK_AT] = t
    usual = max(st[SHAPE] / st[RATE] * b, 1e-12)
    excess = (st[OUT_Y] / max(st[OUT_B], 1e-9) - st[SHAPE] / st[RATE]) * b
    # What is less than LEAST_RISE above usual, or LEAST_FALL below, is no outage, however long it lasts.
    if excess >= 0.0:
        half = usual + max(0.5 * excess, LEAST_RISE * usual)
    else:
        half = max(usual + min(0.5 * excess, -LEAST_FALL * usual), 1e-12)
    gain = (half - usual + y * math.log(usual / half)) / (1.0 + phi * usual)
    if st[BACK] + gain <= 0.0:
        st[BACK] = 0.0
        st[BACK_FROM] = t + 1
        st[BACK_Y] = st[BACK_B] = 0.0
    else:
        st[BACK] += gain
        st[BACK_Y] += y
        st[BACK_B] += b
    # Only what came before the doubtful end speaks for the outage's own rate.
    if st[BACK] == 0.0:
        st[OUT_Y] += y
        st[OUT_B] += b
    return bool(st[BACK] >= cfg[CLEAR_NATS] or t - st[ALARM] >= cfg[OPEN_MAX])


@njit(cache=True)
def _relearn(st: Any, phi: float) -> None:
    """Ask the bins since the end what usual is now; nobody has watched it since the finding was raised."""
    if st[SHAPE] > AFTER_SHAPE:
        st[RATE] *= AFTER_SHAPE / st[SHAPE]
        st[SHAPE] = AFTER_SHAPE
    worth = 1.0 / (1.0 + phi * st[BACK_Y] / max(st[BACK_B], 1e-9))
    st[SHAPE] += st[BACK_Y] * worth
    st[RATE] += st[BACK_B] * worth


@njit(cache=True)
def _settle(st: Any, alt: Any) -> None:
    """Close: nothing is suspected any more."""
    st[OPEN] = 0.0
    st[BACK] = 0.0
    for j in range(alt.shape[0]):
        alt[j, R] = 0.0
        alt[j, S] = 0.0


@njit(cache=True)
def step(
    st: Any,
    alt: Any,
    y: float,
    loss: float,
    talk: float,
    b: float,
    inject: float,
    prior_rate: float,
    extra: float,
    t: int,
    cfg: Any,
    mixture: Any,
    weights: Any,
) -> int:
    """Take one bin of one series; return NOTHING, RAISED or CLEARED.

    Args:
        st, alt: state of the series, and of the series under each rise; changed in place.
        y: signals in the bin, fractions allowed; negative when the feed was missing.
        loss, talk: reports of a loss of service, and all talk, for the gate.
        b: rhythm, 1 on average.
        inject: prior weight of a change in this bin, 1 for a series watched alone.
        prior_rate: signals a bin believed beforehand; 0 when unknown.
        extra: relative variance of the rhythm.
        t: number of the bin.
        cfg, mixture: `Tuning.vector` and `rises`.
        weights: prior weight of each rise.
    """
    if y < 0.0:
        return NOTHING
    if st[DRIFT] == 0.0:
        st[DRIFT] = cfg[DRIFT_Q]
    if st[RATE] == 0.0:
        st[SHAPE] = cfg[PRIOR_SHAPE]
        st[RATE] = cfg[PRIOR_SHAPE] / prior_rate if prior_rate > 0.0 else 1e-6
    elif prior_rate > 0.0 and prior_rate != st[PRIOR_THEN]:
        # What is believed beforehand has changed; that part of the level which still rests on it moves along.
        part = min(1.0, cfg[PRIOR_SHAPE] / st[SHAPE]) * cfg[PRIOR_SHAPE]
        st[RATE] = max(st[RATE] + part * (1.0 / prior_rate - 1.0 / st[PRIOR_THEN]), 0.1 * st[RATE])
    st[PRIOR_THEN] = prior_rate
    if prior_rate <= 0.0 and st[WARM] < cfg[WARM_BINS]:
        st[WARM] += 1.0
        st[SHAPE] += y
        st[RATE] += b
        return NOTHING
    believed = prior_rate if prior_rate > 0.0 else st[SHAPE] / st[RATE]
    learnt = (cfg[ECHO_PRIOR] * cfg[ECHO_WEIGHT] + st[ECHO_XY]) / (cfg[ECHO_WEIGHT] + st[ECHO_XX])
    echo = cfg[ECHO_FACTOR] * min(max(learnt, 0.0), cfg[ECHO_MAX]) * st[ECHO]
    phi = max(0.0, (cfg[DISP_PRIOR] * cfg[DISP_WEIGHT] + st[DISP_Y]) / (cfg[DISP_WEIGHT] + st[DISP_X]))
    total = _judge(st, alt, y, loss, talk, b, inject, extra, t, cfg, mixture, weights, echo, phi)
    st[SUM_R] = total
    event = NOTHING
    if st[OPEN] == 0.0:
        _learn(st, y, b, believed, echo, phi, total < 0.01 * cfg[THRESHOLD], cfg)
        if total >= cfg[THRESHOLD] and _raise(st, alt, y, t, cfg):
            event = RAISED
    elif _hold(st, alt, y, b, t, phi, cfg):
        if t - st[ALARM] >= cfg[OPEN_MAX]:
            st[RATE] = st[SHAPE] * max(st[OUT_B], 1.0) / max(st[OUT_Y], 0.5)
        _relearn(st, phi)
        _settle(st, alt)
        event = CLEARED
    st[ECHO] = cfg[ECHO_D] * st[ECHO] + (1.0 - cfg[ECHO_D]) * y
    miss = y - st[SHAPE] / st[RATE] * b
    st[MISS_SLOW] = cfg[ECHO_SLOW_D] * st[MISS_SLOW] + (1.0 - cfg[ECHO_SLOW_D]) * miss
    st[ECHO_SLOW] = cfg[ECHO_SLOW_D] * st[ECHO_SLOW] + (1.0 - cfg[ECHO_SLOW_D]) * y
    return event


@njit(cache=True)
def step_all(
    states: Any,
    rise_states: Any,
    counts: Any,
    rhythm: Any,
    extra: Any,
    t: int,
    cfg: Any,
    mixture: Any,
    weights: Any,
    events: Any,
) -> None:
    """Take one bin of every series watched alone; `events` receives one code a series."""
    for i in range(counts.shape[0]):
        y = float(counts[i])
        events[i] = step(states[i], rise_states[i], y, y, y, rhythm[i], 1.0, 0.0, extra[i], t, cfg, mixture, weights[i])


@njit(cache=True)
def run(
    st: Any,
    alt: Any,
    y: Any,
    loss: Any,
    talk: Any,
    rhythm: Any,
    inject: Any,
    prior_rate: Any,
    extra: Any,
    cfg: Any,
    mixture: Any,
    out: Any,
    level: Any,
) -> int:
    """Take all bins of one series; rows of `out` receive findings, `level` the expected signals a bin.

    A row is (alarm, onset, declared clear or -1, estimated end or -1, peak, evidence, outage signals).
    Returns the number of findings; those beyond the rows of `out` are not kept.
    """
    found = 0
    for t in range(y.shape[0]):
        event = step(
            st,
            alt,
            y[t],
            loss[t],
            talk[t],
            rhythm[t],
            inject[t],
            prior_rate[t],
            extra[t],
            t,
            cfg,
            mixture,
            mixture[:, WEIGHT],
        )
        level[t] = st[SHAPE] / st[RATE] * rhythm[t] if st[RATE] > 0.0 else 0.0
        if event == RAISED and found < out.shape[0]:
            found += 1
            out[found - 1, 2] = -1.0
            out[found - 1, 3] = -1.0
        if found > 0 and (event == CLEARED or st[OPEN] == 1.0):
            row = out[found - 1]
            row[0] = st[ALARM]
            row[1] = st[ONSET]
            row[4] = st[PEAK_AT]
            row[5] = st[BEST]
            row[6] = st[OUT_Y]
            if event == CLEARED:
                row[2] = t
                row[3] = st[BACK_FROM]
    return found
