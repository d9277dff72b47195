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

from typing import Any

from pulih.series.evidence import judge
from pulih.series.holding import hold, open_finding, settle
from pulih.series.kernel import kernel
from pulih.series.level import begin, dispersion, echo_due, follow_echo, learn, pass_unseen, relearn
from pulih.series.news import await_news
from pulih.series.spikes import note_spike
from pulih.series.state import (
    ALARM,
    BACK_FROM,
    BEST,
    ONSET,
    OPEN,
    OUT_B,
    OUT_Y,
    PEAK_AT,
    RATE,
    SHAPE,
    SUM_R,
    WARM,
    WEIGHT,
)
from pulih.series.tuning import OPEN_MAX, THRESHOLD, WARM_BINS

NOTHING, RAISED, CLEARED = 0, 1, 2


@kernel
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
        pass_unseen(st, alt, cfg)
        return NOTHING
    begin(st, prior_rate, cfg)
    if prior_rate <= 0.0 and st[WARM] < cfg[WARM_BINS]:
        st[WARM] += 1.0
        st[SHAPE] += y
        st[RATE] += b
        return NOTHING
    believed = prior_rate if prior_rate > 0.0 else st[SHAPE] / st[RATE]
    echo, phi = echo_due(st, cfg), dispersion(st, cfg)
    total = judge(st, alt, y, loss, talk, b, inject, extra, t, cfg, mixture, weights, echo, phi)
    st[SUM_R] = total
    event = NOTHING
    if st[OPEN] == 0.0:
        learn(st, y, b, believed, echo, phi, total < 0.01 * cfg[THRESHOLD], cfg)
        if total >= cfg[THRESHOLD] and open_finding(st, alt, y, t, cfg):
            event = RAISED
    elif hold(st, alt, y, b, t, phi, cfg):
        if t - st[ALARM] >= cfg[OPEN_MAX]:
            st[RATE] = st[SHAPE] * max(st[OUT_B], 1.0) / max(st[OUT_Y], 0.5)
        relearn(st, t, phi, cfg)
        settle(st, alt)
        await_news(st, t, cfg)
        note_spike(st, cfg)
        event = CLEARED
    follow_echo(st, y, b, cfg)
    return event


@kernel
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


@kernel
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
    first: int = 0,
    found: int = 0,
) -> int:
    """Take the bins of one series from number `first` on; rows of `out` receive findings, `level` what is usual a bin.

    A row is (alarm, onset, declared clear or -1, estimated end or -1, peak, evidence, outage signals). The first
    `found` rows were filled before; the last of them is of the finding that is open, if one is.
    Returns the number of findings; those beyond the rows of `out` are not kept.
    """
    weights = mixture[:, WEIGHT]
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
            first + t,
            cfg,
            mixture,
            weights,
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
                row[2] = first + t
                row[3] = st[BACK_FROM]
    return found
