"""Level: the usual rate as a Gamma belief, learnt bin by bin and slowly forgotten; its echo and dispersion too."""

from __future__ import annotations

import math
from typing import Any

from pulih.series.kernel import kernel
from pulih.series.state import (
    BACK_B,
    BACK_Y,
    DISP_X,
    DISP_Y,
    DRIFT,
    ECHO,
    ECHO_SLOW,
    ECHO_XX,
    ECHO_XY,
    MISS_SLOW,
    NEW_DX,
    NEW_DY,
    NEW_XX,
    NEW_XY,
    OUT_B,
    OUT_Y,
    PRIOR_THEN,
    RATE,
    SHAPE,
    R,
    S,
)
from pulih.series.tuning import (
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
    LESSON_BINS,
    PRIOR_SHAPE,
)

# A level unwatched is known no better than to a seventh.
AFTER_SHAPE = 50.0


@kernel
def begin(st: Any, prior_rate: float, cfg: Any) -> None:
    """Give a series that has no level yet its first belief; move the belief along when what was believed changes."""
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


@kernel
def echo_due(st: Any, cfg: Any) -> float:
    """Return the replies that this bin is expected to hold."""
    believed = cfg[ECHO_FACTOR] * cfg[ECHO_PRIOR]
    learnt = (believed * cfg[ECHO_WEIGHT] + st[ECHO_XY]) / (cfg[ECHO_WEIGHT] + st[ECHO_XX])
    return float(min(max(learnt, 0.0), cfg[ECHO_MAX]) * st[ECHO])


@kernel
def dispersion(st: Any, cfg: Any) -> float:
    """Return the variance beyond Poisson over the squared mean."""
    found = (cfg[DISP_PRIOR] * cfg[DISP_WEIGHT] + st[DISP_Y]) / (cfg[DISP_WEIGHT] + st[DISP_X])
    return float(max(found, 0.0))


@kernel
def learn(st: Any, y: float, b: float, prior_rate: float, echo: float, phi: float, quiet: bool, cfg: Any) -> None:
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


@kernel
def relearn(st: Any, t: int, phi: float, cfg: Any) -> None:
    """Ask the bins since the end what usual is now; nobody has watched it since the finding was raised."""
    if cfg[LESSON_BINS] > 0.0:
        # A place that speaks much more than was believed of it before anything was known has no outage, but customers.
        part = 1.0 / (1.0 + t / cfg[LESSON_BINS]) ** 2
        st[SHAPE] += part * st[OUT_Y]
        st[RATE] += part * st[OUT_B]
    if st[SHAPE] > AFTER_SHAPE:
        st[RATE] *= AFTER_SHAPE / st[SHAPE]
        st[SHAPE] = AFTER_SHAPE
    worth = 1.0 / (1.0 + phi * st[BACK_Y] / max(st[BACK_B], 1e-9))
    st[SHAPE] += st[BACK_Y] * worth
    st[RATE] += st[BACK_B] * worth


@kernel
def follow_echo(st: Any, y: float, b: float, cfg: Any) -> None:
    """Take the bin into what replies will follow, fast and slow, and into what the level misses of late."""
    st[ECHO] = cfg[ECHO_D] * st[ECHO] + (1.0 - cfg[ECHO_D]) * y
    miss = y - st[SHAPE] / st[RATE] * b
    st[MISS_SLOW] = cfg[ECHO_SLOW_D] * st[MISS_SLOW] + (1.0 - cfg[ECHO_SLOW_D]) * miss
    st[ECHO_SLOW] = cfg[ECHO_SLOW_D] * st[ECHO_SLOW] + (1.0 - cfg[ECHO_SLOW_D]) * y


@kernel
def pass_unseen(st: Any, alt: Any, cfg: Any) -> None:
    """Let a bin pass that nobody saw: the level may have wandered, and what was suspected is older."""
    shrink = 1.0 / (1.0 + st[DRIFT] * st[SHAPE])
    st[SHAPE] *= shrink
    st[RATE] *= shrink
    for j in range(alt.shape[0]):
        alt[j, R] *= math.exp(-cfg[FADE])
        alt[j, S] = max(alt[j, S] - cfg[FADE], 0.0)
