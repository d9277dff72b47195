"""Spikes: a series that bursts for some minutes now and then does so in quiet times too, and a burst is no outage yet.

One post that is shared a thousand times, a batch job, a bot: the counts leap and are back within half an hour. Once a
series has shown such spikes, "usual" gets a rival in which one begins at any bin, as often as seen so far, and goes on
from bin to bin every second time. A rise must then be told from that rival, too: it has to last. A series without
spikes pays nothing.
"""

from __future__ import annotations

import math
from typing import Any

from pulih.series.kernel import kernel
from pulih.series.likelihood import log_ratio
from pulih.series.state import (
    BACK_FROM,
    ONSET,
    OPEN,
    SPIKE_AGE,
    SPIKE_P,
    SPIKES,
    SPIKES_BINS,
)
from pulih.series.tuning import FORGET, SPIKE_BINS

# A leap is what a spike explains so many nats better than usual: by chance at most once in four weeks of five minutes
# (Markov's inequality).
SURE_NATS = 9.0
# It is some times the usual count, nobody knows how many: around six, with a tail heavier than an exponential one.
SIZE, SIZE_SHAPE = 6.0, 0.5
# And a report more, on average: six times next to nothing would be nothing, and explain no burst of a quiet series.
LEAST = 1.0
GOES_ON = 0.5


@kernel
def spike_gain(st: Any, y: float, m0: float, k0: float, cfg: Any) -> float:
    """Take the bin; return the log of how much better usual-or-spike foresaw it than usual alone.

    Args:
        m0, k0: mean and shape of the usual prediction.
    """
    if cfg[SPIKE_BINS] <= 0.0:
        return 0.0
    # One is no habit: chance, or an outage of a few minutes.
    begins = max(st[SPIKES] - 1.0, 0.0) / max(st[SPIKES_BINS], 1.0)
    keep = 1.0 - cfg[FORGET]
    st[SPIKES_BINS] = keep * st[SPIKES_BINS] + 1.0
    st[SPIKES] *= keep
    nats = log_ratio(y, SIZE * m0 + LEAST, SIZE_SHAPE, m0, k0)
    _spot(st, y > m0 and nats > SURE_NATS, cfg)
    p = GOES_ON * st[SPIKE_P] + (1.0 - st[SPIKE_P]) * begins
    likelihood = math.exp(min(nats, 500.0))
    total = 1.0 - p + p * likelihood
    st[SPIKE_P] = p * likelihood / total
    return math.log(total)


@kernel
def _spot(st: Any, high: bool, cfg: Any) -> None:
    """Note a leap; it was a spike when it is over soon and no finding came of it."""
    if st[OPEN] == 1.0 or not (high or st[SPIKE_AGE] > 0.0):
        st[SPIKE_AGE] = 0.0
        return
    # High again after so long is no spike: begin anew.
    st[SPIKE_AGE] = 1.0 if high and st[SPIKE_AGE] >= cfg[SPIKE_BINS] else st[SPIKE_AGE] + 1.0
    if st[SPIKE_AGE] > 2.0 * cfg[SPIKE_BINS]:
        st[SPIKES] += 1.0
        st[SPIKE_AGE] = 0.0


@kernel
def note_spike(st: Any, cfg: Any) -> None:
    """A finding has closed: it was a spike if the rise was over soon."""
    if cfg[SPIKE_BINS] > 0.0 and st[BACK_FROM] - st[ONSET] <= cfg[SPIKE_BINS]:
        st[SPIKES] += 1.0
