"""News: where talk of an outage has come back on the day after, it is expected to come back, and is no new outage.

Counts cannot tell yesterday's outage talked about from a new one. What they can tell is whether a series has such
days after: once a lesser rise has followed a finding within the next day, "usual" gets a rival in such windows, the
same rhythm raised by at most a share of what the outage raised it, at any pace. A new rise must then be told from
that rival, too; a relapse that comes as strong as the outage did still can be. Two quiet days after, and the rival
is gone again.
"""

from __future__ import annotations

import math
from typing import Any

from pulih.series.kernel import kernel
from pulih.series.likelihood import log_ratio
from pulih.series.state import (
    NEWS_BELIEF,
    NEWS_MOST,
    NEWS_P,
    NEWS_RATE,
    NEWS_SEEN,
    NEWS_SHAPE,
    NEWS_SINCE,
    OUT_B,
    OUT_Y,
    RATE,
    SHAPE,
)
from pulih.series.tuning import NEWS_AFTER, NEWS_SHARE, NEWS_UNTIL

# A quiet day after halves what was seen; below this it is not expected any more.
EXPECTED = 0.3
# News that could at most raise counts by less than this may go unseen, so its silence says nothing.
VISIBLE = 2.5
# News begins at any bin of the window, every second time; its size is known to a factor of two beforehand.
BEGINS, SIZE_SHAPE = 0.5, 3.0
# It grows and fades within hours: relative variance gained over the window of thirty hours. Much faster is no talk.
PACE = 3.0


@kernel
def await_news(st: Any, t: int, cfg: Any) -> None:
    """A finding has closed: remember whether it was a lesser rise after another, and what its own news may be."""
    if cfg[NEWS_SHARE] <= 0.0:
        return
    rise = st[OUT_Y] / max(st[OUT_B], 1e-9) / max(st[SHAPE] / st[RATE], 1e-9)
    most = 1.0 + cfg[NEWS_SHARE] * max(rise - 1.0, 0.0)
    age = t - st[NEWS_SINCE]
    waiting = st[NEWS_MOST] > 1.0 and age <= cfg[NEWS_UNTIL]
    if waiting and age >= cfg[NEWS_AFTER] and rise <= st[NEWS_MOST]:
        st[NEWS_BELIEF] = st[NEWS_SEEN] = 1.0
    elif not waiting or most >= st[NEWS_MOST]:
        st[NEWS_MOST] = most
        st[NEWS_SINCE] = t
        st[NEWS_P] = st[NEWS_SEEN] = 0.0


@kernel
def news_gain(st: Any, y: float, m0: float, k0: float, usual: float, phi: float, t: int, cfg: Any) -> float:
    """Take the bin; return the log of how much better usual-or-news foresaw it than usual alone.

    Args:
        m0, k0: mean and shape of the usual prediction; usual: its part without replies; phi: dispersion.
    """
    age = t - st[NEWS_SINCE]
    if st[NEWS_MOST] <= 1.0 or age < cfg[NEWS_AFTER]:
        return 0.0
    if age > cfg[NEWS_UNTIL]:
        if st[NEWS_MOST] >= VISIBLE:
            st[NEWS_BELIEF] = max(0.5 * st[NEWS_BELIEF], st[NEWS_SEEN])
        st[NEWS_MOST] = st[NEWS_P] = st[NEWS_SEEN] = 0.0
        return 0.0
    if st[NEWS_BELIEF] < EXPECTED:
        return 0.0
    window = cfg[NEWS_UNTIL] - cfg[NEWS_AFTER]
    begun = (1.0 - st[NEWS_P]) * BEGINS / window
    p = st[NEWS_P] + begun
    share = begun / p
    middle = 0.5 * (1.0 + st[NEWS_MOST])
    shape = (1.0 - share) * st[NEWS_SHAPE] + share * SIZE_SHAPE
    rate = (1.0 - share) * st[NEWS_RATE] + share * SIZE_SHAPE / middle
    factor = min(max(shape / rate, 1.0), st[NEWS_MOST])
    m1 = m0 + (factor - 1.0) * usual
    var = 1.0 / shape + 1.0 / st[SHAPE]
    k1 = 1.0 / (var + phi * (1.0 + var))
    likelihood = math.exp(min(log_ratio(y, m1, k1, m0, k0), 500.0))
    total = 1.0 - p + p * likelihood
    st[NEWS_P] = min(p * likelihood / total, 1.0 - 1e-9)
    if st[NEWS_P] > 0.5:
        st[NEWS_SEEN] = 1.0
    worth = 1.0 / (1.0 + m1 * phi)
    shape += y * worth
    rate = max(rate + usual * worth, shape / st[NEWS_MOST])
    shrink = 1.0 / (1.0 + PACE / window * shape)
    st[NEWS_SHAPE], st[NEWS_RATE] = shape * shrink, rate * shrink
    return math.log(total)
