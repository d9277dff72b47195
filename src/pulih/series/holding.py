"""Holding: open a finding when the evidence suffices, carry it on, and close it when the counts are usual again."""

from __future__ import annotations

import math
from typing import Any

from pulih.series.kernel import kernel
from pulih.series.state import (
    ALARM,
    BACK,
    BACK_B,
    BACK_FROM,
    BACK_Y,
    BEST,
    HELD,
    HELD_B,
    HELD_Y,
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
from pulih.series.tuning import CLEAR_NATS, HOLD_BINS, LOSS_MIN, LOSS_SHARE, LULL_BINS, OPEN_MAX

# Three nats: a rise that is twenty times less likely than the best is not what happened.
NEARLY_NATS = 3.0
# Half a day of outage teaches the level as much as one quiet hour.
OPEN_PACE = 0.08
LEAST_RISE, LEAST_FALL = 0.4, 0.25


@kernel
def open_finding(st: Any, alt: Any, y: float, t: int, cfg: Any) -> bool:
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
    st[HELD] = st[HELD_Y] = st[HELD_B] = 0.0
    st[BACK_FROM] = t + 1
    st[PEAK] = y
    st[PEAK_AT] = t
    # Forget what the outage itself taught; the level from before it is the better guess of usual.
    st[SHAPE] = a[SHAPE_THEN]
    st[RATE] = a[RATE_THEN]
    st[NEW_XY] = st[NEW_XX] = st[NEW_DY] = st[NEW_DX] = 0.0
    return True


@kernel
def hold(st: Any, alt: Any, y: float, b: float, t: int, phi: float, cfg: Any) -> bool:
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
    st[HELD] += 1.0
    st[HELD_Y] += y
    st[HELD_B] += b
    too_long = t - st[ALARM] >= cfg[OPEN_MAX]
    if st[HELD] < cfg[HOLD_BINS] and not too_long:
        return False
    over = _is_over(st, st[HELD_Y], st[HELD_B], t, phi, cfg)
    st[HELD] = st[HELD_Y] = st[HELD_B] = 0.0
    return over or too_long


@kernel
def _is_over(st: Any, y: float, b: float, t: int, phi: float, cfg: Any) -> bool:
    """Weigh the counts of some bins for and against an end; return True when the evidence for it suffices."""
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
    return bool(st[BACK] >= cfg[CLEAR_NATS] and t + 1 - st[BACK_FROM] >= cfg[LULL_BINS])


@kernel
def settle(st: Any, alt: Any) -> None:
    """Close: nothing is suspected any more."""
    st[OPEN] = 0.0
    st[BACK] = 0.0
    for j in range(alt.shape[0]):
        alt[j, R] = 0.0
        alt[j, S] = 0.0
